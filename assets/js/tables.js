// A table too wide for a phone, or for the largest text, becomes a card for each row; each
// value says its heading. Without us it can be pushed sideways.
const narrow = window.matchMedia("(max-width: 36rem)");
const ROLES = { TABLE: "table", THEAD: "rowgroup", TBODY: "rowgroup", TR: "row", TD: "cell" };

function fit(table) {
  const frame = table.closest(".h-table-wrap");
  if (!frame || !table.tHead || table.querySelector("[rowspan], [colspan]")) return;
  table.classList.remove("h-cards");
  table.tHead.classList.remove("h-hidden");
  const large = document.documentElement.dataset.size === "elder";
  if (!(narrow.matches || large) || frame.scrollWidth <= frame.clientWidth) return;
  label(table);
  table.classList.add("h-cards");
}

function label(table) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head) => head.classList.toggle("h-unsorted", !head.querySelector("a, input")));
  table.tHead.classList.toggle("h-hidden", heads.every((head) => head.matches(".h-unsorted")));
  table.tHead.classList.toggle("h-sorts", heads.some((head) => head.querySelector("a")));
  for (const body of table.tBodies)
    for (const row of body.rows)
      [...row.cells].forEach((cell, index) => {
        const text = cell.textContent.trim();
        cell.classList.toggle("h-nothing", text === "—" || cell.childElementCount + text.length === 0);
        const head = heads[index];
        if (cell.tagName === "TD" && head && !head.matches(".h-actions, .h-pick")) cell.dataset.label = head.textContent.trim();
      });
  // Laid out as blocks, they would be no table to a screen reader.
  for (const part of [table, ...table.querySelectorAll("thead, tbody, tr, td")]) part.setAttribute("role", ROLES[part.tagName]);
  for (const head of table.querySelectorAll("th")) head.setAttribute("role", head.scope === "row" ? "rowheader" : "columnheader");
}

const all = (root) => root.querySelectorAll(".h-table").forEach(fit);
document.addEventListener("DOMContentLoaded", () => all(document));
document.addEventListener("htmx:afterSettle", () => all(document));
narrow.addEventListener("change", () => all(document));
