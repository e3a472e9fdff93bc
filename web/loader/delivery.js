import { leave } from "./beacon.js";
import { followConsent, isGranted } from "./consent.js";
import { viewAgain } from "./pages.js";
import { drop, keep, spool, unbeaconed, unstored } from "./spool.js";
import { environment, folder, settings } from "./tag.js";
import { warn } from "./warn.js";

/** @import { PageToWorker } from "../protocol.js" */

/** When the page goes, what it has not beaconed must fit into the browser's quota, with room to spare. */
const EARLY_BEACON_LENGTH = 30_000;

/** The page was shown again from the back/forward cache, where it heard of nothing. */
const comeBack = () => {
  followConsent();
  viewAgain();
};

/** What web/delivery.js listens with, once it is there. @type {((message: PageToWorker) => void) | undefined} */
let listener;

/** Say something to the worker, or to who delivers in its place. */
export const tell = (/** @type {PageToWorker} */ message) => listener?.(message);

/**
 * Bring facts to the collector: by the worker, which the second file finds, and by beacon whenever the
 * page may be about to go. A fact may go more than one way; the collector counts it once.
 */
export const startDelivery = () => {
  addEventListener("pagehide", leave);
  addEventListener("visibilitychange", visibilityChanged);
  import(folder + "/" + __DELIVERY_PATH__)
    .then(({ connect }) => {
      if (isGranted()) listener ??= connect(environment, settings, spool, unstored, drop, comeBack);
    })
    .catch((error) => warn("Only beacons:", error));
};

const visibilityChanged = () => {
  if (document.hidden) return leave();
  // The visitor may have been where the browser is told to object.
  followConsent();
  // Nobody knows which beacons arrived, so what is unsettled goes again the next time; but where
  // nobody says what is settled, all would go again every time.
  if (listener) for (const id of spool.keys()) unbeaconed.add(id);
};

/** Take a fact, and deliver it some time, some way. */
export const deliver = (/** @type {string} */ id, /** @type {string} */ text) => {
  keep(id, text);
  if (!isGranted()) return;
  tell({ type: "facts", facts: [[id, text]] });
  // While the page is going, nothing may come after this task.
  const isEarly = unbeaconed.size * text.length > EARLY_BEACON_LENGTH;
  if (isEarly || document.hidden) queueMicrotask(leave);
};

/** Send what waits now; while nobody listens, by beacon. */
export const flush = () => (listener ? tell({ type: "flush" }) : isGranted() && leave());
