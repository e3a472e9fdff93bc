import { loadWhenCalled } from "./cold.js";
import { compileEarly } from "./early.js";
import { errorMarkers } from "./errors.js";
import { Picture } from "./memory.js";

/** @import { PyodideAPI } from "pyodide" */

/**
 * What Python starts from. The two that read have to answer at once: an `import`, or a function of
 * C, waits for what they return.
 *
 * @typedef {object} Parts
 * @property {(settings: object) => Promise<any>} createModule Emscripten's glue
 * @property {Promise<WebAssembly.Module>} module its hot part
 * @property {Promise<ArrayBuffer>} picture of Python's memory, with the tracker imported
 * @property {() => BufferSource} readCold gives the cold part of the module
 * @property {() => Uint8Array} readLibrary gives the archive of the standard library
 * @property {object} environment what runs this, in Pyodide's words
 */

/**
 * A Python that is up.
 *
 * @typedef {object} Runtime
 * @property {(text: string) => void} handleMessage `tracker.browser.handle_message`; what it throws is a crash
 * @property {PyodideAPI} python Pyodide itself, for what else is to run in it
 */

const HOME = "/home/pyodide";

/**
 * Bring the Python of the picture to life: what `loadPyodide({ _loadSnapshot })` does, and no more.
 * All that needs no memory is done while the picture, the largest file by far, is on its way.
 *
 * @param {Parts} parts
 * @param {(text: string) => void} send takes what Python says, as JSON text
 * @returns {Promise<Runtime>}
 */
export async function start(parts, send) {
  const opened = parts.picture.then((buffer) => new Picture(buffer));
  unheard(opened);
  const { module, exports } = await createModule(parts, opened);
  await compileEarly(exports, opened);
  const picture = await opened;
  construct(exports, picture.head.constructed);
  picture.restore(/** @type {WebAssembly.Memory} */ (exports.memory));
  makeFolders(module, picture.head);
  const { API, FS } = module;
  /** @type {PyodideAPI} */
  const python = API.finalizeBootstrap(picture.head.state);
  API.initializeStreams();

  const host = python.pyimport("_tracker_host");
  host.send = (/** @type {string} */ text) => void send(text); // always undefined: each type has C of its own
  host.fetch_library = () => FS.writeFile(picture.head.library, parts.readLibrary());
  host.destroy();
  return { handleMessage: python.pyimport("tracker.browser").handle_message, python };
}

/** A boot that has failed elsewhere waits for it no more; its failure is then nobody's, and no page's error. */
const unheard = (/** @type {Promise<unknown>} */ promise) => void promise.catch(() => {});

/**
 * @param {Parts} parts
 * @param {Promise<Picture>} picture
 * @returns {Promise<{ module: any, exports: WebAssembly.Exports }>} Emscripten's module, in whose memory
 *   nothing is yet, and what WebAssembly's own exports
 */
function createModule(parts, picture) {
  return new Promise((resolve, reject) => {
    const lockFile = picture.then(({ head }) => JSON.stringify(head.lockFile));
    unheard(lockFile);
    /** @type {WebAssembly.Exports} */
    let exports;
    const settings = {
      API: {
        config: { jsglobals: globalThis, indexURL: "", packageBaseUrl: "", packages: [], env: {} },
        runtimeEnv: parts.environment,
        lockFilePromise: lockFile,
      },
      arguments: [],
      noInitialRun: true,
      noImageDecoding: true,
      noAudioDecoding: true,
      noWasmDecoding: true,
      locateFile: (/** @type {string} */ name) => name,
      preRun: [], // the glue puts its own there
      instantiateWasm(
        /** @type {WebAssembly.Imports} */ imports,
        /** @type {(instance: { exports: object }, module: WebAssembly.Module) => void} */ done,
      ) {
        instantiate(parts, imports)
          .then(([instance, module]) => {
            exports = instance.exports;
            // What they write to memory is in the picture, and `construct` does the rest.
            done({ exports: { ...exports, __wasm_call_ctors() {} } }, module);
          })
          .catch(reject); // Emscripten itself would wait for ever
        return {};
      },
    };
    parts
      .createModule(settings)
      .then((/** @type {any} */ module) => resolve({ module, exports }), reject);
  });
}

/**
 * @param {Parts} parts
 * @param {WebAssembly.Imports} imports
 * @returns {Promise<[WebAssembly.Instance, WebAssembly.Module]>}
 */
async function instantiate(parts, imports) {
  Object.assign(imports.env, await errorMarkers());
  const module = await parts.module;
  const instance = await WebAssembly.instantiate(module, imports);
  loadWhenCalled(instance.exports, imports, parts.readCold);
  return [instance, module];
}

/**
 * Do what the module's own constructors do besides writing to memory, so that they need not run.
 *
 * @param {WebAssembly.Exports} exports
 * @param {import("./memory.js").Constructed} constructed
 */
function construct(exports, constructed) {
  for (const [name, value] of Object.entries(constructed.globals)) {
    /** @type {WebAssembly.Global} */ (exports[name]).value = value;
  }
  for (const [name, words] of Object.entries(constructed.tables)) {
    const table = /** @type {WebAssembly.Table} */ (exports[name]);
    table.grow(words.length - table.length);
    words.forEach((word, index) => word && table.set(index, new Map()));
  }
}

/**
 * The file system is not in the picture: it is JavaScript's.
 *
 * @param {any} module
 * @param {import("./memory.js").Head} head
 */
function makeFolders({ API, FS, ENV }, { pythonVersion, sitePackages }) {
  API.pyVersionTuple = pythonVersion;
  API.sitePackages = sitePackages;
  for (const path of [sitePackages, sitePackages.replace("site-packages", "lib-dynload"), HOME]) {
    FS.mkdirTree(path);
  }
  FS.chdir(HOME);
  ENV.HOME = HOME;
}
