/** @typedef {Record<string, any>} Exports */

const PREFIX = "split:"; // of tools/runtime/split.py
/** A module that makes a function of JavaScript one of WebAssembly, so that a table can have it. */
const WRAPPER = new Uint8Array([
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0], // a type: () -> ()
  ...[2, 7, 1, 1, 97, 1, 102, 0, 0], // import "a" "f"
  ...[7, 5, 1, 1, 102, 0, 0], // export "f"
]);

/**
 * Have the cold part of a split module fetched when a function of it is called, which then waits.
 *
 * @param {Exports} exports of the hot part
 * @param {WebAssembly.Imports} imports of the hot part
 * @param {() => BufferSource} readCold
 */
export function loadWhenCalled(exports, imports, readCold) {
  const split = /** @type {Exports} */ ({});
  for (const [name, it] of Object.entries(exports)) {
    if (name.startsWith(PREFIX)) split[name.slice(PREFIX.length)] = it;
  }
  const load = () => {
    const cold = new WebAssembly.Module(readCold());
    new WebAssembly.Instance(cold, { ...imports, split });
    split.loaded.value = 1;
  };
  const wrapper = new WebAssembly.Instance(new WebAssembly.Module(WRAPPER), { a: { f: load } });
  split.load.set(0, wrapper.exports.f);
}
