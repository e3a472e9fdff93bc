import { startDelivery, tell } from "./delivery.js";
import { viewAgain } from "./pages.js";
import { drop, spool } from "./spool.js";
import { data } from "./tag.js";
import { forgetVisitor, remember } from "./visit.js";
import { attempt, guarded, warn } from "./warn.js";

/** Where the visitor's decision is, for later pages and other tabs. */
const KEY = "tracker.consent";

/**
 * "granted", "denied" or, before the visitor has decided, "required": then events are captured and kept
 * in memory alone. Without a key and a name for the app there is no state, and nothing happens at all.
 *
 * @type {string | undefined}
 */
let state;

export const isGranted = () => state === "granted";
export const mayCapture = () => state && state !== "denied";

/** What the visitor decided as far as this page knows, which counts where there is no storage. @type {any} */
let decision;

/**
 * What the visitor decided for this site, in this tab or another, now or earlier, counts; then the
 * signal that the browser sends for them, even if it begins to do so now; then the tag.
 */
export const followConsent = () => {
  decision = attempt(() => localStorage[KEY]) ?? decision;
  const objects =
    data.ignorePrivacySignals == null &&
    (navigator.globalPrivacyControl || Number(navigator.doNotTrack));
  become(decision ?? (objects ? "denied" : (data.consent ?? "granted")));
};

/** Follow it now, and whenever it changes in another tab. */
export const watchConsent = () => {
  addEventListener("storage", guarded(followConsent));
  followConsent();
};

/** `tracker.consent("granted")` and `("denied")`; without an argument, what holds now. */
export const consent = (/** @type {number} */ _at, /** @type {any} */ decided) => {
  if (decided === "granted" || decided === "denied") {
    become((decision = decided));
    attempt(() => (localStorage[KEY] = decided));
  } else if (decided) warn("consent is granted or denied:", decided);
  return state;
};

const become = (/** @type {typeof state} */ next) => {
  if (!data.writeKey || !data.app) return warn("Needs data-write-key, data-app");
  const before = state;
  state = next;
  if (next === before) return;
  if (next === "denied") erase();
  if (!isGranted()) return;
  remember();
  startDelivery();
  // Nobody saw the views of the time before.
  if (before === "denied") viewAgain();
};

/** Leave nothing of the visitor, in memory or in the origin's storage, but the decision itself. */
const erase = () => {
  drop(spool.keys());
  tell({ type: "forget" });
  forgetVisitor();
  attempt(() => {
    for (const key in localStorage) {
      if (/^tracker(:|$)/.test(key)) delete localStorage[key];
    }
    indexedDB.deleteDatabase("tracker");
  });
};
