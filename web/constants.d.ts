/** Constants that the build writes into the bundles. */

/** The version of the package that the loader belongs to. */
declare const __TRACKER_VERSION__: string;
/** The loader's second file, relative to the folder of tracker.js: `assets/delivery-….js`. */
declare const __DELIVERY_PATH__: string;
/** The worker's file, relative like it: `assets/worker-….js`. */
declare const __WORKER_PATH__: string;
/** The folder of Pyodide's files, relative to the folder above the worker's: `assets/pyodide-…/`. */
declare const __PYODIDE_PATH__: string;
/** The wheels, relative like `__PYODIDE_PATH__`: those micropip needs, and last the tracker's. */
declare const __WHEEL_PATHS__: string[];
