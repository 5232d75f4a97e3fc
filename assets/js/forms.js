// Forms: focus what went wrong, send once, show which answer is chosen.
function focusSummary(root) {
  const summary = root.querySelector("[data-error-summary]");
  if (summary) summary.focus();
}

document.addEventListener("DOMContentLoaded", () => focusSummary(document));
document.addEventListener("htmx:afterSwap", (event) => focusSummary(event.target));

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-error-summary] a[href^='#']");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  const control = field.matches("input, select, textarea") ? field : field.querySelector("input, select, textarea");
  (control || field).focus();
  field.scrollIntoView({ block: "center" });
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) return void event.preventDefault();
  form.dataset.sent = "yes";
  // A refused or cancelled request must not leave a dead form behind.
  setTimeout(() => delete form.dataset.sent, 4000);
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (form && event.target.matches("[data-submit-on-change]")) form.requestSubmit();
  const question = event.target.closest(".h-question");
  if (!question) return;
  for (const input of question.querySelectorAll(".h-choice input"))
    input.closest(".h-choice").classList.toggle("h-choice-on", input.checked);
});

// Drawers open by their address (#id) without us; here Escape closes them and focus returns.
let opener = null;
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  if (link && document.getElementById(link.hash.slice(1))?.matches(".h-drawer")) opener = link;
});
window.addEventListener("hashchange", () => {
  const open = document.querySelector(".h-drawer:target");
  if (open) (open.querySelector("input:not([type='hidden']), select, textarea") || open.querySelector("a"))?.focus();
  else if (opener) opener.focus();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.querySelector(".h-drawer:target, .h-tree:target")) location.hash = "_";
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

// A form that says so warns before typed text is left behind.
const unsaved = new Set();
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-unsaved]");
  if (form) unsaved.add(form);
});
document.addEventListener("DOMContentLoaded", () => {
  for (const form of document.querySelectorAll("form[data-unsaved='typed']")) unsaved.add(form);
});
document.addEventListener("submit", (event) => unsaved.delete(event.target));
window.addEventListener("beforeunload", (event) => {
  if ([...unsaved].some((form) => form.isConnected)) event.preventDefault();
});
