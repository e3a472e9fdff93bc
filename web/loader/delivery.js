import { beacon, keep, sendSoon, settle, watchLeaving } from "./raw.js";
import { spool } from "./spool.js";
import { announce, environment, folder, settings } from "./tag.js";
import { warn } from "./warn.js";

/** @import { PageToWorker, WorkerToPage } from "../protocol.js" */

const IDLE_TIMEOUT_MS = 2000;

let isOn = false;
let isRaw = false;
/** @type {Worker | undefined} */
let worker;
const post = (/** @type {PageToWorker} */ message) => worker?.postMessage(message);

/**
 * Bring facts to the collector: by Python in the worker, by raw posts where Python cannot run, and by
 * beacon whenever the page may be about to go. A fact may go more than one way; the collector counts
 * it once. Without a key and a name for the app, nothing is kept or sent.
 */
export const startDelivery = () => {
  if (!settings.writeKey || !environment.app.name) {
    return warn("The script tag needs data-write-key and data-app.");
  }
  isOn = true;
  watchLeaving();
  const startIdle = () =>
    (self.requestIdleCallback ?? setTimeout)(
      startPython,
      /** @type {any} */ ({ timeout: IDLE_TIMEOUT_MS }),
    );
  if (document.readyState === "complete") startIdle();
  else addEventListener("load", startIdle);
};

const startPython = () => {
  const url = folder + "/" + __WORKER_PATH__;
  try {
    worker = new Worker(
      // Another origin's script cannot be a worker, but a worker of this origin may import it.
      url.startsWith(origin + "/")
        ? url
        : URL.createObjectURL(new Blob([`import "${url}"`], { type: "text/javascript" })),
      { type: "module" },
    );
    worker.onmessage = heard;
    worker.onerror = goRaw;
    post({ type: "open", environment, settings });
    post({ type: "facts", facts: `[${[...spool.values()]}]` });
  } catch (error) {
    goRaw(error);
  }
};

const heard = (/** @type {{ data: WorkerToPage }} */ { data }) => {
  /** @type {any} */
  const { type, ids, text, messages } = data;
  if (type === "settled") return settle(ids);
  if (type === "failed") return goRaw(text);
  if (type === "report") warn(text);
  announce(type, messages);
};

const goRaw = (/** @type {unknown} */ reason) => {
  warn("No Python here, sending raw events:", reason);
  worker = undefined;
  isRaw = true;
  announce("failed", reason);
  sendSoon();
};

/** Take a fact, and deliver it some time, some way. */
export const deliver = (/** @type {string} */ id, /** @type {string} */ text) => {
  if (!isOn) return;
  keep(id, text);
  post({ type: "facts", facts: `[${text}]` });
  if (isRaw) sendSoon();
};

/** Send what waits now; while there is no Python, by beacon. */
export const flush = () => (worker ? post({ type: "flush" }) : beacon());
