import { capture } from "./capture.js";
import { matchesKeys } from "./keys.js";
import { now, pathAt } from "./pages.js";
import { ancestors } from "./scope.js";
import { guarded } from "./warn.js";

const isApple = /Mac|iP/.test(navigator.platform);

/**
 * Listen in a document or shadow root: to the actions that elements are there for, and to those that
 * a `data-track-on` in it names. Doing so again is harmless. Listeners are passive and see an event
 * first, so that a click that removes its own section still knows it.
 *
 * @param {any} root
 */
export const listen = (root) => {
  const types = ["focusin", "click", "submit", "change", "keydown"];
  for (const { dataset } of root.querySelectorAll("[data-track-on]")) {
    types.push(...dataset.trackOn.split(" "));
  }
  for (const type of types) root.addEventListener(type, heard, { capture: true, passive: true });
};

const heard = guarded((/** @type {Event} */ event) => {
  const { type } = event;
  const path = event.composedPath();
  /** @type {any[]} */
  const roots = path.filter((/** @type {any} */ node) => node.nodeType > 8);
  // Whatever a person does begins with one of these, which shows elements and shadow roots that are
  // new. That matters, because `change` and `submit` never leave the shadow root they happen in.
  if (/focusin|click/.test(type)) roots.forEach(listen);
  // What leaves its shadow root is heard on the document. (Chromium calls `submit` composed, too.)
  const root = roots.pop();
  if (event.currentTarget !== root) return;
  // The innermost element that tracks such events is the one it is about.
  const index = path.findIndex((node) => tracks(node, event));
  if (index < 0) return;
  const { track, trackProperties } = /** @type {HTMLElement} */ (path[index]).dataset;
  capture(
    "track",
    now(),
    {
      name: track + "." + type,
      // Text that is no JSON is found out as the fact is written, like other properties that are none.
      properties: trackProperties ? { toJSON: () => JSON.parse(trackProperties) } : undefined,
    },
    pathAt([...path.slice(index), ...ancestors(root.host)]),
  );
});

const tracks = (/** @type {any} */ element, /** @type {Event} */ event) => {
  const { track, trackKeys, trackOn } = element.dataset ?? {};
  return (
    track &&
    (trackKeys && event.type === "keydown"
      ? matchesKeys(trackKeys, /** @type {KeyboardEvent} */ (event), isApple)
      : (trackOn ?? (trackKeys ? "" : ownAction(element))).split(" ").includes(event.type))
  );
};

/** The type of event that an element is there for. */
const ownAction = (/** @type {any} */ element) =>
  element.matches("form")
    ? "submit"
    : element.matches("input,select,textarea") && !/button|submit|reset|image/.test(element.type)
      ? "change"
      : "click";
