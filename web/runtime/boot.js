import { start } from "./start.js";

/** @import { Runtime } from "./start.js" */

/**
 * Where the files of a built runtime are; `python -m tools.runtime` names them.
 *
 * @typedef {{ glue: string, wasm: string, cold: string, picture: string, library: string }} RuntimeUrls
 */

/** Whoever waits so long for these files will not get them: something eats them. */
const BOOT_MS = 60_000;
/** A worker that waits for a file hears nothing, not even new facts. */
const READ_MS = 30_000;

/** What Pyodide would find out by itself, and what a module worker is. */
export const WORKER = {
  IN_NODE: false,
  IN_NODE_COMMONJS: false,
  IN_NODE_ESM: false,
  IN_BUN: false,
  IN_DENO: false,
  IN_SAFARI: false,
  IN_SHELL: false,
  IN_WORKERD: false,
  IN_BROWSER: true,
  IN_BROWSER_MAIN_THREAD: false,
  IN_BROWSER_WEB_WORKER: true,
};

/**
 * Boot Python in this worker. All that it needs is on its way before the first of it is there.
 *
 * @param {RuntimeUrls} urls absolute
 * @param {(text: string) => void} send takes what Python says, as JSON text
 * @param {{ bootMs?: number, readMs?: number }} [patience] for the boot, and for a file that Python
 *   has to wait for later
 * @returns {Promise<Runtime>} rejected where a file is missing, late or another, or WebAssembly is forbidden
 */
export async function boot(urls, send, { bootMs = BOOT_MS, readMs = READ_MS } = {}) {
  const ending = new AbortController();
  const { signal } = ending;
  const tooLate = new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });
  const timer = setTimeout(
    () => ending.abort(new Error(`Python's files are not here after ${bootMs / 1000} s`)),
    bootMs,
  );
  const module = WebAssembly.compileStreaming(fetch(urls.wasm, { signal }));
  const picture = fetch(urls.picture, { signal }).then(bytesOf);
  const glue = import(urls.glue);
  const parts = {
    createModule: (/** @type {object} */ settings) => glue.then((it) => it.default(settings)),
    module,
    picture,
    readCold: () => readNow(urls.cold, readMs),
    readLibrary: () => readNow(urls.library, readMs),
    environment: WORKER,
  };
  try {
    // Whichever fails first says why; the others then fail unheard.
    const all = Promise.all([start(parts, send), module, picture, glue]);
    const [runtime] = await Promise.race([all, tooLate]);
    return runtime;
  } catch (error) {
    ending.abort(); // what else is under way is of no use any more
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** @returns {Promise<ArrayBuffer>} */
function bytesOf(/** @type {Response} */ response) {
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
  return response.arrayBuffer();
}

/** Fetch a file while Python waits: only a worker may, and only by this old way. */
function readNow(/** @type {string} */ url, /** @type {number} */ timeoutMs) {
  const request = new XMLHttpRequest();
  request.open("GET", url, false);
  request.responseType = "arraybuffer";
  request.timeout = timeoutMs;
  request.send();
  if (request.status !== 200) throw new Error(`${url} answered ${request.status}`);
  return new Uint8Array(request.response);
}
