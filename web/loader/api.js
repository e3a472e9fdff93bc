import { isName, pageNamed } from "./scope.js";
import { warn } from "./warn.js";

/** @import { Call, Scope } from "../protocol.js" */
/** @typedef {Record<string, unknown>} Properties */
/** @typedef {number | undefined} At a time in ms; undefined is now */

/**
 * The calls of `window.tracker`, each with its time before its own arguments, so that the queue can
 * replay them with theirs.
 *
 * @param {object} parts
 * @param {(call: Call, at: number) => void} parts.capture
 * @param {ReturnType<typeof import("./visit.js").createVisits>} parts.visits
 * @param {ReturnType<typeof import("./places.js").createPlaces>} parts.places
 * @param {() => void} parts.settlePages reports views that have begun, before anything else happens
 * @param {() => void} parts.flush
 */
export function createCalls({ capture, visits, places, settlePages, flush }) {
  function timeOf(/** @type {At} */ at) {
    if (at) return at;
    settlePages();
    return Date.now();
  }

  function track(/** @type {At} */ at, /** @type {readonly Scope[]} */ path, /** @type {unknown[]} */ args) {
    const { name, properties } = named(args);
    if (!isName(name)) return warn("track() needs a name such as run_query_button.click.");
    capture({ kind: "track", name, properties, path }, timeOf(at));
  }

  return {
    track(/** @type {At} */ at, /** @type {unknown[]} */ ...args) {
      track(at, places.of(), args);
    },

    page(/** @type {At} */ at, /** @type {unknown[]} */ ...args) {
      const { properties, ...rest } = named(args);
      const page = pageNamed(rest);
      if (!page) return;
      const { name, category } = page;
      const time = timeOf(at);
      capture({ kind: "page", name, category, properties, path: places.setPage(page) }, time);
    },

    identify(/** @type {At} */ at, /** @type {unknown} */ id, /** @type {Properties} */ traits) {
      const userId = idOf(id, "identify(userId, traits)");
      if (!userId) return;
      const time = timeOf(at);
      visits.identify(userId);
      capture({ kind: "identify", userId, traits, path: places.of() }, time);
    },

    group(/** @type {At} */ at, /** @type {unknown} */ id, /** @type {Properties} */ traits) {
      const groupId = idOf(id, "group(groupId, traits)");
      if (groupId) capture({ kind: "group", groupId, traits, path: places.of() }, timeOf(at));
    },

    alias(/** @type {At} */ at, /** @type {unknown} */ id, /** @type {unknown} */ previous) {
      const userId = idOf(id, "alias(userId, previousId)");
      if (!userId) return;
      const time = timeOf(at);
      const visit = visits.at(time);
      const previousId =
        previous == null ? (visit.userId ?? visit.anonymousId) : idOf(previous, "alias()");
      if (previousId) capture({ kind: "alias", userId, previousId, path: places.of() }, time);
    },

    reset(/** @type {At} */ at) {
      timeOf(at);
      visits.reset();
    },

    flush,

    useTracking(/** @type {At} */ _at, /** @type {Element | undefined} */ element) {
      const path = frozen(places.of(element));
      return Object.freeze({
        path,
        track: (/** @type {unknown[]} */ ...args) => track(undefined, path, args),
      });
    },
  };
}

/** `({name, properties})` or `(name, properties)`. */
function named(/** @type {any[]} */ [first, properties]) {
  return first && typeof first === "object" ? first : { name: first, properties };
}

/** An id as text; a number is one too. */
function idOf(/** @type {unknown} */ id, /** @type {string} */ call) {
  if (isName(id)) return id;
  if (typeof id === "number") return String(id);
  warn(call + " needs an id as text.");
}

/** @template T @param {T} value @returns {T} a copy that nothing can change */
function frozen(value) {
  return JSON.parse(JSON.stringify(value), (_key, part) => Object.freeze(part));
}
