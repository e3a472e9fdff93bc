/**
 * Takes the picture of a Python that is up, with the tracker imported:
 *
 *     node tools/runtime/snapshot.mjs PYODIDE STDLIB TRACKER OUT [NEEDED]
 *
 * PYODIDE is a folder with its files, its module perhaps another (zeroing.py). STDLIB and TRACKER are archives that compile.mjs made. NEEDED is what train.mjs wrote: without it,
 * the picture is one to train with. OUT is a folder: `snapshot`, and with NEEDED `absent`, the code of
 * the functions that are not in it. The picture is Pyodide's own format (a
 * head, then the memory as it is); its options for that are private, so Pyodide's version is pinned.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { loadPyodide } from "pyodide";
import "./brief.mjs";
import "./still.mjs";
import { untrackWhatIsFrozen } from "./untrack.mjs";
import { zeroWhatIsFree } from "./zero.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const [pyodide, stdlib, tracker, out, needed] = process.argv.slice(2);
if (!pyodide || !stdlib || !tracker || !out) {
  console.error("usage: node tools/runtime/snapshot.mjs PYODIDE STDLIB TRACKER OUT [NEEDED]");
  process.exit(2);
}

process.argv.length = 1; // Emscripten would tell Python, in whose memory the paths of this machine are then

const options = {
  indexURL: pyodide,
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
/** @type {any} */
const { FS, _module } = python;
zeroWhatIsFree(_module); // the standard streams are opened anew, and have their buffers there
FS.writeFile("/tracker.zip", readFileSync(tracker));
FS.mkdir("/build");
FS.writeFile("/build/absent.py", readFileSync(join(here, "absent.py")));
if (needed) {
  const { ran } = JSON.parse(readFileSync(needed, "utf8"));
  FS.writeFile("/build/needed.json", JSON.stringify(ran));
}
const frozen = python.runPython(readFileSync(join(here, "prepare.py"), "utf8"));
mkdirSync(out);
if (needed) {
  writeFileSync(join(out, "absent"), FS.readFile("/build/absent.bin"));
  untrackWhatIsFrozen(_module, frozen, _module._emscripten_stack_get_base() >>> 0);
}
zeroWhatIsFree(_module);
writeFileSync(join(out, "snapshot"), /** @type {any} */ (python).makeMemorySnapshot());
