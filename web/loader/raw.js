import { chunksOf, spool } from "./spool.js";
import { announce, environment, settings } from "./tag.js";
import { guarded } from "./warn.js";

/** When the page goes, what it has not beaconed must fit into the browser's quota, with room to spare. */
const EARLY_BEACON_LENGTH = 30_000;
const LINGER_MS = 500;
const FIRST_BACKOFF_MS = 1000;
const LAST_BACKOFF_MS = 60 * 1000;

/**
 * Raw facts go to `POST /v1/raw`, where the collector runs the Python that did not run here. Plain
 * text with the key in the query needs no preflight, which a page that is being left would not live
 * to see answered.
 */
const url = settings.endpoint + "/v1/raw?writeKey=" + encodeURIComponent(settings.writeKey);
const environmentText = JSON.stringify(environment);

/** Facts that have not gone by beacon since the page was last seen. @type {Set<string>} */
let unbeaconed = new Set();
let isPlanned = false;
let failures = 0;

const bodyOf = (/** @type {string[]} */ ids) =>
  `{"environment":${environmentText},"facts":[${ids.map((id) => spool.get(id))}],"sentAt":"${new Date().toJSON()}"}`;

/**
 * Post a chunk, and settle it when the collector has answered for good.
 *
 * @param {string[]} ids
 * @param {boolean} keepalive
 * @returns {Promise<unknown>} never rejected
 */
const send = (ids, keepalive) =>
  fetch(url, { method: "POST", body: bodyOf(ids), keepalive })
    .then(({ status }) => {
      if (/408|425|429|5../.test(`${status}`)) throw status;
      failures = 0;
      settle(ids);
    })
    .catch(() => failures++);

/** Put a fact where it waits to be settled. */
export const keep = (/** @type {string} */ id, /** @type {string} */ text) => {
  spool.set(id, text);
  unbeaconed.add(id);
  // While the page is going, nothing may come after this task.
  const isEarly = unbeaconed.size * text.length > EARLY_BEACON_LENGTH;
  if (isEarly || document.hidden) queueMicrotask(beacon);
};

/** The collector has these, or will never take them. */
export const settle = (/** @type {string[]} */ ids) => {
  for (const id of ids) {
    spool.delete(id);
    unbeaconed.delete(id);
  }
  announce("settled", ids);
};

/** The page may be about to go: hand what is unsettled to the browser, each fact once. */
export const beacon = guarded(() => {
  const ids = [...unbeaconed];
  unbeaconed.clear();
  for (const chunk of chunksOf(ids, bodyOf)) {
    // No beacon means that its quota, which is that of `keepalive`, is used up.
    if (chunk[0] && !navigator.sendBeacon?.(url, bodyOf(chunk))) send(chunk, false);
  }
});

/** Beacon whenever the page may be about to go. */
export const watchLeaving = () => {
  addEventListener("pagehide", beacon);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) beacon();
    // Nobody knows which beacons arrived, so what is unsettled goes again the next time.
    else unbeaconed = new Set(spool.keys());
  });
};

/** Send the spool in a while, and again with full-jitter backoff until the collector has answered. */
export const sendSoon = () => {
  if (isPlanned || !spool.size) return;
  isPlanned = true;
  const backoff = Math.random() * Math.min(LAST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** failures);
  setTimeout(async () => {
    for (const chunk of chunksOf([...spool.keys()], bodyOf)) {
      await send(chunk, true);
      if (failures) break;
    }
    isPlanned = false;
    sendSoon();
  }, LINGER_MS + backoff);
};
