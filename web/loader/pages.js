import { pageOf } from "./scope.js";

/** @import { PageScope } from "../protocol.js" */

/**
 * Which `<track-page>` elements are open, and which of them is the active one: the last that opened.
 * A view begins when a named page is connected and neither it nor a page around it is hidden, or
 * when its name, type or category changes. A page that is moved, or taken out and put back within
 * one task, is the same view.
 *
 * @param {(element: Element, page: PageScope) => void} onView
 */
export function createPages(onView) {
  /** The open pages in the order of their opening, with what identifies their view. @type {Map<Element, string>} */
  const open = new Map();
  /** @type {Set<Element>} */
  const changes = new Set();
  let isSweeping = false;

  const isOpen = (/** @type {Element} */ element) =>
    element.isConnected && !element.closest("track-page[hidden]");

  function flush() {
    const elements = [...changes];
    changes.clear();
    for (const element of elements) {
      const page = isOpen(element) && pageOf(element);
      if (!page) continue;
      const view = JSON.stringify(page);
      const isNew = open.get(element) !== view;
      open.set(element, view);
      if (isNew) onView(element, page);
    }
  }

  function sweep() {
    isSweeping = false;
    for (const element of open.keys()) if (!isOpen(element)) open.delete(element);
  }

  return {
    /** The element was connected, disconnected or given another attribute. */
    changed(/** @type {Element} */ element) {
      if (!changes.size) queueMicrotask(flush);
      if (!isSweeping) setTimeout(sweep);
      isSweeping = true;
      changes.add(element);
    },

    /** Report the views that have begun, so that what follows comes after them. */
    flush,

    /** The page that a call without an element belongs to. */
    active() {
      return [...new Set([...open.keys(), ...changes])]
        .filter((element) => isOpen(element) && element.getAttribute("name"))
        .pop();
    },
  };
}
