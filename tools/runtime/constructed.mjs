/**
 * Writes what the module's own constructors leave behind besides memory, which the picture has:
 *
 *     node tools/runtime/constructed.mjs GLUE WASM OUT
 *
 * WASM is the hot part of a split with all of the data. OUT is `Constructed` of
 * web/runtime/memory.js. Fails where they leave something else.
 */
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { pathToFileURL } from "node:url";
import "./brief.mjs";
import { errorMarkers } from "../../web/runtime/errors.js";

const [glue, wasm, out] = process.argv.slice(2);
if (!glue || !wasm || !out) {
  console.error("usage: node tools/runtime/constructed.mjs GLUE WASM OUT");
  process.exit(2);
}

const { default: createModule } = await import(pathToFileURL(glue).href);
await createModule({
  API: { config: { jsglobals: globalThis }, runtimeEnv: { IN_NODE: true }, lockFilePromise: null },
  arguments: [],
  noInitialRun: true,
  instantiateWasm(
    /** @type {WebAssembly.Imports} */ imports,
    /** @type {(instance: { exports: object }, module: WebAssembly.Module) => void} */ done,
  ) {
    instantiate(imports).then(([exports, module]) => done({ exports }, module));
    return {};
  },
});

/** @returns {Promise<[object, WebAssembly.Module]>} */
async function instantiate(/** @type {WebAssembly.Imports} */ imports) {
  Object.assign(imports.env, await errorMarkers());
  const module = await WebAssembly.compile(readFileSync(wasm));
  const { exports } = await WebAssembly.instantiate(module, imports);
  const __wasm_call_ctors = () => {
    const before = outside(exports);
    /** @type {() => void} */ (exports.__wasm_call_ctors)();
    writeFileSync(out, JSON.stringify(difference(before, outside(exports))));
    process.exit(0);
  };
  return [{ ...exports, __wasm_call_ctors }, module];
}

/** All that a module has besides memory. */
function outside(/** @type {WebAssembly.Exports} */ exports) {
  /** @type {Record<string, number>} */
  const globals = {};
  /** @type {Record<string, unknown[]>} */
  const tables = {};
  for (const [name, it] of Object.entries(exports)) {
    if (it instanceof WebAssembly.Global) globals[name] = it.value;
    if (it instanceof WebAssembly.Table) {
      tables[name] = [...Array(it.length).keys()].map((index) => it.get(index));
    }
  }
  return { globals, tables };
}

/**
 * @param {ReturnType<typeof outside>} before
 * @param {ReturnType<typeof outside>} after
 * @returns {import("../../web/runtime/memory.js").Constructed}
 */
function difference(before, after) {
  const globals = Object.entries(after.globals).filter(
    ([name, value]) => value !== before.globals[name],
  );
  const tables = Object.entries(after.tables).filter(([name, values]) => {
    const were = before.tables[name];
    if (were.some((value, index) => value !== values[index])) {
      throw new Error(`The constructors changed what was in the table ${name}.`);
    }
    return values.length > were.length;
  });
  return {
    globals: Object.fromEntries(globals),
    tables: Object.fromEntries(tables.map(([name, values]) => [name, values.map(wordFor)])),
  };
}

function wordFor(/** @type {unknown} */ value) {
  if (value === null) return null;
  if (value instanceof Map && value.size === 0) return "map";
  throw new Error(`The constructors put ${value} into a table, which no boot does without them.`);
}
