import { boot as bootLean } from "../runtime/boot.js";
import { bootStock } from "./stock.js";
import { wheelLoader } from "./wheels.js";

/** @import { Runtime } from "../runtime/start.js" */

/** The smallest WebAssembly module: its name and its version. */
const EMPTY_MODULE = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
/** Of the files beside which this one is served; in a blob worker, too, it is this module's own URL. */
const root = new URL("..", import.meta.url);
const at = (/** @type {string} */ path) => new URL(path, root).href;

/**
 * To an engine, a module that could not be fetched is one that never can be
 * (https://github.com/whatwg/html/issues/6768), unless the next boot asks for it by another address.
 */
let failures = 0;
/** Where the lean Python alone did not start once, it is not tried again. */
let hasLeanFailed = false;

/**
 * Python that is up. What `handleMessage` throws is a crash; `loadWheel` installs a pure Python
 * wheel, and then all of it can be imported, micropip too.
 *
 * @typedef {Runtime & { loadWheel: (url: string) => Promise<void> }} WorkerPython
 */

/**
 * Boot a Python of its own, from the collector's own files alone: the lean one, or where that does not
 * start, Pyodide as it is published.
 *
 * @param {(text: string) => void} send takes what Python says, as JSON text
 * @param {(text: string) => void} report takes a sentence for the console
 * @returns {Promise<WorkerPython>}
 */
export async function bootPython(send, report) {
  await WebAssembly.compile(EMPTY_MODULE); // fails where a policy forbids it, and then so would both
  const runtime = await bootEither(send, report);
  return { ...runtime, loadWheel: wheelLoader(runtime.python, __PYTHON__.micropip.map(at)) };
}

/**
 * @param {(text: string) => void} send
 * @param {(text: string) => void} report
 * @returns {Promise<Runtime>}
 */
async function bootEither(send, report) {
  const { lean, pyodide, wheel } = __PYTHON__;
  const again = failures ? `?again=${failures}` : "";
  const stock = () => bootStock(at(pyodide), at(wheel), send);
  if (!lean || hasLeanFailed) return stock();
  try {
    const urls = Object.entries(lean).map(([role, path]) => [role, at(path)]);
    const { glue, ...others } = Object.fromEntries(urls);
    return await bootLean({ glue: glue + again, ...others }, send);
  } catch (reason) {
    const runtime = await stock().catch((error) => {
      failures++;
      throw new Error(`${reason}; and Pyodide as published: ${error}`);
    });
    hasLeanFailed = true;
    report(`The lean Python did not start, so Pyodide as published does its work: ${reason}`);
    return runtime;
  }
}
