// Bundle the faces' one stylesheet and one script for the browser floor (house.md §6).
import { readFile } from "node:fs/promises";
import { context, build } from "esbuild";

const options = {
  outdir: "../src/heling/shell/static/dist",
  bundle: true,
  minify: true,
  sourcemap: false,
  target: "chrome90",
  format: "iife",
  legalComments: "linked",
  logLevel: "info",
};

// Two builds: esbuild names a bundle after its entry, and both are called "app".
const script = { ...options, entryPoints: { app: "js/app.js" } };
const style = { ...options, entryPoints: { app: "css/app.css" } };

if (process.argv.includes("--watch")) {
  for (const one of [script, style]) await (await context(one)).watch();
} else {
  await Promise.all([build(script), build(style)]);
  await refuseWhatTheFloorLacks();
}

// esbuild lowers syntax, not features: these would silently do nothing on Chromium 90.
async function refuseWhatTheFloorLacks() {
  const lacking = /:has\(|oklch\(|light-dark\(|color-mix\(|@layer\b|@container\b/;
  const found = (await readFile(`${options.outdir}/app.css`, "utf8")).match(lacking);
  if (found) throw new Error(`app.css: ${found[0]} is above the browser floor`);
}
