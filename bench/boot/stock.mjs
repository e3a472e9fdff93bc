import { mark, measure } from "./facts.mjs";

/** Pyodide as it is published, and the tracker's wheel with as little around it as can be. */
measure(async (send) => {
  const indexURL = new URL("/stock/", import.meta.url).href;
  const wheel = fetch("/wheel").then((response) => response.arrayBuffer());
  const { loadPyodide } = await import(indexURL + "pyodide.mjs");
  const python = await loadPyodide({ indexURL });
  mark("loaded");
  python.registerJsModule("_tracker_host", { send });
  python.unpackArchive(await wheel, "whl");
  return python.pyimport("tracker.browser").handle_message;
});
