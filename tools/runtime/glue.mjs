/**
 * Takes out of Emscripten's glue what nothing refers to:
 *
 *     node tools/runtime/glue.mjs GLUE IMPORTS OUT
 *
 * IMPORTS is a JSON list of the functions that the module imports. Pyodide's glue can do everything
 * that any side module might ask for; this build links none. Prints, as a JSON list, the exports of
 * the module that the rest of the glue uses.
 */
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { transform } from "esbuild";
import "./brief.mjs";

/** What web/runtime and tools/runtime take from the module, besides what the glue itself takes. */
const WANTED = [
  ...["API", "FS", "ENV", "HEAPU8", "_malloc", "_free"],
  ...["_emscripten_stack_get_current", "_emscripten_stack_get_end"],
];
const WANTED_EXPORTS = ["memory", "__indirect_function_table", "__wasm_call_ctors"];
/** Whole statements that go: what they start is for windows, sounds and side modules. */
const CUT = [
  "registerWasmPlugin();",
  "MainLoop.init();",
  "registerPostMainLoop(() => SDL.audio?.queueNewAudioData?.());",
  'Module["requestAnimationFrame"] = MainLoop.requestAnimationFrame;',
  'Module["pauseMainLoop"] = MainLoop.pause;',
  'Module["resumeMainLoop"] = MainLoop.resume;',
  // In createWasm: nothing is linked.
  "var metadata2 = getDylinkMetadata(module2);",
  "if (metadata2.neededDynlibs) { dynamicLibraries = metadata2.neededDynlibs.concat(dynamicLibraries); }",
  ...["updateGOT(origExports);", "LDSO.init();", "loadDylibs();"],
];
/** What can still be called, by whoever asks for a side module, and has to say no. */
const REFUSING = ["loadWebAssemblyModule", "loadDynamicLibrary"];

/** Pyodide's start evaluates Python to get at modules; here that would wake the compiler for nothing. */
const REWRITTEN = [
  ['API.rawRun("import _pyodide_core")', '[0, ""]'], // it is in the picture
  ['API._pyodide._base.eval_code("{}")', 'API._pyodide._base.import_module("builtins").dict()'],
  [
    'API.runPythonInternal("import importlib; importlib")',
    'API._pyodide._base.import_module("importlib")',
  ],
  [
    'API.runPythonInternal("import __main__; __main__.__dict__")',
    'API.importlib.import_module("__main__").__dict__',
  ],
  [
    'API.runPythonInternal("import builtins; builtins.__dict__")',
    'API.importlib.import_module("builtins").__dict__',
  ],
];

const [input, importsFile, output] = process.argv.slice(2);
if (!input || !importsFile || !output) {
  console.error("usage: node tools/runtime/glue.mjs GLUE IMPORTS OUT");
  process.exit(2);
}
const imports = new Set(JSON.parse(readFileSync(importsFile, "utf8")));

/** One statement a line, indented by its depth: then the edits are simple. */
let { code } = await transform(readFileSync(input, "utf8"), { charset: "utf8" });
for (const statement of CUT) {
  const anyhow = escaped(statement).replaceAll(" ", "\\s+");
  replace(new RegExp(`^ +${anyhow}\\n`, "gm"), () => "", 1);
}
for (const [what, by] of REWRITTEN) replace(new RegExp(escaped(what), "g"), () => by, 1);
for (const name of REFUSING) {
  const whole = `^  (?:var ${name} = |function ${name})\\(.*\\n(?:    .*\\n)*  \\};?\\n`;
  const refusal = `  function ${name}() {\n    throw new Error("This Python links no side modules.");\n  }\n`;
  replace(new RegExp(whole, "gm"), () => refusal, 1);
}
// The types of functions, and everything as a property of the module: both for side modules.
replace(/^ {2}[\w$]+\.sig = .*;\n/gm, () => "");
const properties = new Set(WANTED);
for (const [, name] of code.matchAll(/\bModule\.([\w$]+)\b/g)) properties.add(name);
replace(/^ {2}Module\["([\w$]+)"\] = [\w$]+;\n/gm, (line, name) =>
  properties.has(name) ? line : "",
);
replace(
  /^ {2}var wasmImports = \{(.*)\};\n/gm,
  (_, list) => {
    const entries = list.split(",").map((/** @type {string} */ entry) => entry.trim());
    const kept = entries.filter((/** @type {string} */ it) => imports.has(it.split(":")[0]));
    return `  var wasmImports = { ${kept.join(", ")} };\n`;
  },
  1,
);

/**
 * A statement of the module's function. One that declares something is alive as soon as a living
 * one names it; any other is alive from the start.
 *
 * @typedef {{ text: string, declares: string | undefined, isAlive: boolean }} Statement
 */
const DECLARATION = /^ {2}(?:async )?(?:function\*? |(?:var|let|const|class) )([\w$]+)/;
/** What has no effect where nobody uses it: literals, functions, collections, names. */
const HARMLESS =
  /^ {2}(?:async )?function|^ {2}class|^ {2}(?:var|let|const) [\w$]+(?:;| = (?:(?:async )?(?:function\b|\(.*\) =>|[\w$]+ =>)|[{["'`\d-]|new (?:Map|Set|WeakMap|WeakSet)\b|[\w$.]+;))/;

const start = code.indexOf("{\n", code.indexOf("function _createPyodideModule(")) + 2;
const end = code.indexOf("\n}\n", start) + 1;
/** @type {Statement[]} */
const statements = code
  .slice(start, end)
  .split(/^(?= {2}[^\s})\]])/m)
  .map((text) => ({
    text,
    declares: HARMLESS.test(text) ? DECLARATION.exec(text)?.[1] : undefined,
    isAlive: false,
  }));

// Each export is a variable of its own, and a property of the module.
const EXPORT =
  /^ {4}([\w$]+) = Module\["([\w$]+)"\] = (wasmExports2\["([^"]+)"\](?:\.value >>> 0)?);\n/gm;
const assign = statementThatDeclares("assignWasmExports");
const convert = statementThatDeclares("applySignatureConversions");
const exported = [...assign.text.matchAll(EXPORT)];
if (exported.length < 4000) throw new Error(`The glue assigns ${exported.length} exports only`);
for (const special of [assign, convert]) special.isAlive = true;

const names = namesOfTheLiving();
const kept = new Set(WANTED_EXPORTS);
for (const [, local, property, , name] of exported) {
  if (names.has(local) || properties.has(property)) kept.add(name);
}
// The glue asks whether this one is there; only a Python that starts from nothing runs main.
const unused = new Set(["run_main_promising"]);
for (const [, name] of code.matchAll(/\bwasmExports(?:\.|\[")(\w+)/g)) {
  if (!unused.has(name)) kept.add(name);
}
assign.text = assign.text.replace(EXPORT, (_, local, property, value, name) => {
  if (!kept.has(name)) return "";
  return properties.has(property)
    ? `    ${local} = Module["${property}"] = ${value};\n`
    : `    ${local} = ${value};\n`;
});
convert.text = convert.text.replace(/^ {4}wasmExports2\["([^"]+)"\] = .*;\n/gm, (line, name) =>
  kept.has(name) ? line : "",
);
const living = statements.filter(({ isAlive }) => isAlive).map(({ text }) => text);
writeFileSync(output, code.slice(0, start) + living.join("") + code.slice(end));
console.log(JSON.stringify([...kept]));

/** Mark what is alive; return every name in it. The names in the special two are not counted. */
function namesOfTheLiving() {
  /** @type {Map<string, Statement[]>} */
  const declared = new Map();
  for (const it of statements) {
    if (it.declares) declared.set(it.declares, [...(declared.get(it.declares) ?? []), it]);
  }
  const found = new Set();
  const waiting = statements.filter(({ declares }) => !declares);
  for (const name of WANTED) waiting.push(...(declared.get(name) ?? []));
  for (let it; (it = waiting.pop());) {
    if (it.isAlive) continue;
    it.isAlive = true;
    // A list of variables without values says nothing about who uses them.
    if (/^ {2}var [\w$]+(?:, [\w$]+)+;\n$/.test(it.text)) continue;
    for (const [name] of it.text.matchAll(/[\w$]+/g)) {
      if (found.has(name)) continue;
      found.add(name);
      waiting.push(...(declared.get(name) ?? []));
    }
  }
  return found;
}

function statementThatDeclares(/** @type {string} */ name) {
  const found = statements.find(({ declares }) => declares === name);
  if (!found) throw new Error(`The glue has no ${name}`);
  return found;
}

/**
 * @param {RegExp} what
 * @param {(...found: string[]) => string} by
 * @param {number} [times] how often it has to be there; without, at least once
 */
function replace(what, by, times) {
  const found = code.match(what)?.length ?? 0;
  if (times === undefined ? !found : found !== times) {
    throw new Error(`The glue has ${found} of: ${what}`);
  }
  code = code.replace(what, by);
}

function escaped(/** @type {string} */ text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
