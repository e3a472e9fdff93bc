/** @import { Environment } from "../protocol.js" */

/**
 * What is the same for all facts of this page load. Of the address it reads the host name alone.
 *
 * @param {DOMStringMap} data the script tag's `data-…`
 * @returns {Environment}
 */
export function readEnvironment(data) {
  return {
    app: {
      namespace: data.appNamespace,
      name: data.app ?? "",
      version: data.appVersion,
      build: data.appBuild,
    },
    library: { name: "tracker.js", version: __TRACKER_VERSION__ },
    page: { hostname: location.hostname || undefined },
    locale: navigator.language,
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    screen: {
      width: screen.width,
      height: screen.height,
      density: devicePixelRatio,
      innerWidth,
      innerHeight,
    },
    userAgent: navigator.userAgent,
  };
}
