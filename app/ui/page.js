"use strict";
(() => {
  const { language, cookie, views, words } = window.coe;
  const root = document.documentElement;
  root.lang = language;
  const SHOWN = new Set(
    "ARTICLE SECTION DIV P SPAN H1 H2 H3 H4 H5 H6 UL OL LI DL DT DD TABLE THEAD TBODY TR TH TD BLOCKQUOTE PRE CODE EM STRONG SMALL TIME BR HR MARK".split(" "),
  );
  const make = (tag, properties = {}, children = []) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  // The server escapes documents; copying known elements without attributes keeps that promise a second time.
  const copyOf = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return document.createTextNode(node.data);
    const copy = SHOWN.has(node.nodeName) ? document.createElement(node.nodeName) : document.createDocumentFragment();
    if (node.nodeName === "SCRIPT" || node.nodeName === "STYLE") return copy;
    copy.append(...[...node.childNodes].filter((child) => child.nodeType <= 3).map(copyOf));
    return copy;
  };

  const title = make("h2", { id: "source-title", tabIndex: -1 });
  const own = make("a", { textContent: "Open on its own page", target: "_blank", rel: "noopener" });
  const close = make("button", { type: "button", textContent: "Close" });
  const page = make("div", { className: "page", tabIndex: 0 });
  const panel = make("aside", { id: "source", hidden: true }, [make("header", {}, [title, own, close]), page]);
  panel.setAttribute("aria-labelledby", "source-title");
  page.setAttribute("role", "document");
  const live = make("div", { className: "sr", id: "said" });
  live.setAttribute("role", "status");

  let opener = null;
  const narrow = matchMedia("(max-width: 59.99rem)");
  const markOpener = (link) => {
    document.querySelectorAll("#chat a.open").forEach((other) => other.classList.remove("open"));
    link?.classList.add("open");
  };
  const cover = () => {
    const app = document.querySelector("gradio-app");
    if (app) app.inert = narrow.matches && !panel.hidden;
  };
  const hide = () => {
    if (panel.hidden) return;
    panel.hidden = true;
    document.body.classList.remove("reading");
    cover();
    markOpener(null);
    const back = opener?.isConnected ? opener : document.querySelector("#box textarea");
    back?.focus();
  };
  const leave = () => (history.state?.reading ? history.back() : hide());
  const show = async (link) => {
    opener = link;
    const address = link.getAttribute("href");
    markOpener(link);
    const number = link.querySelector(".number")?.textContent ?? (link.matches(".label") ? link.lastChild.data : "");
    const name = link.querySelector(".title")?.textContent ?? (link.title || link.textContent);
    title.textContent = number ? `Source ${number}: ${name}` : name;
    own.href = address;
    page.replaceChildren(make("p", { textContent: "Opening the document…" }));
    if (panel.hidden) history.pushState({ reading: true }, "");
    panel.hidden = false;
    document.body.classList.add("reading");
    cover();
    title.focus();
    let article = null;
    try {
      const response = await fetch(address, { credentials: "same-origin" });
      if (response.ok) {
        article = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("article");
      }
    } catch {
      article = null;
    }
    if (opener !== link) return;
    page.replaceChildren(article ? copyOf(article) : make("p", { textContent: "This document cannot be opened now." }));
    page.scrollTop = 0;
    page.querySelector("mark")?.scrollIntoView({ block: "center" });
  };

  const copyText = (reply) => {
    const copy = reply.cloneNode(true);
    copy.querySelectorAll(".tools").forEach((element) => element.remove());
    copy.querySelectorAll("a.label").forEach((label) => label.replaceWith(`[${label.lastChild.data}]`));
    copy.querySelectorAll(".number").forEach((number) => number.replaceWith(`[${number.textContent}] `));
    copy.querySelectorAll("p, li, .facts, .quote").forEach((block) => block.prepend("\n"));
    return copy.textContent.trim();
  };
  const write = async (text) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const area = make("textarea", { value: text, className: "sr" });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  };

  document.addEventListener("click", (event) => {
    const copy = event.target.closest?.("#chat button.copy");
    if (copy) {
      write(copyText(copy.closest(".reply"))).then(() => {
        copy.textContent = "Copied";
        live.textContent = "Answer copied";
      });
    }
    const link = event.target.closest?.("#chat a.source");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    show(link);
  }, true);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.hidden) leave();
  });
  close.addEventListener("click", leave);
  addEventListener("popstate", hide);
  narrow.addEventListener("change", cover);

  // Views: the fragment of the address names the one that is open; what follows a slash is the view's own.
  const openView = () => {
    const wanted = location.hash.slice(1).split(/[/?]/)[0];
    const view = views.includes(wanted) ? wanted : views[0];
    document.body.dataset.view = view;
    document.querySelectorAll("#views a").forEach((link) => {
      if (link.hash === `#${view}`) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    });
  };
  const typeQuestion = (question) => {
    const box = document.querySelector("#box textarea");
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(box, question);
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  };
  // Any element with `data-ask`, in whatever view, asks its question; while an answer is written it only waits there.
  const askFrom = (question) => {
    location.hash = "#ask";
    typeQuestion(question);
    requestAnimationFrame(() => document.querySelector("#send")?.click());
  };

  // Colours: the system's, until somebody chooses.
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (localStorage.getItem("colours") ?? (dark.matches ? "dark" : "light")) === "dark";
  const paint = () => {
    if (document.body.classList.contains("dark") !== isDark()) document.body.classList.toggle("dark", isDark());
    root.style.colorScheme = isDark() ? "dark" : "light";
    const button = document.querySelector("#colours");
    const name = isDark() ? words.to_light : words.to_dark;
    if (!button || button.title === name) return;
    button.title = name;
    button.setAttribute("aria-label", name);
    button.textContent = isDark() ? "\u2600" : "\u263E";
  };
  const pressed = (target) => {
    const view = target.closest("#views a");
    if (view) location.hash = view.hash;
    const asked = target.closest("[data-ask]");
    if (asked) askFrom(asked.dataset.ask);
    const chosen = target.closest("#languages button");
    if (chosen) {
      document.cookie = `${cookie}=${chosen.lang}; path=/; max-age=31536000; samesite=lax`;
      location.reload();
    }
    if (target.closest("#colours")) {
      localStorage.setItem("colours", isDark() ? "light" : "dark");
      paint();
    }
    return view || asked;
  };
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && pressed(event.target)) event.preventDefault();
  });
  addEventListener("hashchange", openView);
  dark.addEventListener("change", paint);

  // The conversation is redrawn at every step: read out the step and then the answer, each once, and keep the
  // newest question at the top, so that an answer is read from its beginning and not from its last source.
  let told = "";
  let questions = 0;
  let following = false;
  const leaveAlone = () => { following = false; };
  ["wheel", "touchmove", "pointerdown", "keydown"].forEach((kind) => addEventListener(kind, leaveAlone, { passive: true }));
  const follow = () => {
    const asked = document.querySelectorAll("#chat .question");
    if (asked.length > questions) {
      following = true;
      if (document.activeElement === document.body && !narrow.matches) {
        document.querySelector("#box textarea")?.focus({ preventScroll: true });
      }
    }
    questions = asked.length;
    if (following) asked[questions - 1]?.scrollIntoView({ block: "start" });
  };
  const tell = () => {
    paint();
    if (!document.querySelector("#views [aria-current]")) openView();
    document.querySelector('#chat [role="log"]')?.setAttribute("aria-live", "off");
    follow();
    const reply = [...document.querySelectorAll("#chat .reply")].pop();
    const news = reply?.querySelector(reply.matches(".working") ? ".step" : ".said")?.textContent ?? "";
    if (news !== told) live.textContent = told = news;
  };
  const start = () => {
    document.body.append(panel, live);
    new MutationObserver(tell).observe(document.querySelector("gradio-app") ?? document.body, { childList: true, subtree: true });
  };
  if (document.body) start();
  else addEventListener("DOMContentLoaded", start);
})();
