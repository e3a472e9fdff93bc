/**
 * Boots a build as a visitor's worker does, lets it work, and writes which functions ran, as a JSON list.
 * If the module is instrumented (coverage.py), they are the module's, by their numbers; if not, they are
 * Python's, by their names, and the picture has to be one that watches (absent.py).
 *
 *     node tools/runtime/train.mjs GLUE WASM PICTURE LIBRARY OUT
 */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import "./brief.mjs";
import { WORKER } from "../../web/runtime/boot.js";
import { start } from "../../web/runtime/start.js";

const PREFIX = "ran:"; // of tools/runtime/coverage.py

const [glue, wasm, picture, library, out] = process.argv.slice(2);
if (!glue || !wasm || !picture || !library || !out) {
  console.error("usage: node tools/runtime/train.mjs GLUE WASM PICTURE LIBRARY OUT");
  process.exit(2);
}

/** @type {[string, WebAssembly.Global][]} */
let flags = [];
const instantiate = /** @type {any} */ (WebAssembly.instantiate);
/** @type {any} */ (WebAssembly).instantiate = async (
  /** @type {unknown} */ module,
  /** @type {unknown} */ imports,
) => {
  const instance = await instantiate(module, imports);
  const exports = Object.entries(instance.exports ?? {});
  const found = exports.filter(([name]) => name.startsWith(PREFIX));
  if (found.length) flags = /** @type {[string, WebAssembly.Global][]} */ (found);
  return instance;
};

const { default: createModule } = await import(pathToFileURL(glue).href);
/** @type {string[]} */
const said = [];
const { handleMessage, python } = await start(
  {
    createModule,
    module: WebAssembly.compile(readFileSync(wasm)),
    picture: Promise.resolve(new Uint8Array(readFileSync(picture)).buffer),
    readCold: () => {
      throw new Error("All of the module is in its hot part here.");
    },
    readLibrary: () => readFileSync(library),
    environment: WORKER,
  },
  (text) => said.push(text),
);
/** What an instrumented module cannot tell: which functions of Python ran. See absent.py. @type {any} */
const absent = flags.length ? undefined : python.pyimport("absent");
for (let turn = 0; turn < 3; turn++) {
  handleMessage('{"type":"flush"}');
  handleMessage('{"type":"unheard of"}');
}
const ran = taken();

// To compile the training, and to fetch the library for it, is not what visitors do.
const code = readFileSync(join(dirname(fileURLToPath(import.meta.url)), "train.py"), "utf8");
const train = python.runPython(`${code}\ntrain`);
python.runPython("traceback.format_exception(ValueError('to have it at hand'))");
taken();
train();
try {
  handleMessage("{");
} catch (error) {
  String(error); // a crash, which the worker reports
}
for (const name of taken()) ran.add(name);
writeFileSync(out, JSON.stringify([...ran]));
process.exit(0); // Pyodide's message channel would keep Node waiting

/** What ran since the last time: functions of the module, or of Python. @returns {Set<string>} */
function taken() {
  if (absent) return new Set(absent.names_of_run().split("\n"));
  const names = flags.filter(([, flag]) => flag.value).map(([name]) => name);
  for (const [, flag] of flags) flag.value = 0;
  return new Set(names.map((name) => name.slice(PREFIX.length)));
}
