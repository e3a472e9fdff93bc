/**
 * Takes the picture of a Python that is up, with the tracker imported:
 *
 *     node tools/runtime/snapshot.mjs STDLIB TRACKER OUT
 *
 * STDLIB and TRACKER are archives that compile.mjs made. The picture is Pyodide's own format (a
 * head, then the memory as it is); its options for that are private, so Pyodide's version is pinned.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { loadPyodide } from "pyodide";
import "./brief.mjs";
import "./still.mjs";
import { zeroWhatIsFree } from "./zero.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const [stdlib, tracker, out] = process.argv.slice(2);
if (!stdlib || !tracker || !out) {
  console.error("usage: node tools/runtime/snapshot.mjs STDLIB TRACKER OUT");
  process.exit(2);
}

const options = {
  _makeSnapshot: true,
  stdLibURL: stdlib,
  lockFileContents: JSON.stringify({
    info: { abi_version: "2026_0", arch: "wasm32", platform: "emscripten_5_0_3", python: "3.14.2" },
    packages: {},
  }),
  // Two builds give the same bytes only if strings hash the same. Every visitor has that seed then,
  // which harms nobody: what a page sends to its own Python is the page's own.
  env: { HOME: "/home/pyodide", PYTHONHASHSEED: "0", PYTHONNODEBUGRANGES: "1" },
};
const python = await loadPyodide(/** @type {any} */ (options));
python.FS.writeFile("/tracker.zip", new Uint8Array(readFileSync(tracker)));
python.runPython(readFileSync(join(here, "prepare.py"), "utf8"));
zeroWhatIsFree(/** @type {any} */ (python)._module);
writeFileSync(out, /** @type {any} */ (python).makeMemorySnapshot());
