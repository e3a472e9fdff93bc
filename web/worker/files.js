/** @import { Load, Loaded } from "../protocol.js" */

/** Facts wait for a plan; who has none by then sends them without. */
export const TIMEOUT_MS = 10_000;

/** The files that Python asks for: plans, and what the collector says of a key. */
export class Files {
  /** What will be asked for, by URL. @type {Map<string, Promise<{ status: number, body: string }>>} */
  #ahead = new Map();

  /** Get a file that Python, which is not up yet, is going to ask for. */
  loadAhead(/** @type {string} */ url) {
    if (!this.#ahead.has(url)) this.#ahead.set(url, get(url));
  }

  /**
   * @param {Load} load
   * @returns {Promise<Loaded>} never rejected; status 0 is no answer within 10 s, or none at all
   */
  async load({ request, url }) {
    const loading = this.#ahead.get(url) ?? get(url);
    this.#ahead.delete(url); // who asks again wants it anew
    return { type: "loaded", request, ...(await loading) };
  }
}

/**
 * Where the collector says the plan and the privacy policy of a key: beside the files that this one is
 * of, even where facts go elsewhere.
 */
export const rulesUrl = (/** @type {string} */ writeKey) =>
  new URL("../plan.json?writeKey=" + encodeURIComponent(writeKey), import.meta.url).href;

/** @returns {Promise<{ status: number, body: string }>} never rejected */
const get = async (/** @type {string} */ url) => {
  try {
    const response = await fetch(url, {
      mode: "cors",
      credentials: "omit",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return { status: response.status, body: await response.text() };
  } catch {
    return { status: 0, body: "" };
  }
};
