/**
 * Calls what a module has compiled early: `node run_early.mjs WASM`. Prints how many functions that
 * are, what they gave, and which of memory and globals they changed. Each import that is called fails.
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import { compileEarly } from "../../web/runtime/early.js";
import { errorMarkers } from "../../web/runtime/errors.js";

const module = await WebAssembly.compile(readFileSync(process.argv[2]));
/** @type {Record<string, Record<string, any>>} */
const imports = {};
for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
  (imports[from] ??= {})[name] =
    kind === "global"
      ? new WebAssembly.Global({ value: "i32", mutable: true }, -1)
      : () => {
          throw new Error(`${name} was called`);
        };
}
Object.assign((imports.env ??= {}), await errorMarkers());
const { exports } = await WebAssembly.instantiate(module, imports);
const globals = () =>
  Object.entries(exports).flatMap(([name, it]) =>
    it instanceof WebAssembly.Global ? [[name, it.value]] : [],
  );
const { buffer } = /** @type {WebAssembly.Memory} */ (exports["split:memory"]);
const memory = () => new Uint8Array(buffer);
const before = { globals: JSON.stringify(globals()), memory: memory().slice() };

/** @type {unknown[]} */
const given = [];
const table = /** @type {WebAssembly.Table} */ (exports["early:functions"]);
const functions = { length: table.length, get: noting };
await compileEarly({ ...exports, "early:functions": /** @type {any} */ (functions) }, pending());
console.log(
  JSON.stringify({
    count: table.length,
    given: [...new Set(given.map(String))].sort(),
    isMemoryUntouched: Buffer.compare(before.memory, memory()) === 0,
    areGlobalsUntouched: JSON.stringify(globals()) === before.globals,
  }),
);

function noting(/** @type {number} */ index) {
  return () => void given.push(table.get(index)());
}

/** @returns {Promise<never>} */
function pending() {
  return new Promise(() => {});
}
