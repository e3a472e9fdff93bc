/** @import { Load, Loaded } from "../protocol.js" */

/** Facts wait for a plan; who has none by then sends them without. */
const TIMEOUT_MS = 10_000;

/** The files that Python asks for: plans, and what the collector says of a key. */
export class Files {
  /** What will be asked for, by URL. @type {Map<string, Promise<{ status: number, blob: Blob }>>} */
  #ahead = new Map();

  /** Get a file that Python, which is not up yet, is going to ask for. */
  loadAhead(/** @type {string} */ url) {
    if (!this.#ahead.has(url)) this.#ahead.set(url, get(url));
  }

  /**
   * @param {Load} load
   * @returns {Promise<Loaded>} never rejected; status 0 is no answer within 10 s, or none at all
   */
  async load({ request, url, binary }) {
    const loading = this.#ahead.get(url) ?? get(url);
    this.#ahead.delete(url); // who asks again wants it anew
    const { status, blob } = await loading;
    const body = binary ? await base64(blob) : await blob.text();
    return { type: "loaded", request, status, body };
  }
}

/**
 * Where the collector says the plan and the privacy policy of a key: beside the files that this one is
 * of, even where facts go elsewhere.
 */
export const rulesUrl = (/** @type {string} */ writeKey) =>
  new URL("../plan.json?writeKey=" + encodeURIComponent(writeKey), import.meta.url).href;

/** @returns {Promise<{ status: number, blob: Blob }>} never rejected */
const get = async (/** @type {string} */ url) => {
  try {
    const response = await fetch(url, {
      mode: "cors",
      credentials: "omit",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return { status: response.status, blob: await response.blob() };
  } catch {
    return { status: 0, blob: new Blob() };
  }
};

/** @returns {Promise<string>} */
const base64 = (/** @type {Blob} */ blob) =>
  new Promise((resolve) => {
    const reader = new FileReader();
    reader.onloadend = () => resolve(String(reader.result).replace(/^.*,/, ""));
    reader.readAsDataURL(blob);
  });
