import { heard } from "./actions.js";
import { capture } from "./capture.js";
import { consent } from "./consent.js";
import { flush } from "./delivery.js";
import { now, pathAt, viewBase } from "./pages.js";
import { ancestors } from "./scope.js";
import { whenShown } from "./shown.js";
import { forget, identify, visitor } from "./visit.js";

/** `({name, properties})` or `(name, properties)`. */
const named = (/** @type {any} */ first, /** @type {unknown} */ properties) =>
  first?.name ? first : { name: first, properties };

const event = (/** @type {unknown} */ first, /** @type {unknown} */ rest) => {
  const { name, properties } = named(first, rest);
  return { name, properties };
};

/**
 * The calls of `window.tracker`. Each has its time in ms before its own arguments, so that the queue
 * can replay it.
 *
 * @type {Record<string, (at: number, ...args: any[]) => unknown>}
 */
export const calls = {
  track: (at, first, rest) => capture("track", at, event(first, rest)),

  page: (at, first, rest) => viewBase(at, named(first, rest)),

  identify: (at, userId, traits) =>
    capture("identify", at, { userId, traits }) && identify(userId, traits),

  group: (at, groupId, traits) => capture("group", at, { groupId, traits }),

  alias: (at, userId, previousId = visitor().anonymousId) =>
    capture("alias", at, { userId, previousId }),

  reset: forget,

  flush,

  consent,

  // Of the queue alone.
  on: (at, event) => heard(event, at),
};

/** A handle on a place, that of `element` or of the active page; it works when the place is gone. */
export const useTracking = (/** @type {unknown} */ element) => {
  const path = pathAt(element ? ancestors(element) : undefined);
  return Object.freeze({
    track: (/** @type {unknown} */ first, /** @type {unknown} */ rest) =>
      whenShown(() => capture("track", now(), event(first, rest), path)),
    // For bindings of other languages and frameworks: any kind of call, from this place; `at` is when
    // it was made, if that was before the loader was there.
    capture: (/** @type {any} */ kind, /** @type {any} */ fields, /** @type {any} */ at) =>
      whenShown(() => capture(kind, at ?? now(), fields, path)),
  });
};
