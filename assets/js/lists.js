// The list page from the keyboard: j/k move, Enter opens, x picks, / searches.
const typing = (node) => node.closest("input, textarea, select, [contenteditable]");
const rows = () => [...document.querySelectorAll("[data-list] tbody tr[data-row]")];
let at = -1;

function move(step) {
  const all = rows();
  if (!all.length) return;
  at = Math.max(0, Math.min(all.length - 1, at + step));
  all.forEach((row, index) => row.classList.toggle("h-at", index === at));
  all[at].querySelector("a, input")?.focus();
}

const keys = {
  j: () => move(1),
  k: () => move(-1),
  Enter: () => rows()[at]?.querySelector("a[data-open]")?.click(),
  x: () => rows()[at]?.querySelector(".h-pick input")?.click(),
  "/": () => document.querySelector("[data-list-search] input[type='search']")?.focus(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !document.querySelector("[data-list]")) return;
  if (typing(event.target) && !(event.target.matches("[type='checkbox']") && event.key !== " ")) return;
  if (event.key === "Enter" && (at < 0 || event.target.closest("a, button"))) return;
  const act = keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

document.addEventListener("htmx:afterSwap", () => (at = -1));

// Picking: one box picks the page; the bar says how many.
function count() {
  const list = document.querySelector("[data-list]");
  if (!list) return;
  const boxes = [...list.querySelectorAll("tbody .h-pick input")];
  const picked = boxes.filter((box) => box.checked);
  boxes.forEach((box) => box.closest("tr").setAttribute("aria-selected", box.checked));
  const all = list.querySelector("thead .h-pick input");
  if (all) {
    all.checked = boxes.length > 0 && picked.length === boxes.length;
    all.indeterminate = picked.length > 0 && picked.length < boxes.length;
  }
  const said = document.querySelector("[data-picked]");
  if (said) said.textContent = picked.length ? `已选 ${picked.length} 条` : "";
}
document.addEventListener("change", (event) => {
  if (!event.target.closest("[data-list] .h-pick")) return;
  if (event.target.closest("thead"))
    for (const box of document.querySelectorAll("[data-list] tbody .h-pick input")) box.checked = event.target.checked;
  count();
});
document.addEventListener("DOMContentLoaded", count);
