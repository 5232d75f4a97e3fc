// A request that failed says so in words, where a screen reader hears it.
const OFFLINE = "网络不通，刚才的操作没有完成。请检查网络后再试一次。";

function tell(text) {
  const region = document.getElementById("h-live");
  if (!region) return;
  region.textContent = text;
  region.hidden = false;
  region.focus();
}

document.addEventListener("htmx:responseError", (event) => {
  const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
  const said = [...page.querySelectorAll("[data-error-message]")].map((node) => node.textContent.trim());
  tell(said.filter(Boolean).join(" ") || "系统没有完成这一步，请再试一次。");
});
document.addEventListener("htmx:sendError", () => tell(OFFLINE));
document.addEventListener("htmx:timeout", () => tell(OFFLINE));
document.addEventListener("htmx:beforeRequest", () => {
  const region = document.getElementById("h-live");
  if (region) region.hidden = true;
});
