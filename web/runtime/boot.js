import { start } from "./start.js";

/** @import { Runtime } from "./start.js" */

/**
 * Where the files of a built runtime are; `python -m tools.runtime` names them.
 *
 * @typedef {{ glue: string, wasm: string, cold: string, picture: string, library: string }} RuntimeUrls
 */

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
 * @returns {Promise<Runtime>} rejected where a file is missing or WebAssembly is forbidden
 */
export async function boot(urls, send) {
  const module = WebAssembly.compileStreaming(fetch(urls.wasm));
  const picture = fetch(urls.picture).then(bytesOf);
  const glue = import(urls.glue);
  const parts = {
    createModule: (/** @type {object} */ settings) => glue.then((it) => it.default(settings)),
    module,
    picture,
    readCold: () => readNow(urls.cold),
    readLibrary: () => readNow(urls.library),
    environment: WORKER,
  };
  // Whichever fails first says why; the others then fail unheard.
  const [runtime] = await Promise.all([start(parts, send), module, picture, glue]);
  return runtime;
}

/** @returns {Promise<ArrayBuffer>} */
function bytesOf(/** @type {Response} */ response) {
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
  return response.arrayBuffer();
}

/** Fetch a file while Python waits: only a worker may, and only by this old way. */
function readNow(/** @type {string} */ url) {
  const request = new XMLHttpRequest();
  request.open("GET", url, false);
  request.responseType = "arraybuffer";
  request.send();
  if (request.status !== 200) throw new Error(`${url} answered ${request.status}`);
  return new Uint8Array(request.response);
}
