import { capture } from "./capture.js";
import { flush } from "./delivery.js";
import { now, pathAt, setBase } from "./pages.js";
import { ancestors } from "./scope.js";
import { forget, identify, visitAt } from "./visit.js";

/** @import { Scope } from "../protocol.js" */

/** `({name, properties})` or `(name, properties)`. */
const named = (/** @type {any} */ first, /** @type {unknown} */ properties) =>
  first?.name ? first : { name: first, properties };

const track = (
  /** @type {Scope[] | undefined} */ path,
  /** @type {number} */ at,
  /** @type {any} */ first,
  /** @type {unknown} */ rest,
) => {
  const { name, properties } = named(first, rest);
  capture("track", at, { name, properties }, path);
};

/**
 * The calls of `window.tracker`. Each has its time in ms before its own arguments, so that the queue
 * can replay it.
 *
 * @type {Record<string, (at: number, ...args: any[]) => unknown>}
 */
export const calls = {
  track: (at, first, rest) => track(undefined, at, first, rest),

  page(at, first, rest) {
    const { properties, name, type, category } = named(first, rest);
    const page = { name, type, category };
    if (capture("page", at, { ...page, properties }, [{ page }])) setBase(page);
  },

  identify(at, userId, traits) {
    if (capture("identify", at, { userId, traits })) identify(userId);
  },

  group: (at, groupId, traits) => capture("group", at, { groupId, traits }),

  alias: (at, userId, previousId = visitAt(at).anonymousId) =>
    capture("alias", at, { userId, previousId }),

  reset: forget,

  flush,

  useTracking(_at, element) {
    const path = pathAt(element ? ancestors(element) : undefined);
    return Object.freeze({
      track: (/** @type {any} */ first, /** @type {unknown} */ rest) =>
        track(path, now(), first, rest),
      // For bindings of other languages and frameworks: any kind of call, from this place.
      capture: (/** @type {any} */ kind, /** @type {any} */ fields) =>
        capture(kind, now(), fields, path),
    });
  },
};
