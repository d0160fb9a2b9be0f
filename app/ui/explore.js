"use strict";
// Explore and Documents: an address such as #explore/meetings?region=Gulf names a view, the server draws it.
(() => {
  const make = (tag, properties = {}) => Object.assign(document.createElement(tag), properties);
  const say = (text) => {
    const live = document.getElementById("said");
    if (live) live.textContent = text;
  };
  const here = () => {
    const [path, query] = location.hash.slice(1).split("?");
    const pane = document.getElementById(path.split("/")[0]);
    return pane?.matches(".pane") ? { pane, query, path: path === pane.id ? pane.dataset.view : path, isBare: path === pane.id } : null;
  };

  let newest = null;
  const retrying = (pane, retry) => {
    const again = make("button", { type: "button", textContent: pane.dataset.again });
    again.addEventListener("click", retry);
    return again;
  };
  // What the address asks for is not there, and will not be: the list without its filters is, or the first view.
  const leading = (pane, path, query) =>
    make("a", { className: "button", href: `#${query ? path : pane.dataset.view}`, textContent: pane.dataset.list });
  const problem = (pane, sentence, way) => {
    const box = make("div", { className: "empty" });
    box.append(make("p", { className: "verdict", textContent: sentence }), way);
    box.setAttribute("role", "alert");
    pane.replaceChildren(box);
  };
  // After a filter or a sorting the count is read out, after a step to another view its heading.
  const focusOn = (pane, isSameView) => {
    const target = (isSameView && pane.querySelector(".counted")) || pane.querySelector("h2");
    if (!target) return;
    target.tabIndex = -1;
    target.focus({ preventScroll: isSameView });
    if (!isSameView) pane.scrollIntoView({ block: "start" });
    say(target.textContent);
  };
  const fetched = async (address) => {
    const response = await fetch(address, { credentials: "same-origin" });
    const text = await response.text();
    const isView = response.headers.get("content-type")?.startsWith("text/html");
    return isView ? { text } : { sentence: JSON.parse(text).detail, isWrong: [404, 422].includes(response.status) };
  };
  const draw = async ({ pane, path, query }, takesFocus = true) => {
    const mine = (newest = {});
    const isSameView = pane.dataset.path === path;
    pane.setAttribute("aria-busy", "true");
    const { text, sentence, isWrong } = await fetched(`/${path}${query ? `?${query}` : ""}`).catch(() => ({}));
    if (newest !== mine) return;
    pane.setAttribute("aria-busy", "false");
    if (text === undefined) {
      const way = isWrong ? leading(pane, path, query) : retrying(pane, () => draw({ pane, path, query }));
      problem(pane, sentence ?? pane.dataset.failed, way);
      return;
    }
    pane.replaceChildren(...new DOMParser().parseFromString(text, "text/html").body.childNodes);
    pane.dataset.path = path;
    pane.dispatchEvent(new CustomEvent("drawn", { bubbles: true }));
    if (takesFocus) focusOn(pane, isSameView);
  };
  const follow = (takesFocus = true) => {
    const place = here();
    // The bar's own link leads back to where one was.
    if (place && !(place.isBare && place.query === undefined && place.pane.dataset.path)) draw(place, takesFocus);
  };

  addEventListener("hashchange", () => follow());
  document.addEventListener("changed", (event) => {
    const place = here();
    if (place?.pane === event.target.closest(".pane")) draw(place, false);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.closest(".pane form[data-view]");
    if (!form) return;
    event.preventDefault();
    const given = [...new FormData(form)].filter(([, value]) => value !== "");
    const address = `#${form.dataset.view}?${new URLSearchParams(given)}`;
    if (location.hash === address) follow();
    else location.hash = address;
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".pane [data-copy]");
    if (!button) return;
    // Whoever gets the link has conversations of their own: the address of this one stays out of it.
    navigator.clipboard?.writeText(`${location.origin}/${location.hash}`).then(() => {
      button.textContent = button.dataset.copy;
      say(button.dataset.copy);
    });
  });

  // Gradio puts the panes into the page some time after this script ran.
  const waiting = new MutationObserver(() => {
    if (!document.querySelector(".pane")) return;
    waiting.disconnect();
    follow(false);
  });
  waiting.observe(document.documentElement, { childList: true, subtree: true });
})();
