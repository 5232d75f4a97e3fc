// Everything here improves a page that already works without it.
import htmx from "htmx.org";
import "./morph.js";
import "./forms.js";
import "./lists.js";
import "./levers.js";
import "./notices.js";
import "./tables.js";

window.htmx = htmx;
document.documentElement.classList.add("h-js");
