/** The smallest WebAssembly module: its name and its version. */
const EMPTY_MODULE = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
/** Of the files beside which this one is served; in a blob worker, too, it is this module's own URL. */
const root = new URL("..", import.meta.url);

/**
 * Boot a Python of its own, from the collector's own files alone.
 *
 * @param {(text: string) => void} send takes what Python says, as JSON text
 * @returns {Promise<(text: string) => void>} `tracker.browser.handle_message`; what it throws is a crash
 */
export async function bootPython(send) {
  await WebAssembly.compile(EMPTY_MODULE); // fails where a policy forbids it, which Pyodide waits out
  const indexURL = new URL(__PYODIDE_PATH__.replace(/\/?$/, "/"), root).href;
  /** @type {{ loadPyodide: typeof import("pyodide").loadPyodide }} */
  const { loadPyodide } = await import(indexURL + "pyodide.mjs");
  const python = await loadPyodide({
    indexURL,
    packageBaseUrl: indexURL, // or packages would come from a CDN
    lockFileURL: indexURL + "pyodide-lock.json",
  });
  python.registerJsModule("_tracker_host", { send });
  const wheels = __WHEEL_PATHS__.map((path) => new URL(path, root).href);
  const [tracker, ...tools] = wheels.reverse();
  await python.loadPackage(tools, { messageCallback: () => {}, checkIntegrity: false });
  await python.pyimport("micropip").install.callKwargs(tracker, { deps: false });
  return python.pyimport("tracker.browser").handle_message;
}
