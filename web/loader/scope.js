import { warn } from "./warn.js";

/** @import { PageScope, Scope } from "../protocol.js" */

/**
 * A node and everything around it, innermost first, across slots and open shadow roots: what
 * `composedPath` gives for an event.
 *
 * @param {any} node
 * @returns {EventTarget[]}
 */
export const ancestors = (node) =>
  node ? [node, ...ancestors(node.assignedSlot ?? node.parentNode ?? node.host)] : [];

/**
 * What a `<track-page>` or `<track-section>` says of itself; undefined for other nodes, and for those
 * without a name. It need not be upgraded yet.
 *
 * @param {any} node
 * @returns {Scope | undefined}
 */
export const scopeOf = (node) => {
  const kind = /^track-(page|section)$/.exec(node.localName)?.[1];
  if (!kind) return;
  /** @type {Record<string, string>} */
  const scope = {};
  for (const key of ["name", "type", "category"]) scope[key] = node.getAttribute(key) || undefined;
  if (scope.name) return /** @type {any} */ ({ [kind]: scope });
  warn(kind + " needs a name or id.", node);
};

/**
 * The scopes among the nodes around a call, outermost first.
 *
 * @param {readonly unknown[]} nodes innermost first
 */
export const pathOf = (nodes) => nodes.flatMap((node) => scopeOf(node) ?? []).reverse();
