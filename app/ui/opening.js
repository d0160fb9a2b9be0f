"use strict";
// The box that is there before Gradio's own: what is written or asked in it is handed over once Gradio is listening.
(() => {
  const { keeps } = window.coe;
  const WAIT = 5_000; // A list of conversations that does not come must not keep anybody from asking.
  const opening = document.querySelector("#opening");
  const early = opening.querySelector("textarea");
  const send = opening.querySelector(".ask button");
  let isAsked = false;
  let isComposing = false;
  let drawn = null;

  const submit = () => {
    if (!early.value.trim()) return;
    isAsked = true;
    early.readOnly = send.disabled = true;
  };
  opening.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  early.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  early.addEventListener("input", () => {
    early.style.height = "auto";
    early.style.height = `${early.scrollHeight + 2}px`;
  });
  // A letter that is being composed from several keys belongs to the box it was begun in.
  early.addEventListener("compositionstart", () => { isComposing = true; });
  early.addEventListener("compositionend", () => { isComposing = false; });

  const isListening = (box) => {
    if (!box) return false;
    drawn ??= performance.now();
    return !isComposing && (!keeps || document.querySelector("#kept label, #history-state p") || performance.now() - drawn > WAIT);
  };
  const handOver = () => {
    const box = document.querySelector("#box textarea");
    if (!isListening(box)) return;
    clearInterval(watch);
    const isFocused = document.activeElement === early;
    if (early.value) {
      box.value = early.value;
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }
    if (isFocused) {
      box.focus({ preventScroll: true });
      box.setSelectionRange(early.selectionStart, early.selectionEnd);
    }
    opening.remove();
    if (isAsked) requestAnimationFrame(() => document.querySelector("#send").click());
  };
  const watch = setInterval(handOver, 50);
  if (!matchMedia("(max-width: 59.99rem)").matches) early.focus({ preventScroll: true });
})();
