/**
 * Boots a build as a visitor's worker does, lets it work, and writes as JSON which functions `ran`,
 * which of them `first`, in the boot and with the first facts, and what was `said`, which is the same each time. With RANGES, PICTURE is WHOLE with rubbish in them,
 * which is mended for as long as Python does what visitors' does not.
 * If the module is instrumented (coverage.py), they are the module's, by their numbers; if not, they are
 * Python's, by their names, and the picture has to be one that watches (absent.py).
 *
 *     node tools/runtime/train.mjs GLUE WASM PICTURE LIBRARY OUT [WHOLE RANGES]
 */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import "./brief.mjs";
import "./still.mjs";
import { WORKER } from "../../web/runtime/boot.js";
import { Picture } from "../../web/runtime/memory.js";
import { start } from "../../web/runtime/start.js";

const PREFIX = "ran:"; // of tools/runtime/coverage.py

const [glue, wasm, picture, library, out, whole, ranges] = process.argv.slice(2);
if (!glue || !wasm || !picture || !library || !out) {
  console.error("usage: node tools/runtime/train.mjs GLUE WASM PICTURE LIBRARY OUT [WHOLE RANGES]");
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
for (const message of visit()) handleMessage(JSON.stringify(message));
const first = taken();

const swap = whole && ranges ? swapper(whole, ranges) : () => {};
// To compile the training, and to fetch the library for it, is not what visitors do.
swap();
const code = readFileSync(join(dirname(fileURLToPath(import.meta.url)), "train.py"), "utf8");
const train = python.runPython(`${code}\ntrain`);
python.runPython("traceback.format_exception(ValueError('to have it at hand'))");
python.globals.set("examples", JSON.stringify(examples()));
python.runPython("texts.extend(json.loads(examples))");
taken();
swap();
const came = train();
try {
  handleMessage("{");
} catch (error) {
  String(error); // a crash, which the worker reports
}
const ran = new Set([...first, ...taken()]);
writeFileSync(
  out,
  JSON.stringify({
    ran: [...ran].sort(),
    first: [...first].sort(),
    said: [...said, came].join("\n"),
  }),
);
process.exit(0); // Pyodide's message channel would keep Node waiting

/**
 * Each call of what is returned changes the RANGES of memory, where there is rubbish, for what the
 * WHOLE picture has there, or back.
 */
function swapper(/** @type {string} */ file, /** @type {string} */ list) {
  const { HEAPU8 } = /** @type {any} */ (python)._module;
  const other = new Uint8Array(HEAPU8.length);
  new Picture(new Uint8Array(readFileSync(file)).buffer).restore(
    /** @type {any} */ ({ buffer: other.buffer }),
  );
  /** @type {[number, number][]} */
  const places = JSON.parse(readFileSync(list, "utf8"));
  return () => {
    const memory = /** @type {any} */ (python)._module.HEAPU8;
    for (const [begin, end] of places) {
      const was = memory.slice(begin, end);
      memory.set(other.subarray(begin, end), begin);
      other.set(was, begin);
    }
  };
}

/** What a page says of its first view and its first click, and that what came of it is to go. */
function visit() {
  const settings = { endpoint: "https://collector.example", writeKey: "key", debug: false };
  const environment = {
    app: { namespace: "web", name: "acme", version: "1.0.0" },
    library: { name: "tracker.js", version: "0.0.0" },
    page: { hostname: "acme.example" },
    locale: "en-GB",
    timezone: "Europe/London",
    screen: { width: 1920, height: 1080, density: 1, innerWidth: 1200, innerHeight: 800 },
    userAgent:
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0",
  };
  const path = [
    { page: { name: "explorer", category: "explorer" } },
    { section: { name: "toolbar" } },
  ];
  const visit = {
    anonymousId: "0b6a5f7e-6f0e-4d07-8f5c-2b9a1d3c4e5f",
    sessionId: 1_700_000_000_000,
  };
  const at = 1_700_000_000_000;
  const view = {
    id: "7c9e6679-7425-40de-944b-e07fc1f90ae7",
    kind: "page",
    at,
    path: path.slice(0, 1),
    visit,
  };
  const click = {
    id: "550e8400-e29b-41d4-a716-446655440000",
    kind: "track",
    name: "run_query_button.click",
    at: at + 1,
    properties: { rows: 12, cached: true, kind: "table", took: 0.25 },
    path,
    visit,
  };
  return [
    { type: "open", page: 1, environment, settings },
    { type: "facts", page: 1, facts: [view, click] },
    { type: "flush" },
    { type: "answer", request: 1, status: 200, retryAfter: null, body: "{}" },
  ];
}

/** What the privacy guard has to catch, and what it has to let pass. @returns {string[]} */
function examples() {
  const folder = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "tests", "privacy");
  const lines = ["leaks.tsv", "benign.tsv"].flatMap((name) =>
    readFileSync(join(folder, name), "utf8").split("\n"),
  );
  return lines
    .filter((line) => line && !line.startsWith("#"))
    .map((line) => line.split("\t")[0].replaceAll("¦", ""))
    .map((text) =>
      text.replace(/\{\w+:(\d+)\}/g, (_, count) => "aB3xK9q".repeat(count).slice(-count)),
    );
}

/** What ran since the last time: functions of the module, or of Python. @returns {Set<string>} */
function taken() {
  if (absent) return new Set(absent.names_of_run().split("\n"));
  const names = flags.filter(([, flag]) => flag.value).map(([name]) => name);
  for (const [, flag] of flags) flag.value = 0;
  return new Set(names.map((name) => name.slice(PREFIX.length)));
}
