import { matchesKeys } from "./keys.js";
import { guarded, warn } from "./warn.js";

/** Listened to from the start; `focusin` is there to find shadow roots. */
const OWN_TYPES = ["click", "submit", "change", "keydown", "focusin"];
const SCAN_EVERY_MS = 100;

/**
 * Watches the DOM events of elements with `data-track`. The innermost element on an event's path
 * that tracks this type of event is the one it is about. Listeners are passive and see events first,
 * on the document, so that a click that removes its own section still knows it.
 *
 * @param {(element: Element, event: Event, around: readonly EventTarget[]) => void} onAction
 *   `around`: the element and all that surrounds it, innermost first
 */
export function watchActions(onAction) {
  const isApple = /mac|iphone|ipad/i.test(navigator.platform);
  /** @type {WeakSet<Event>} */
  const seen = new WeakSet();
  /** @type {Set<Document | ShadowRoot>} */
  const roots = new Set();
  const types = new Set(OWN_TYPES);
  let isScanDue = false;

  const heard = guarded((/** @type {Event} */ event) => {
    if (seen.has(event)) return;
    seen.add(event);
    const path = event.composedPath();
    // `change` and `submit` stay inside a shadow root, but nobody gets there without a click or focus.
    for (const node of path) if (node instanceof ShadowRoot) watch(node);
    const index = path.findIndex((node) => node instanceof Element && tracks(node, event, isApple));
    if (index >= 0) onAction(/** @type {Element} */ (path[index]), event, path.slice(index));
  });

  const listen = (/** @type {Document | ShadowRoot} */ root, /** @type {string} */ type) =>
    root.addEventListener(type, heard, { capture: true, passive: true });

  /** `data-track-on` may name any type of event: find those in use. */
  function scan() {
    isScanDue = false;
    for (const root of roots) {
      for (const element of root.querySelectorAll("[data-track-on]")) {
        for (const type of wordsOf(element, "data-track-on")) {
          if (!types.has(type)) for (const each of roots) listen(each, type);
          types.add(type);
        }
      }
    }
  }

  function scanSoon() {
    if (!isScanDue) setTimeout(guarded(scan), SCAN_EVERY_MS);
    isScanDue = true;
  }

  function watch(/** @type {Document | ShadowRoot} */ root) {
    if (roots.has(root)) return;
    roots.add(root);
    for (const type of types) listen(root, type);
    scan();
    new MutationObserver(scanSoon).observe(root, {
      subtree: true,
      childList: true,
      attributeFilter: ["data-track-on"],
    });
  }

  watch(document);
}

/**
 * Whether the element is tracked on events such as this one.
 *
 * @param {Element} element
 * @param {Event} event
 * @param {boolean} isApple
 */
function tracks(element, event, isApple) {
  if (!element.hasAttribute("data-track")) return false;
  const keys = element.getAttribute("data-track-keys");
  const on = wordsOf(element, "data-track-on");
  if (event.type === "keydown" && keys != null) {
    return matchesKeys(keys, /** @type {KeyboardEvent} */ (event), isApple);
  }
  return on.length ? on.includes(event.type) : keys == null && event.type === ownAction(element);
}

/** The type of event that an element is there for. */
function ownAction(/** @type {Element} */ element) {
  if (element.localName === "form") return "submit";
  const isField =
    /^(select|textarea)$/.test(element.localName) ||
    (element.localName === "input" && !/^(button|submit|reset|image)$/.test(typeOf(element)));
  return isField ? "change" : "click";
}

const typeOf = (/** @type {Element} */ element) => (element.getAttribute("type") ?? "").toLowerCase();

function wordsOf(/** @type {Element} */ element, /** @type {string} */ attribute) {
  return (element.getAttribute(attribute) ?? "").split(/\s+/).filter(Boolean);
}

/**
 * The element's `data-track-properties`; undefined when there are none or they cannot be read.
 *
 * @param {Element} element
 * @returns {Record<string, unknown> | undefined}
 */
export function propertiesOf(element) {
  const text = element.getAttribute("data-track-properties");
  if (!text) return;
  try {
    const properties = JSON.parse(text);
    if (properties && typeof properties === "object" && !Array.isArray(properties)) return properties;
  } catch {
    // Said below.
  }
  warn(`data-track-properties must be a JSON object such as '{"action":"connect"}':`, element);
}
