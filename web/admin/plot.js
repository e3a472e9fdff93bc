/** Draws a Vega-Lite specification without `eval`: expressions are interpreted, so the page needs no unsafe CSP. */

import * as vega from "vega";
import { expressionInterpreter } from "vega-interpreter";
import { compile } from "vega-lite";
import { hideTooltip, showTooltip } from "./tooltip.js";

/**
 * @typedef {Record<string, string | number | null>} Datum
 */

/**
 * Draw into `place`, whose former drawing stays until the new one is ready.
 *
 * @param {HTMLElement} place
 * @param {import("vega-lite").TopLevelSpec} spec
 * @param {import("vega-lite").Config} config
 * @param {Datum[]} rows
 * @param {(datum: Datum) => void} choose called with what was clicked
 * @returns {Promise<() => void>} frees what the drawing holds
 */
export async function plot(place, spec, config, rows, choose) {
  const compiled = compile(spec, { config, logger: quiet }).spec;
  const runtime = vega.parse(compiled, undefined, { ast: true });
  const holder = document.createElement("div");
  const view = new vega.View(runtime, {
    expr: expressionInterpreter,
    renderer: "svg",
    container: holder,
    hover: true,
    logger: quiet,
    tooltip: (_handler, event, _item, value) => showTooltip(event, value),
  });
  view.data("rows", structuredClone(rows));
  view.addEventListener("click", (_event, item) => {
    if (item?.datum) choose(item.datum);
  });
  await view.runAsync();
  hideTooltip();
  place.replaceChildren(holder);
  return () => view.finalize();
}

const quiet = vega.logger(vega.Error);
