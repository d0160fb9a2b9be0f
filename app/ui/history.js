"use strict";
(() => {
  // The address bar names the conversation that is open, so that a reload or a bookmark finds it again.
  let path = null;
  const follow = () => {
    const link = document.getElementById("permalink");
    const wanted = link?.dataset.path ?? "/";
    if (!link || wanted === path) return;
    const isNamed = path !== null || new URLSearchParams(location.search).has("a");
    path = wanted;
    if (isNamed || link.dataset.path) history.replaceState(history.state, "", wanted + location.hash);
  };
  // What is asked about an answer stands below it, where the box for the next question may hide it.
  const grown = new ResizeObserver(([{ target }]) => target.scrollIntoView({ block: "nearest" }));
  let remark = null;
  const reveal = () => {
    const shown = document.getElementById("remark");
    if (shown === remark) return;
    grown.disconnect();
    remark = shown;
    if (shown) grown.observe(shown);
  };
  const name = () => {
    const toggle = document.querySelector("#history .toggle-button");
    const heading = document.querySelector("#history h2")?.textContent;
    if (!toggle || !heading || toggle.title === heading) return;
    toggle.title = heading;
    toggle.setAttribute("aria-label", heading);
  };
  const write = async (text) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const area = Object.assign(document.createElement("textarea"), { value: text, className: "sr" });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("#permalink button");
    if (!button) return;
    write(new URL(document.getElementById("permalink").dataset.path, location.href).href).then(() => {
      button.textContent = button.dataset.copied;
    });
  });
  const start = () => {
    const look = () => [follow, reveal, name].forEach((each) => each());
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-path"] });
  };
  if (document.body) start();
  else addEventListener("DOMContentLoaded", start);
})();
