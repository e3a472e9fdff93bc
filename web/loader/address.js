/**
 * Where raw facts go: `POST /v1/raw`, where the collector runs the Python that did not run here. Plain
 * text with the key in the query needs no preflight, which a page that is being left would not live
 * to see answered.
 */
export const rawUrl = (/** @type {{ endpoint: string, writeKey: string }} */ settings) =>
  settings.endpoint + "/v1/raw?writeKey=" + encodeURIComponent(settings.writeKey);

/** How the names begin, in the origin's storage, of the journals of pages with this URL. */
export const journalPrefix = (/** @type {string} */ url) => `tracker:${url}#`;
