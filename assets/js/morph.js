// Morph swaps (hx-swap="morph:outerHTML") keep focus and what is half typed.
import htmx from "htmx.org";
import { Idiomorph } from "idiomorph";

function morphConfig(style) {
  if (style === "morph" || style === "morph:outerHTML") return { morphStyle: "outerHTML", ignoreActiveValue: true };
  if (style === "morph:innerHTML") return { morphStyle: "innerHTML", ignoreActiveValue: true };
  return null;
}

htmx.defineExtension("morph", {
  isInlineSwap: (style) => morphConfig(style)?.morphStyle === "outerHTML",
  handleSwap: (style, target, fragment) => {
    const config = morphConfig(style);
    return config ? Idiomorph.morph(target, fragment.children, config) : undefined;
  },
});
