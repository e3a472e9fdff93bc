/** @import { Runtime } from "../runtime/start.js" */

/**
 * Boot Pyodide as it is published.
 *
 * @param {string} indexURL the folder of its files, with a slash at its end
 * @param {string} wheel the tracker's
 * @param {(text: string) => void} send takes what Python says, as JSON text
 * @returns {Promise<Runtime>}
 */
export async function bootStock(indexURL, wheel, send) {
  const [python, archive] = await Promise.all([loadPyodide(indexURL), bytesOf(wheel)]);
  python.registerJsModule("_tracker_host", { send });
  // What micropip would do in the end, without its 350 ms.
  python.unpackArchive(archive, "whl");
  return { handleMessage: python.pyimport("tracker.browser").handle_message, python };
}

async function loadPyodide(/** @type {string} */ indexURL) {
  /** @type {{ loadPyodide: typeof import("pyodide").loadPyodide }} */
  const { loadPyodide } = await import(indexURL + "pyodide.mjs");
  return loadPyodide({
    indexURL,
    packageBaseUrl: indexURL, // or packages would come from a CDN
    lockFileURL: indexURL + "pyodide-lock.json",
  });
}

export async function bytesOf(/** @type {string} */ url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.arrayBuffer();
}
