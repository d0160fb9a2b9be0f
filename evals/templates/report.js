"use strict";
const filters = document.getElementById("filters");
const cases = [...document.querySelectorAll(".case")].map((element) => ({
  element,
  text: element.querySelector("summary").textContent.toLowerCase() + " " + element.querySelector("dl").textContent.toLowerCase(),
}));
function matches({ element, text }, wanted) {
  return [...wanted].every(([name, value]) =>
    !value || (name === "words" ? text.includes(value.toLowerCase()) : element.dataset[name] === value));
}
function show() {
  const wanted = new FormData(filters);
  let shown = 0;
  for (const one of cases) {
    one.element.hidden = !matches(one, wanted);
    shown += one.element.hidden ? 0 : 1;
  }
  document.getElementById("shown").textContent = `${shown} of ${cases.length} cases`;
}
filters.addEventListener("input", show);
filters.addEventListener("submit", (event) => event.preventDefault());
show();
