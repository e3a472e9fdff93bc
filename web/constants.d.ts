/** Constants that the build writes into the bundles. */

/** The version of the package that the loader belongs to. */
declare const __TRACKER_VERSION__: string;
/** The loader's second file, relative to the folder of tracker.js: `assets/delivery-….js`. */
declare const __DELIVERY_PATH__: string;
/** The worker's file, relative like it: `assets/worker-….js`. */
declare const __WORKER_PATH__: string;
/** Where Python's files are, relative to the folder above the worker's. */
declare const __PYTHON__: {
  /** The lean runtime's, by role; null in a build for Pyodide as published alone. */
  lean: Record<string, string> | null;
  /** The folder of Pyodide as published: `assets/pyodide-…/`. */
  pyodide: string;
  /** The tracker's wheel. */
  wheel: string;
  /** The wheels of micropip and of what it needs. */
  micropip: string[];
};
