import { warn } from "./warn.js";

/** @import { PageScope, Scope } from "../protocol.js" */

/**
 * A node and everything around it, innermost first, across slots and open shadow roots: what
 * `composedPath` gives for an event.
 *
 * @param {Node} start
 */
export function ancestors(start) {
  const nodes = [];
  /** @type {any} */
  let node = start;
  while (node) {
    nodes.push(node);
    node = node.assignedSlot || node.parentNode || node.host;
  }
  return nodes;
}

/**
 * The page that a `<track-page>` names; undefined when it has no name.
 *
 * @param {Element} element
 * @returns {PageScope | undefined}
 */
export function pageOf(element) {
  return pageNamed({
    name: element.getAttribute("name"),
    type: element.getAttribute("type"),
    category: element.getAttribute("category"),
  });
}

/**
 * A page in the wire's form; undefined, with a warning, when it has no name.
 *
 * @param {{ name?: unknown, type?: unknown, category?: unknown }} page
 * @returns {PageScope | undefined}
 */
export function pageNamed({ name, type, category }) {
  if (!isName(name)) return warn("A page has no name and is not tracked. Give it one.");
  if (type && type !== "page" && type !== "modal") {
    warn('The type of a page is "page" or "modal"; another counts as "page":', name);
  }
  return {
    name,
    ...(type === "modal" && { type }),
    ...(isName(category) && { category }),
  };
}

/**
 * The scopes among the nodes around a call, outermost first. The elements need not be upgraded yet.
 *
 * @param {readonly any[]} nodes innermost first
 * @returns {Scope[]}
 */
export function pathOf(nodes) {
  /** @type {Scope[]} */
  const path = [];
  for (const node of nodes) {
    if (node.localName === "track-page") {
      const page = pageOf(node);
      if (page) path.unshift({ page });
    } else if (node.localName === "track-section") {
      const name = node.getAttribute("name");
      if (name) path.unshift({ section: { name } });
      else warn("A <track-section> has no name and does not count. Give it one:", node);
    }
  }
  return path;
}

/**
 * Text that may be a name.
 *
 * @param {unknown} name
 * @returns {name is string}
 */
export function isName(name) {
  return typeof name === "string" && name !== "";
}
