import { guarded } from "./warn.js";

/**
 * Do this, or where the browser prerenders the page do it once the visitor sees it: a page that is
 * never seen leaves no trace.
 *
 * @template R
 * @param {() => R} call
 */
export const whenShown = (call) =>
  document.prerendering
    ? document.addEventListener("prerenderingchange", guarded(call))
    : guarded(call)();
