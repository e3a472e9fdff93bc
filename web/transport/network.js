/** @import { Answer, Post } from "../protocol.js" */

/**
 * Browsers allow 64 KiB in flight for `fetch(keepalive)`; beyond that they refuse. A page needs them
 * for its beacons, which carry at its end all that is under way here.
 */
const KEEPALIVE_BYTES = "document" in self ? 0 : 60 * 1024;
const ANSWER_TIMEOUT_MS = 30_000;

const encoder = new TextEncoder();

/** The posts of a courier: each is answered, and all that are under way can be broken off. */
export class Network {
  #keepaliveBytes = 0;
  /** @type {Set<AbortController>} */
  #underWay = new Set();

  /**
   * @param {Post} post plain text with the key in its URL, so that it needs no preflight
   * @returns {Promise<Answer>} never rejected; status 0 is no answer within 30 s, or none at all
   */
  async post({ request, url, body }) {
    const size = encoder.encode(body).length;
    const keepalive = this.#keepaliveBytes + size <= KEEPALIVE_BYTES;
    if (keepalive) this.#keepaliveBytes += size;
    const abortion = new AbortController();
    const timer = setTimeout(() => abortion.abort(), ANSWER_TIMEOUT_MS);
    this.#underWay.add(abortion);
    try {
      const response = await fetch(url, {
        method: "POST",
        body,
        keepalive,
        mode: "cors",
        credentials: "omit",
        signal: abortion.signal,
      });
      return {
        type: "answer",
        request,
        status: response.status,
        retryAfter: response.headers.get("Retry-After"),
        body: await response.text(),
      };
    } catch {
      return { type: "answer", request, status: 0, retryAfter: null, body: "" };
    } finally {
      clearTimeout(timer);
      this.#underWay.delete(abortion);
      if (keepalive) this.#keepaliveBytes -= size;
    }
  }

  /** Break off what is under way; each post is answered with status 0. */
  abort() {
    for (const abortion of this.#underWay) abortion.abort();
  }
}
