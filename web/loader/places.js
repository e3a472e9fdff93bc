import { ancestors, pathOf } from "./scope.js";

/** @import { PageScope, Scope } from "../protocol.js" */

/**
 * Where calls happen: in the scopes around an element, or on the page that is active. The page that
 * `tracker.page()` set is beneath all, and counts where no `<track-page>` does.
 *
 * @param {() => Element | undefined} activeElement
 */
export function createPlaces(activeElement) {
  /** @type {Scope[]} */
  let base = [];

  /** @param {readonly unknown[]} nodes innermost first */
  function around(nodes) {
    const path = pathOf(nodes);
    return path.some((scope) => "page" in scope) ? path : [...base, ...path];
  }

  return {
    /** The scopes around a call at an event's path, innermost node first. */
    around,

    /** The scopes around an element; without one, those of the active page. */
    of(/** @type {Node | undefined} */ node = activeElement()) {
      return node ? around(ancestors(node)) : base;
    },

    /** The page that is beneath all from now on. */
    setPage(/** @type {PageScope} */ page) {
      base = [{ page }];
      return base;
    },
  };
}
