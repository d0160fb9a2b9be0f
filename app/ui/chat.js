"use strict";
// The conversation: sources beside it, quotes under its labels, tables that sort and download, what is read out.
(() => {
  const { words } = window.coe;
  const SHOWN = new Set(
    "ARTICLE SECTION DIV P SPAN H1 H2 H3 H4 H5 H6 UL OL LI DL DT DD TABLE THEAD TBODY TR TH TD BLOCKQUOTE PRE CODE EM STRONG SMALL TIME BR HR MARK FIGURE FIGCAPTION".split(" "),
  );
  const make = (tag, properties = {}, children = []) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const PAGE_IMAGE = /^\/pages\/[\w./%~-]+\?number=\d+(&start=\d+&end=\d+)?$/;
  const WEB_ADDRESS = /^https?:\/\//;
  // The server escapes documents; copying known elements keeps that promise a second time. Of attributes only two are
  // taken over: where the picture of a page is, which is ours, and where a source is published, which opens elsewhere.
  const shellOf = (node) => {
    const address = node.getAttribute("src") ?? node.getAttribute("href") ?? "";
    if (node.nodeName === "IMG" && PAGE_IMAGE.test(address)) return make("img", { src: address, alt: node.alt, loading: "lazy" });
    if (node.nodeName === "A" && WEB_ADDRESS.test(address)) return make("a", { href: address, target: "_blank", rel: "noopener noreferrer" });
    return SHOWN.has(node.nodeName) ? document.createElement(node.nodeName) : document.createDocumentFragment();
  };
  const copyOf = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return document.createTextNode(node.data);
    const copy = shellOf(node);
    if (node.nodeName === "SCRIPT" || node.nodeName === "STYLE") return copy;
    copy.append(...[...node.childNodes].filter((child) => child.nodeType <= 3).map(copyOf));
    return copy;
  };

  const title = make("h2", { id: "source-title", tabIndex: -1 });
  const own = make("a", { textContent: words.own_page, target: "_blank", rel: "noopener" });
  const close = make("button", { type: "button", textContent: words.close });
  const page = make("div", { className: "page", tabIndex: 0 });
  const panel = make("aside", { id: "source", hidden: true }, [make("header", {}, [title, own, close]), page]);
  panel.setAttribute("aria-labelledby", "source-title");
  page.setAttribute("role", "document");
  page.setAttribute("aria-labelledby", "source-title");
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
  const numberOf = (link) => link.querySelector(".number")?.textContent ?? (link.matches(".label") ? link.lastChild.data : "");
  const cardOf = (link) => {
    const number = numberOf(link);
    const cards = link.closest(".reply")?.querySelectorAll("a.card") ?? [];
    return [...cards].find((card) => numberOf(card) === number);
  };
  const show = async (link) => {
    opener = link;
    const address = link.getAttribute("href");
    markOpener(link);
    const number = numberOf(link);
    const name = (cardOf(link) ?? link).querySelector(".title")?.textContent ?? link.textContent;
    title.textContent = number ? `${words.source.replace("{}", number)}: ${name}` : name;
    own.href = address;
    page.replaceChildren(make("p", { textContent: words.opening }));
    if (panel.hidden) history.pushState({ ...history.state, reading: true }, "");
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
    page.replaceChildren(article ? copyOf(article) : make("p", { textContent: words.unopened }));
    page.scrollTop = 0;
    const reveal = () => page.querySelector("mark")?.scrollIntoView({ block: "center" });
    reveal();
    page.querySelectorAll("img").forEach((image) => image.addEventListener("load", reveal));
  };

  // A label shows its quote while it is pointed at or focused; Escape takes it away.
  const bubble = make("div", { id: "quoted", hidden: true });
  bubble.setAttribute("role", "tooltip");
  const point = (label) => {
    const card = cardOf(label);
    if (!card) return;
    bubble.replaceChildren(...[".quote", ".title", ".facts"].map((part) => make("p", {
      className: part.slice(1), textContent: card.querySelector(part)?.textContent ?? "",
    })));
    bubble.hidden = false;
    label.setAttribute("aria-describedby", "quoted");
    const { left, top, bottom } = label.getBoundingClientRect();
    const { width, height } = bubble.getBoundingClientRect();
    bubble.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
    bubble.style.top = `${bottom + height + 8 < innerHeight ? bottom : Math.max(8, top - height)}px`;
  };
  const unpoint = () => { bubble.hidden = true; };
  const labelOf = (event) => event.target.closest?.("#chat a.label");
  document.addEventListener("mouseover", (event) => {
    const label = labelOf(event);
    if (label) point(label);
    else if (!event.target.closest?.("#quoted")) unpoint();
  });
  document.addEventListener("focusin", (event) => (labelOf(event) ? point(labelOf(event)) : unpoint()));
  addEventListener("scroll", unpoint, { capture: true, passive: true });

  const copyText = (reply) => {
    const copy = reply.cloneNode(true);
    copy.querySelectorAll(".tools, .downloads, .steps").forEach((element) => element.remove());
    copy.querySelectorAll("a.label").forEach((label) => label.replaceWith(`[${label.lastChild.data}]`));
    copy.querySelectorAll(".number").forEach((number) => number.replaceWith(`[${number.textContent}] `));
    copy.querySelectorAll("p, li, tr, caption, .facts, .quote").forEach((block) => block.prepend("\n"));
    copy.querySelectorAll("td + td, th + th").forEach((cell) => cell.prepend("\t"));
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

  // Tables: headings become buttons that sort, by what a cell stands for and not by how it is written.
  const valueOf = (row, column) => {
    const cell = row.cells[column];
    return cell.querySelector("time")?.getAttribute("datetime") ?? (cell.querySelector(".quiet") ? "" : cell.textContent);
  };
  const arrange = (heading) => {
    const table = heading.closest("table");
    const column = heading.cellIndex;
    const isDown = heading.getAttribute("aria-sort") === "ascending";
    const order = new Intl.Collator(document.documentElement.lang, { numeric: true });
    const rows = [...table.tBodies[0].rows];
    rows.sort((one, other) => order.compare(valueOf(one, column), valueOf(other, column)) * (isDown ? -1 : 1));
    table.tBodies[0].append(...rows);
    table.querySelectorAll("th").forEach((other) => other.removeAttribute("aria-sort"));
    heading.setAttribute("aria-sort", isDown ? "descending" : "ascending");
  };
  const makeSortable = () => {
    document.querySelectorAll("#chat .finished table.items th:not(:has(button))").forEach((heading) => {
      heading.replaceChildren(make("button", { type: "button", textContent: heading.textContent }));
    });
  };
  const rowsOf = (reply) => {
    const table = reply.querySelector("table.items");
    const headings = [...table.querySelectorAll("th")].slice(0, 3).map((heading) => heading.textContent);
    const rows = [...table.tBodies[0].rows].map((row) => {
      const label = row.querySelector("a.label");
      const card = label && cardOf(label);
      const told = [".title", ".quote"].map((part) => card?.querySelector(part)?.textContent ?? "");
      return [0, 1, 2].map((column) => valueOf(row, column)).concat(told, card?.href ?? "");
    });
    return [[...headings, words.document, words.quote, words.address], ...rows];
  };
  const deliver = (name, content) => {
    const link = make("a", { href: URL.createObjectURL(content), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };
  // A cell that begins like a formula would be run by the program that opens the file.
  const csvCell = (text) => `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  const asCsv = (rows) => new Blob(["\ufeff", rows.map((row) => row.map(csvCell).join(",")).join("\r\n"), "\r\n"], { type: "text/csv" });
  const asXlsx = async (rows) => {
    const response = await fetch("/table.xlsx", {
      method: "POST", body: JSON.stringify({ rows }), headers: { "Content-Type": "application/json" }, credentials: "same-origin",
    });
    if (!response.ok) throw new Error(response.statusText);
    return response.blob();
  };
  const download = async (button) => {
    const rows = rowsOf(button.closest(".reply"));
    const kind = button.matches(".csv") ? "csv" : "xlsx";
    try {
      deliver(`coe-list.${kind}`, kind === "csv" ? asCsv(rows) : await asXlsx(rows));
    } catch {
      button.textContent = live.textContent = words.undelivered;
    }
  };

  const box = () => document.querySelector("#box textarea");
  const fill = (text) => {
    box().value = text;
    box().dispatchEvent(new Event("input", { bubbles: true }));
  };
  const joined = (text) => text.trim().replace(/\s+/g, " ");
  const ACTIONS = {
    "button.copy": (button) => write(copyText(button.closest(".reply"))).then(() => {
      button.textContent = words.copied;
      live.textContent = words.answer_copied;
    }),
    "button.again": () => document.querySelector("#again").click(),
    "button.edit": () => {
      document.querySelector("#edit").click();
      fill([...document.querySelectorAll("#chat .question")].at(-1).innerText);
      box().focus();
    },
    "button.csv, button.xlsx": download,
    "table.items th button": (button) => arrange(button.closest("th")),
  };
  document.addEventListener("click", (event) => {
    const target = event.target;
    if (!target.closest) return;
    for (const [where, act] of Object.entries(ACTIONS)) {
      const found = target.closest(where);
      if (found?.closest("#chat")) act(found);
    }
    if (target.closest("#keep")) fill("");
    const link = target.closest("#chat a.source, .pane a.source");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    unpoint();
    show(link);
  }, true);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (!bubble.hidden) unpoint();
    else if (!panel.hidden) leave();
  });
  close.addEventListener("click", leave);
  addEventListener("popstate", () => { if (!history.state?.reading) hide(); });
  narrow.addEventListener("change", cover);

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
        box()?.focus({ preventScroll: true });
      }
    }
    questions = asked.length;
    if (following) asked[questions - 1]?.scrollIntoView({ block: "start" });
  };
  // What was asked leaves the box when it stands in the conversation, unless something else was written there since.
  let sent = null;
  const remember = () => { sent = { question: joined(box().value), before: [...document.querySelectorAll("#chat .reply")].at(-1) }; };
  document.addEventListener("click", (event) => { if (event.target.closest?.("#send")) remember(); }, true);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && event.target === box()) remember();
  }, true);
  const release = (reply) => {
    const asked = [...document.querySelectorAll("#chat .question")].at(-1);
    if (!sent || !reply || reply === sent.before || joined(asked.innerText) !== sent.question) return;
    if (joined(box().value) === sent.question) fill("");
    sent = null;
  };
  // A reload in the middle of an answer comes back to the conversation: its address stands with its questions.
  const settle = () => {
    const id = [...document.querySelectorAll("#chat .question")].at(-1)?.className.match(/(?:^| )in-([\w-]+)/)?.[1];
    if (id && location.pathname !== `/a/${id}`) history.replaceState(history.state, "", `/a/${id}${location.hash}`);
  };
  const tell = () => {
    document.querySelector('#chat [role="log"]')?.setAttribute("aria-live", "off");
    makeSortable();
    follow();
    const replies = [...document.querySelectorAll("#chat .reply")];
    const reply = replies.at(-1);
    replies.forEach((each) => each.classList.toggle("newest", each === reply));
    release(reply);
    settle();
    const news = reply?.querySelector(reply.matches(".working") ? ".step" : ".said")?.textContent ?? "";
    if (news !== told) live.textContent = told = news;
  };
  const start = () => {
    document.body.append(panel, bubble, live);
    new MutationObserver(tell).observe(document.querySelector("gradio-app") ?? document.body, { childList: true, subtree: true });
  };
  if (document.body) start();
  else addEventListener("DOMContentLoaded", start);
})();
