// A slider beside every number that has bounds. Without this file the number itself works.
function withSlider(number) {
  if (number.dataset.slider === "ready") return;
  number.dataset.slider = "ready";
  const slider = document.createElement("input");
  slider.type = "range";
  slider.className = "h-slider";
  slider.min = number.dataset.low;
  slider.max = number.dataset.high;
  slider.step = number.dataset.step;
  slider.value = number.value || number.dataset.low;
  slider.id = `${number.id}-slider`;
  const label = document.querySelector(`label[for="${CSS.escape(number.id)}"]`);
  slider.setAttribute("aria-label", `${label ? label.firstChild.textContent.trim() : ""}，滑块`);
  // The slider writes into the number; the form hears the event as it bubbles.
  slider.addEventListener("input", () => { number.value = slider.value; });
  number.addEventListener("input", () => { if (number.value !== "") slider.value = number.value; });
  number.after(slider);
}

function sliders(root) {
  for (const number of root.querySelectorAll("[data-slider='1']")) withSlider(number);
}

document.addEventListener("DOMContentLoaded", () => sliders(document));
document.addEventListener("htmx:afterSettle", (event) => sliders(event.target));
