/**
 * The React binding: `TrackingProvider`, `TrackPage`, `TrackSection` and `useTracking`. It is a module
 * for applications that have React themselves, and leaves everything to the page's script
 * tag: scopes are its elements, so what is `data-track` inside them knows its place, too.
 */
import { createContext, createElement, useContext, useMemo, useRef } from "react";

/** @import { PageScope } from "./protocol.js" */
/** @import { ReactNode, RefObject } from "react" */

/** What is around a component. @typedef {{ isEnabled: boolean, place?: Place }} Surroundings */
/** @typedef {{ name: string, properties?: Record<string, unknown> }} NamedEvent */

const Surrounding = createContext(/** @type {Surroundings | undefined} */ (undefined));

/**
 * The scope of a component, as the loader reads a node: it says what it is, and what is around it.
 * It outlives its element, and its surroundings are those in React's tree, also through a portal.
 */
class Place {
  localName;
  #attributes;
  #element;
  #outer;

  /**
   * @param {"track-page" | "track-section"} localName
   * @param {Record<string, string | undefined>} attributes
   * @param {RefObject<Element | null>} element through which the outermost is in the page
   * @param {Place | undefined} outer
   */
  constructor(localName, attributes, element, outer) {
    this.localName = localName;
    this.#attributes = attributes;
    this.#element = element;
    this.#outer = outer;
  }

  getAttribute(/** @type {string} */ name) {
    return this.#attributes[name];
  }

  /** @returns {Node | Place | null | undefined} */
  get parentNode() {
    return this.#outer ?? this.#element.current?.parentNode;
  }
}

/**
 * What tracks needs one around it. A disabled provider is silent for everything inside, providers
 * included.
 *
 * @param {{ enabled?: boolean, children?: ReactNode }} props
 */
export const TrackingProvider = ({ enabled = true, children }) => {
  const around = useContext(Surrounding);
  const isEnabled = enabled && (around?.isEnabled ?? true);
  const place = around?.place;
  const value = useMemo(() => ({ isEnabled, place }), [isEnabled, place]);
  return createElement(Surrounding.Provider, { value }, children);
};

/**
 * A page of the application, or with `type: "modal"` a modal above one. It is viewed when it is mounted,
 * and when it gets another name, type or category; to render it again is no new view.
 *
 * @param {PageScope & { children?: ReactNode }} props
 */
export const TrackPage = ({ name, type, category, children }) =>
  useScope("track-page", { name, type, category }, children);

/**
 * A significant region of a page.
 *
 * @param {{ name: string, children?: ReactNode }} props
 */
export const TrackSection = ({ name, children }) => useScope("track-section", { name }, children);

/**
 * The calls of `window.tracker`, made from the place of this component. They are the same functions as
 * long as the place is the same, never throw or wait, and may be made before the script has loaded,
 * or after the component is gone. Outside of a provider the hook throws.
 */
export const useTracking = () => {
  const around = useSurroundings("useTracking");
  return useMemo(() => trackingFrom(around), [around]);
};

/**
 * @param {"track-page" | "track-section"} localName
 * @param {PageScope} attributes
 * @param {ReactNode} children
 */
const useScope = (localName, { name, type, category }, children) => {
  const { isEnabled, place } = useSurroundings(localName);
  /** @type {RefObject<Element | null>} */
  const element = useRef(null);
  const inside = useMemo(
    () => ({ isEnabled, place: new Place(localName, { name, type, category }, element, place) }),
    [isEnabled, localName, name, type, category, place],
  );
  const provided = createElement(Surrounding.Provider, { value: inside }, children);
  return isEnabled
    ? createElement(localName, { name, type, category, ref: element }, provided)
    : provided;
};

const useSurroundings = (/** @type {string} */ who) => {
  const around = useContext(Surrounding);
  if (around) return around;
  throw new Error(`${who} needs a <TrackingProvider> around it; put one around the application.`);
};

const trackingFrom = (/** @type {Surroundings} */ { isEnabled, place }) => {
  const call = (/** @type {(tracker: any, at?: number) => void} */ then) => {
    if (isEnabled && typeof window === "object") withTracker(then); // a server has none
  };
  return Object.freeze({
    /**
     * `track({ name, properties })` or `track(name, properties)`
     *
     * @param {string | NamedEvent} event
     * @param {Record<string, unknown>} [rest]
     */
    track(event, rest) {
      const { name, properties } =
        typeof event === "string" ? { name: event, properties: rest } : { ...event };
      call((tracker, at) => tracker.useTracking(place).capture("track", { name, properties }, at));
    },
    identify: (/** @type {unknown[]} */ ...who) => call((tracker) => tracker.identify(...who)),
    group: (/** @type {unknown[]} */ ...which) => call((tracker) => tracker.group(...which)),
    alias: (/** @type {unknown[]} */ ...ids) => call((tracker) => tracker.alias(...ids)),
    reset: () => call((tracker) => tracker.reset()),
  });
};

/** Do this with the page's tracker; before its script has loaded, once that takes over the queue. */
const withTracker = (/** @type {(tracker: any, at?: number) => void} */ then) => {
  /** @type {any} */
  const page = window;
  const tracker = (page.tracker ??= { q: [] });
  if (tracker.version) return then(tracker);
  const at = Date.now();
  tracker.q?.push({
    // The queue has calls by their names, which know no place. This entry makes its own call as it is
    // read, and then is one without effect.
    *[Symbol.iterator]() {
      then(page.tracker, at);
      yield* ["consent", []];
    },
  });
};
