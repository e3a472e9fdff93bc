import { capture } from "./capture.js";
import { ancestors, pathOf, scopeOf } from "./scope.js";
import { guarded } from "./warn.js";

/** @import { PageScope, Scope } from "../protocol.js" */

/** The pages that are open, in the order of their opening, and what tells their views apart.
 * @type {Map<Element, string>} */
const open = new Map();
/** @type {Set<Element>} */
const changes = new Set();
/** The page that `tracker.page()` set; it counts where no `<track-page>` does. @type {Scope[]} */
let base = [];

const isOpen = (/** @type {Element} */ element) =>
  element.isConnected && element.matches("track-page") && !element.closest("track-page[hidden]");

/**
 * A `<track-page>` was connected, disconnected or given another attribute. A view begins when a page
 * is connected and neither it nor a page around it is hidden, or when its name, type or category
 * changes. A page that is moved, or taken out and put back within one task, is the same view.
 *
 * @param {Element} element
 */
export const pageChanged = (element) => {
  changes.add(element);
  queueMicrotask(guarded(now));
  setTimeout(() => isOpen(element) || open.delete(element));
};

/** The time, in ms since the epoch, once the views that have begun before are captured. */
export const now = () => {
  for (const element of changes) {
    changes.delete(element);
    const scope = /** @type {{ page: PageScope }} */ (isOpen(element) && scopeOf(element));
    const view = JSON.stringify(scope);
    if (scope && open.get(element) !== view) {
      open.set(element, view);
      capture("page", Date.now(), scope.page, pathAt(ancestors(element)));
    }
  }
  return Date.now();
};

/** The page that is beneath all from now on. */
export const setBase = (/** @type {PageScope} */ page) => {
  base = [{ page }];
};

/**
 * The scopes around a call: those among the nodes around it, innermost first; without nodes, those
 * of the active page, which is the last opened of the pages that are open.
 *
 * @param {readonly unknown[]} nodes
 */
export const pathAt = (
  nodes = ancestors([...new Set([...open.keys(), ...changes])].filter(isOpen).pop()),
) => {
  const path = pathOf(nodes);
  return path.some((scope) => "page" in scope) ? path : [...base, ...path];
};
