"use strict";
// The frame: views, languages, colours, first visit, and whether the assistant is ready.
(() => {
  const { language, cookies, views, words } = window.coe;
  const root = document.documentElement;
  const make = (tag, properties = {}, children = []) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  // The fragment of the address names the open view; what follows a slash is the view's own.
  const openView = () => {
    const wanted = location.hash.slice(1).split(/[/?]/)[0];
    const view = views.includes(wanted) ? wanted : views[0];
    document.body.dataset.view = view;
    document.querySelectorAll("#views a").forEach((link) => {
      if (link.hash === `#${view}`) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    });
  };

  // The first of them until Gradio is there, then the other.
  const box = () => document.querySelector("#opening textarea, #box textarea");

  // Any element with `data-ask`, in whatever view, asks its question; while an answer is written it only waits there.
  const ask = (question) => {
    location.hash = "#ask";
    box().value = question;
    box().dispatchEvent(new Event("input", { bubbles: true }));
    box().focus({ preventScroll: true });
    requestAnimationFrame(() => document.querySelector("#opening .ask button, #send")?.click());
  };

  // Choices are cookies, so that pages which the server draws alone follow them, too.
  const choose = (name, value) => { document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`; };

  // Colours are the system's until somebody chooses.
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const chosenColours = () => document.cookie.match(`(?:^|; )${cookies.colours}=(light|dark)`)?.[1];
  const isDark = () => (chosenColours() ?? (dark.matches ? "dark" : "light")) === "dark";
  const paint = () => {
    if (document.body.classList.contains("dark") !== isDark()) document.body.classList.toggle("dark", isDark());
    const scheme = isDark() ? "dark" : "light";
    if (root.style.colorScheme !== scheme) root.style.colorScheme = scheme;
    const button = document.querySelector("#colours");
    const name = isDark() ? words.to_light : words.to_dark;
    if (!button || button.title === name) return;
    button.title = name;
    button.setAttribute("aria-label", name);
    button.textContent = isDark() ? "\u2600" : "\u263E";
  };

  const notices = make("div", { id: "notices" });
  const hint = make("p", { id: "hint" }, [
    make("span", { textContent: words.hint }),
    make("button", { type: "button", textContent: words.hint_close }),
  ]);
  const greet = () => {
    if (localStorage.getItem("greeted")) return;
    hint.querySelector("button").addEventListener("click", () => {
      localStorage.setItem("greeted", "yes");
      hint.remove();
      box().focus();
    });
    notices.append(hint);
  };

  // The page is up before the models are: it says so, and when they are.
  const banner = make("p", { id: "warming" });
  banner.setAttribute("role", "status");
  const isReady = async () => {
    try {
      const response = await fetch("/readyz");
      if (response.ok) return true;
      const problem = await response.json();
      const isStarting = !problem.detail || ["starting", "not_ready"].includes(problem.code);
      banner.textContent = isStarting ? words.warming : `${words.unready} ${problem.detail}`;
    } catch {
      banner.textContent = words.warming;
    }
    return false;
  };
  const watch = async () => {
    if (await isReady()) {
      if (!banner.isConnected) return;
      banner.textContent = words.ready;
      banner.classList.add("ready");
      setTimeout(() => banner.remove(), 4000);
      return;
    }
    if (!banner.isConnected) notices.prepend(banner);
    setTimeout(watch, 1000);
  };

  const pressed = (target) => {
    const view = target.closest("#views a, a.go");
    if (view) location.hash = view.hash;
    const asked = target.closest("[data-ask]");
    if (asked) ask(asked.dataset.ask);
    const chosen = target.closest("#languages button");
    if (chosen) {
      choose(cookies.language, chosen.lang);
      location.reload();
    }
    if (target.closest("#colours")) {
      choose(cookies.colours, isDark() ? "light" : "dark");
      paint();
    }
    const skip = target.closest("#skip");
    if (skip) {
      location.hash = "#ask";
      box().focus();
    }
    return view || asked || skip;
  };
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && pressed(event.target)) event.preventDefault();
  });
  // A page that names itself to nobody sends no origin with its forms, and the server takes none without.
  document.querySelector("form#account")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const response = await fetch(event.target.action, { method: "POST" });
    location.assign(response.url);
  });
  addEventListener("hashchange", openView);
  dark.addEventListener("change", paint);

  openView();
  paint();
  document.querySelector("#top").append(notices);
  greet();
  watch();
  // Gradio chooses colours of its own when it draws the page, and says that it speaks the browser's language.
  new MutationObserver(paint).observe(document.body, { attributes: true, attributeFilter: ["class"] });
  const speak = () => { if (root.lang !== language) root.lang = language; };
  new MutationObserver(speak).observe(root, { attributes: true, attributeFilter: ["lang"] });
})();
