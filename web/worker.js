/**
 * The worker: boots Python beside the page and carries JSON text between the page, Python and the
 * network. What to send, and when, is Python's to decide (tracker/browser).
 */

/** @import { Answer, FromPython, PageToWorker, Post, ToPython, WorkerToPage } from "./protocol.js" */
/** @typedef {(text: string) => void} HandleMessage `tracker.browser.handle_message` */

/** Browsers allow 64 KiB in flight for `fetch(keepalive)` in a worker; beyond that they refuse. */
const KEEPALIVE_BYTES = 60 * 1024;
const ANSWER_TIMEOUT_MS = 30_000;
/** Where a file of Pyodide's is missing, its boot may neither end nor fail. */
const BOOT_TIMEOUT_MS = 180_000;
/** The smallest WebAssembly module: its name and its version. */
const EMPTY_MODULE = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);

const page = /** @type {{ postMessage(message: WorkerToPage): void }} */ (
  /** @type {unknown} */ (self)
);
const encoder = new TextEncoder();
/** Of the files beside which this one is served; in a blob worker, too, it is this module's own URL. */
const root = new URL("..", import.meta.url);

/** What waits for Python. @type {ToPython[]} */
const waiting = [];
/** @type {HandleMessage | undefined} */
let handleMessage;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
let keepaliveBytes = 0;
let hasFailed = false;

self.addEventListener("message", (event) => {
  const message = /** @type {PageToWorker} */ (event.data);
  tell(message.type === "facts" ? { ...message, facts: JSON.parse(message.facts) } : message);
});
self.addEventListener("online", () => tell({ type: "online" }));

const bootTimer = setTimeout(() => fail("Python did not start in time"), BOOT_TIMEOUT_MS);
boot().then((handle) => {
  clearTimeout(bootTimer);
  handleMessage = handle;
  waiting.splice(0).forEach(tell);
}, fail);

/**
 * Boot Python from the collector's own files alone.
 *
 * @returns {Promise<HandleMessage>}
 */
async function boot() {
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

/** Give a message to Python, when it is up. */
function tell(/** @type {ToPython} */ message) {
  if (hasFailed) return;
  if (!handleMessage) {
    waiting.push(message);
    return;
  }
  try {
    handleMessage(JSON.stringify(message));
  } catch (error) {
    fail(error);
  }
}

/** What Python says through `_tracker_host.send`. */
function send(/** @type {string} */ text) {
  const message = /** @type {FromPython} */ (JSON.parse(text));
  if (message.type === "post") {
    post(message).then(tell);
  } else if (message.type === "wakeAfter") {
    clearTimeout(timer);
    timer = setTimeout(() => tell({ type: "wake" }), message.ms);
  } else {
    page.postMessage(message);
  }
}

/**
 * @param {Post} post plain text with the key in its URL, so that it needs no preflight
 * @returns {Promise<Answer>} never rejected
 */
async function post({ request, url, body }) {
  const size = encoder.encode(body).length;
  const keepalive = keepaliveBytes + size <= KEEPALIVE_BYTES;
  if (keepalive) keepaliveBytes += size;
  try {
    const response = await fetch(url, {
      method: "POST",
      body,
      keepalive,
      mode: "cors",
      credentials: "omit",
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    return {
      type: "answer",
      request,
      status: response.status,
      retryAfter: response.headers.get("Retry-After"),
      body: await response.text(),
    };
  } catch {
    return { type: "answer", request, status: 0, retryAfter: null, body: "" };
  } finally {
    if (keepalive) keepaliveBytes -= size;
  }
}

/** Python cannot run, or broke: the page takes over all that it has not heard to be settled. */
function fail(/** @type {unknown} */ error) {
  if (hasFailed) return;
  hasFailed = true;
  page.postMessage({ type: "failed", text: String(error) });
  self.close();
}
