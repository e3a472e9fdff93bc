/** An engine that compiles for so long has then to look whether there is something to read. */
const SLICE_MS = 5;

/**
 * Have the engine compile, for as long as `until` is not settled, what is called first thing after it:
 * each function of the table is called, and returns at once (tools/runtime/early.py).
 *
 * @param {WebAssembly.Exports} exports of the hot part
 * @param {Promise<unknown>} until
 */
export async function compileEarly(exports, until) {
  const functions = /** @type {WebAssembly.Table | undefined} */ (exports["early:functions"]);
  const asleep = /** @type {WebAssembly.Global} */ (exports["early:asleep"]);
  let isOver = false;
  const end = () => void (isOver = true);
  until.then(end, end);
  for (let next = 0; functions && next < functions.length && !isOver; await turn()) {
    asleep.value = 1;
    const start = performance.now();
    while (next < functions.length && performance.now() - start < SLICE_MS) functions.get(next++)();
    asleep.value = 0;
  }
}

/** Let the worker do what else there is to do. */
const turn = () => new Promise((resolve) => setTimeout(resolve));
