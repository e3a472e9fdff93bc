/**
 * Runs the probes of apart.py, each in a Python whose data for the cold part is not there yet:
 *
 *     node tests/runtime/run_apart.mjs RUNTIME SCRIPT RANGES EVERY OUT
 *
 * RUNTIME is a build's folder, or `stock` for Pyodide as published. RANGES, as JSON, says where the
 * cold part's data belongs; of the probes, each EVERY-th runs; OUT is what they came to, as JSON, and how many
 * of them needed the cold part.
 */
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { loadPyodide } from "pyodide";
import { bootInNode } from "./node.mjs";

const [runtime, script, rangesFile, every, out] = process.argv.slice(2);
if (!runtime || !script || !rangesFile || !every || !out) {
  console.error("usage: node tests/runtime/run_apart.mjs RUNTIME SCRIPT RANGES EVERY OUT");
  process.exit(2);
}
/** @type {[number, number][]} */
const ranges = JSON.parse(readFileSync(rangesFile, "utf8"));

/** @type {any} */
let hot;
let fetched = 0;

/** Keep the exports of the hot part, and compile the cold part once, however often it is made again. */
function watch() {
  const { instantiate, Module } = WebAssembly;
  WebAssembly.instantiate = /** @type {any} */ (
    async (/** @type {any} */ source, /** @type {any} */ imports) => {
      /** @type {any} */
      const made = await instantiate(source, imports);
      if (made.exports?.["split:loaded"]) hot = made.exports;
      return made;
    }
  );
  /** @type {Map<number, WebAssembly.Module>} */
  const compiled = new Map();
  WebAssembly.Module = /** @type {any} */ (
    function (/** @type {Uint8Array} */ bytes) {
      const known = compiled.get(bytes.byteLength) ?? new Module(/** @type {any} */ (bytes));
      compiled.set(bytes.byteLength, known);
      return known;
    }
  );
}

/** Before a probe, take the cold part away and its data; after it, see whether it was called. */
function heard(/** @type {string} */ text) {
  if (hot?.["split:loaded"].value !== 1) return;
  if (text === "done") {
    fetched += 1;
    return;
  }
  const memory = new Uint8Array(hot.memory.buffer);
  for (const [start, end] of ranges) memory.fill(0, start, end);
  hot["split:loaded"].value = 0;
}

const isStock = runtime === "stock";
if (!isStock) watch();
const python = isStock ? await loadPyodide() : (await bootInNode(runtime, heard)).python;
if (isStock) python.registerJsModule("_tracker_host", { send() {} });
python.FS.writeFile("/apart.py", readFileSync(script));
const results = python.runPython(
  `import sys; sys.path.insert(0, '/'); import apart; apart.results(${Number(every)})`,
);
writeFileSync(out, JSON.stringify({ fetched, results: JSON.parse(results) }));
