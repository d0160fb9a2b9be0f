"use strict";
// What administrators do with documents: every change is a job of the API, asked about until it has ended.
(() => {
  const EVERY = 700;
  const make = (tag, properties = {}) => Object.assign(document.createElement(tag), properties);
  const wait = () => new Promise((resolve) => setTimeout(resolve, EVERY));

  const order = async (method, address, body) => {
    const response = await fetch(address, { method, body, credentials: "same-origin" });
    const told = await response.json();
    if (!response.ok) throw new Error(told.detail);
    return told;
  };
  const finished = async (job, tell) => {
    let now = job;
    while (now.state === "running") {
      tell(now.progress);
      await wait();
      now = await order("GET", `/api/v1/jobs/${job.id}`);
    }
    if (now.state === "failed") throw new Error(now.error.detail);
    return now.report;
  };

  // A line for each file: its name, how far it is, and in the end what became of it.
  const line = (desk, name) => {
    const row = make("li");
    const bar = make("progress", { max: 1 });
    const said = make("span", { textContent: desk.dataset.waiting });
    bar.setAttribute("aria-label", name);
    row.append(make("strong", { textContent: name }), bar, said);
    desk.querySelector(".outcomes").append(row);
    const end = (css, text) => {
      row.className = css;
      bar.remove();
      said.textContent = text;
    };
    return {
      says: (text) => { said.textContent = text; },
      moves: (progress) => { if (progress?.total) bar.value = progress.done / progress.total; },
      ends: (text) => end("good", text),
      fails: (text) => end("bad", text),
    };
  };
  const changed = (desk) => {
    const outcomes = [...desk.querySelectorAll(".outcomes > li")];
    desk.dispatchEvent(new CustomEvent("changed", { bubbles: true }));
    // The view is drawn anew; what was done stays to be read.
    const pane = desk.closest(".pane");
    new MutationObserver((_, observer) => {
      observer.disconnect();
      pane.querySelector(".outcomes")?.append(...outcomes);
    }).observe(pane, { childList: true });
  };
  const working = async (desk, work) => {
    const buttons = desk.querySelectorAll("button");
    buttons.forEach((button) => { button.disabled = true; });
    try {
      await work();
    } finally {
      buttons.forEach((button) => { button.disabled = false; });
      changed(desk);
    }
  };

  const add = async (desk, file, row) => {
    row.says(desk.dataset.sending);
    try {
      const job = await order("POST", `/api/v1/documents?name=${encodeURIComponent(file.name)}`, file);
      row.says(desk.dataset.reading);
      const report = await finished(job, row.moves);
      row.ends(report.written.length ? desk.dataset.added : desk.dataset.unchanged);
    } catch (error) {
      row.fails(`${desk.dataset.failed}: ${error.message}`);
    }
  };
  const addAll = (desk, files) => working(desk, async () => {
    const rows = files.map((file) => [file, line(desk, file.name)]);
    for (const [file, row] of rows) await add(desk, file, row);
  });
  const single = (desk, name, method, address, told) => working(desk, async () => {
    const row = line(desk, name);
    row.says(desk.dataset.reading);
    try {
      row.ends(told(await finished(await order(method, address), row.moves)));
    } catch (error) {
      row.fails(error.message);
    }
  });
  const inStep = (desk) => (report) =>
    [report.written, report.deleted, report.failed].reduce((text, ids, at) => text.replace(`{${at}}`, ids.length), desk.dataset.step);

  const confirmed = (dialog, name) => new Promise((resolve) => {
    dialog.querySelector(".named").textContent = name;
    dialog.addEventListener("click", ({ target }) => { if (target.value) dialog.close(target.value); });
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    dialog.returnValue = "";
    dialog.showModal();
  });

  document.addEventListener("submit", (event) => {
    const form = event.target.closest(".desk form.upload");
    if (!form) return;
    event.preventDefault();
    const files = [...form.elements.files.files];
    form.reset();
    addAll(form.closest(".desk"), files);
  });
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.(".pane [data-remove], .desk [data-ingest]");
    if (!button) return;
    const desk = button.closest(".pane").querySelector(".desk");
    if (button.matches("[data-ingest]")) {
      single(desk, button.textContent, "POST", "/api/v1/ingest", inStep(desk));
      return;
    }
    const id = button.dataset.remove;
    if (!(await confirmed(desk.querySelector("dialog"), id))) return;
    const address = `/api/v1/documents/${id.split("/").map(encodeURIComponent).join("/")}`;
    single(desk, id, "DELETE", address, () => desk.dataset.removed);
  });
})();
