"use strict";
// What administrators do with documents: every change is a job of the API, asked about until it has ended.
(() => {
  const EVERY = 700;
  const make = (tag, properties = {}) => Object.assign(document.createElement(tag), properties);
  const wait = () => new Promise((resolve) => setTimeout(resolve, EVERY));
  const pane = () => document.getElementById("documents");
  const words = () => pane().querySelector(".desk").dataset;

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

  // A line for each file: its name, how far it is, and in the end what became of it. The view around is drawn anew
  // after every change; the lines stay to be read.
  const outcomes = make("ul", { className: "outcomes" });
  outcomes.setAttribute("aria-live", "polite");
  // The form stays too: files may have been chosen in it meanwhile.
  let form = null;
  document.addEventListener("drawn", () => {
    const desk = pane()?.querySelector(".desk");
    if (!desk) return;
    const fresh = desk.querySelector("form.upload");
    if (form) fresh.replaceWith(form);
    else form = fresh;
    desk.append(outcomes);
  });
  const line = (name) => {
    const row = make("li");
    const bar = make("progress", { max: 1 });
    const said = make("span", { textContent: words().waiting });
    bar.setAttribute("aria-label", name);
    row.append(make("strong", { textContent: name }), bar, said);
    outcomes.append(row);
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
  const changed = () => pane().dispatchEvent(new CustomEvent("changed", { bubbles: true }));

  const add = async (file, row) => {
    row.says(words().sending);
    try {
      const job = await order("POST", `/api/v1/documents?name=${encodeURIComponent(file.name)}`, file);
      row.says(words().reading);
      const report = await finished(job, row.moves);
      row.ends(report.written.length ? words().added : words().unchanged);
    } catch (error) {
      row.fails(`${words().failed}: ${error.message}`);
    }
  };
  const addAll = async (files) => {
    const rows = files.map((file) => [file, line(file.name)]);
    for (const [file, row] of rows) await add(file, row);
    changed();
  };
  const single = async (name, method, address, told) => {
    const row = line(name);
    row.says(words().reading);
    try {
      row.ends(told(await finished(await order(method, address), row.moves)));
    } catch (error) {
      row.fails(error.message);
    }
    changed();
  };
  const inStep = (report) =>
    [report.written, report.deleted, report.failed].reduce((text, ids, at) => text.replace(`{${at}}`, ids.length), words().step);

  const confirmed = (name) => new Promise((resolve) => {
    const dialog = pane().querySelector("dialog");
    dialog.querySelector(".named").textContent = name;
    dialog.onclick = ({ target }) => { if (target.value) dialog.close(target.value); };
    dialog.onclose = () => resolve(dialog.returnValue === "yes");
    dialog.returnValue = "";
    dialog.showModal();
  });
  const remove = async (id) => {
    if (!(await confirmed(id))) return;
    const address = `/api/v1/documents/${id.split("/").map(encodeURIComponent).join("/")}`;
    await single(id, "DELETE", address, () => words().removed);
  };

  document.addEventListener("submit", (event) => {
    const form = event.target.closest(".desk form.upload");
    if (!form) return;
    event.preventDefault();
    const files = [...form.elements.files.files];
    form.reset();
    addAll(files);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".pane [data-remove], .desk [data-ingest]");
    if (button?.matches("[data-ingest]")) single(button.textContent, "POST", "/api/v1/ingest", inStep);
    else if (button) remove(button.dataset.remove);
  });
})();
