import { capture } from "./capture.js";
import { clock } from "./clock.js";
import { ancestors, pathOf, scopeOf } from "./scope.js";
import { whenShown } from "./shown.js";

/** @import { Call, PageScope } from "../protocol.js" */

/** @typedef {PageScope & Pick<Call, "properties">} View */

/** The pages that are or may be open, in the order of their opening, and what tells their views
 * apart. @type {Map<Element, string>} */
const open = new Map();
/** The page that `tracker.page()` set; it counts where no `<track-page>` does.
 * @type {{ page: PageScope }[]} */
let base = [];
/** What it set. @type {View | undefined} */
let baseView;

const isOpen = (/** @type {Element} */ element) =>
  element.isConnected && element.matches("track-page:not([hidden],track-page[hidden] *)");

/**
 * A `<track-page>` was connected, disconnected or given another attribute. A view begins when a page
 * is connected and neither it nor a page around it is hidden, or when its name, type or category
 * changes. A page that is moved, or taken out and put back within one task, is the same view.
 *
 * @param {Element} element
 */
export const pageChanged = (element) => {
  if (!open.has(element)) open.set(element, "");
  queueMicrotask(() => whenShown(now));
  setTimeout(() => isOpen(element) || open.delete(element));
};

/** The time, in ms since the epoch, once the views that have begun before are captured. */
export const now = () => {
  for (const [element, seen] of open) {
    const scope = /** @type {{ page: PageScope }} */ (isOpen(element) && scopeOf(element));
    const view = JSON.stringify(scope);
    if (scope && view !== seen) {
      open.set(element, view);
      capture("page", clock(), scope.page, pathAt(ancestors(element)));
    }
  }
  return clock();
};

/** View a page that is beneath all from now on. */
export const viewBase = (/** @type {number} */ at, /** @type {View} */ view) => {
  /** @type {PageScope} */
  const page = JSON.parse(JSON.stringify(view, ["name", "type", "category"]));
  if (!capture("page", at, { ...page, properties: view.properties }, [{ page }])) return;
  base = [{ page }];
  baseView = view;
};

/** The visitor sees all open pages once more. */
export const viewAgain = () => {
  for (const element of open.keys()) open.set(element, "");
  if (baseView) viewBase(clock(), baseView);
  now();
};

/**
 * The scopes around a call: those among the nodes around it, innermost first; without nodes, those
 * of the active page, which is the last opened of the pages that are open.
 *
 * @param {readonly unknown[]} nodes
 */
export const pathAt = (nodes = ancestors([...open.keys()].filter(isOpen).pop())) => {
  const path = pathOf(nodes);
  return path.some((/** @type {any} */ { page }) => page) ? path : [...base, ...path];
};
