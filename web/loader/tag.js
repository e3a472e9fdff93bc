/** @import { Environment } from "../protocol.js" */

/** The script tag of the loader, where it was loaded by one. */
const script = /** @type {HTMLScriptElement | null} */ (document.currentScript);

/** The URL of the folder that the loader is in, without a slash at its end. */
export const folder = script?.src.replace(/\/[^/]*$/, "");

/** What the tag says. @type {DOMStringMap} */
export const data = script?.dataset ?? {};

/**
 * What the tag says, and where facts go. Without a key and a name for the app they go nowhere.
 *
 * @type {DOMStringMap & { endpoint: string, writeKey: string }}
 */
export const settings = /** @type {any} */ ({ endpoint: folder, ...data });

const { width, height } = screen;

/**
 * What is the same for all facts of this page load. Of the page's address the loader reads the host
 * name, and nothing else.
 *
 * @type {Environment}
 */
export const environment = {
  app: {
    namespace: data.appNamespace,
    name: /** @type {string} */ (data.app),
    version: data.appVersion,
    build: data.appBuild,
  },
  library: { name: "tracker.js", version: __TRACKER_VERSION__ },
  page: { hostname: location.hostname },
  locale: navigator.language,
  timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  screen: { width, height, density: devicePixelRatio, innerWidth, innerHeight },
  userAgent: navigator.userAgent,
};
