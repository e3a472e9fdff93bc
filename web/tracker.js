/**
 * The loader: what runs on the page's main thread. It captures facts at the instant of the call and
 * hands them on; Python, in the worker or in the collector, does the rest.
 */
import { defineElements } from "./elements.js";
import { listen } from "./loader/actions.js";
import { calls, useTracking } from "./loader/api.js";
import { watchConsent } from "./loader/consent.js";
import { now } from "./loader/pages.js";
import { takeQueue } from "./loader/queue.js";
import { whenShown } from "./loader/shown.js";
import { guarded, warn } from "./loader/warn.js";

guarded(() => {
  const tracker = (window.tracker ??= {});
  if (tracker.version) return warn("Loaded twice");
  tracker.version = __TRACKER_VERSION__;
  for (const name in calls) {
    tracker[name] = (/** @type {unknown[]} */ ...args) =>
      whenShown(() => calls[name](now(), ...args));
  }
  tracker.useTracking = guarded(useTracking);
  defineElements();
  whenShown(() => {
    watchConsent();
    takeQueue(tracker, calls);
    listen(document);
  });
})();
