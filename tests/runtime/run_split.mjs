/**
 * Calls the exports of a split module: `node run_split.mjs HOT COLD '[["name", …arguments], …]'`.
 * Prints for each call its result, how often the cold part has been read by then, and which functions ran.
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import { loadWhenCalled } from "../../web/runtime/cold.js";

const [hot, cold, calls] = process.argv.slice(2);
let colds = 0;
const imports = { env: { add: (/** @type {number} */ number) => number + 1 } };
const { instance } = await WebAssembly.instantiate(readFileSync(hot), imports);
const exports = /** @type {Record<string, any>} */ (instance.exports);
loadWhenCalled(exports, imports, () => (colds++, readFileSync(cold)));

const answers = JSON.parse(calls).map((/** @type {[string, ...number[]]} */ [name, ...rest]) => {
  const result = exports[name](...rest);
  const flags = Object.keys(exports).filter((key) => key.startsWith("ran:") && exports[key].value);
  return { result, colds, ran: flags.map((key) => Number(key.slice(4))).sort() };
});
console.log(JSON.stringify(answers));
