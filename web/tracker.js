/**
 * The loader: what runs on the page's main thread. It captures facts at the instant of the call and
 * hands them on; Python, in the worker or in the collector, does the rest.
 */
import { defineElements } from "./elements.js";
import { propertiesOf, watchActions } from "./loader/actions.js";
import { createCalls } from "./loader/api.js";
import { createCapture } from "./loader/capture.js";
import { createDelivery } from "./loader/delivery.js";
import { readEnvironment } from "./loader/environment.js";
import { newId } from "./loader/id.js";
import { createPages } from "./loader/pages.js";
import { createPlaces } from "./loader/places.js";
import { takeQueue } from "./loader/queue.js";
import { createVisits } from "./loader/visit.js";
import { guarded, warn } from "./loader/warn.js";

const start = guarded(() => {
  /** @type {any} */
  const host = window;
  if (host.tracker?.version) return warn("tracker.js is on this page twice. Remove one of the tags.");
  const script = /** @type {HTMLScriptElement} */ (
    document.currentScript ?? document.querySelector("script[data-write-key]")
  );
  const data = script.dataset;
  const delivery = deliveryOf(script, data);

  const visits = createVisits(() => localStorage, newId);
  const capture = createCapture(visits.at, delivery.add);
  const pages = createPages((element, { name, category }) =>
    capture({ kind: "page", name, category, path: places.of(element) }, Date.now()),
  );
  const places = createPlaces(pages.active);
  const calls = createCalls({
    capture,
    visits,
    places,
    settlePages: pages.flush,
    flush: delivery.flush,
  });

  const tracker = (host.tracker ??= {});
  for (const [name, call] of Object.entries(calls)) {
    tracker[name] = guarded((/** @type {unknown[]} */ ...args) =>
      /** @type {any} */ (call)(undefined, ...args),
    );
  }
  tracker.version = __TRACKER_VERSION__;

  defineElements(pages);
  takeQueue(tracker, calls);
  watchActions((element, event, around) => {
    const name = element.getAttribute("data-track");
    if (!name) return warn("data-track needs the name of the element:", element);
    pages.flush();
    capture(
      {
        kind: "track",
        name: name + "." + event.type,
        properties: propertiesOf(element),
        path: places.around(around),
      },
      Date.now(),
    );
  });
});

start();

/** Delivery as the script tag describes it; without a key or a name for the app there is none. */
function deliveryOf(/** @type {HTMLScriptElement} */ script, /** @type {DOMStringMap} */ data) {
  const { writeKey, app } = data;
  if (!writeKey || !app) {
    warn("Nothing is tracked: the script tag needs data-write-key and data-app.", script);
    return { add() {}, flush() {} };
  }
  const { href } = new URL(data.endpoint ?? "/", script.src);
  return createDelivery(
    { endpoint: href.replace(/\/$/, ""), writeKey, debug: "debug" in data },
    readEnvironment(data),
    new URL(__WORKER_PATH__, script.src),
  );
}
