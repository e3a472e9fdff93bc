import { capture } from "./capture.js";
import { matchesKeys } from "./keys.js";
import { now, pathAt } from "./pages.js";
import { ancestors } from "./scope.js";
import { guarded } from "./warn.js";

/**
 * Listen in a document or shadow root: to the actions that elements are there for, and to those that
 * a `data-track-on` in it names. Doing so again is harmless. Listeners see an event first,
 * so that a click that removes its own section still knows it.
 *
 * @param {any} root
 */
export const listen = (root) => {
  const types = "focusin keydown click submit change".split(" ");
  for (const { dataset } of root.querySelectorAll("[data-track-on]")) {
    types.push(...dataset.trackOn.split(" "));
  }
  for (const type of types) root.addEventListener(type, heard, true);
};

/**
 * Capture what an event is about, if anything; `at` is its time, where it is not now. The line that a
 * page has for the time before the loader is there passes what it remembers of events: their type and
 * their path.
 *
 * @type {(event: Event, at?: number) => void}
 */
export const heard = guarded((event, at) => {
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
  const element = /** @type {HTMLElement} */ (path.find((node) => tracks(node, event)));
  if (!element) return;
  const { track, trackProperties } = element.dataset;
  capture(
    "track",
    at ?? now(),
    {
      name: track + "." + type,
      // Text that is no JSON is found out as the fact is written, like other properties that are none.
      properties: trackProperties ? { toJSON: () => JSON.parse(trackProperties) } : undefined,
    },
    // An event that stays in its shadow root knows nothing of what is around it.
    pathAt([...path.slice(path.indexOf(element)), ...ancestors(root.host)]),
  );
});

const tracks = (/** @type {any} */ element, /** @type {Event} */ event) => {
  const { track, trackKeys, trackOn } = element.dataset ?? {};
  return (
    track &&
    (trackKeys && event.type === "keydown"
      ? matchesKeys(
          trackKeys,
          /** @type {KeyboardEvent} */ (event),
          /Mac|iP/.test(navigator.platform),
        )
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
