import { bytesOf, chunksOf } from "./spool.js";
import { warn } from "./warn.js";

/** @import { CollectorAnswer, Environment, Settings } from "../protocol.js" */
/** @typedef {ReturnType<typeof import("./spool.js").createSpool>} Spool */
/** @typedef {[id: string, text: string][]} Chunk */

/** Browsers allow 64 KiB in flight for beacons and `fetch(keepalive)`. */
const MAX_BODY_BYTES = 60 * 1024;
const ENVELOPE_BYTES = 100;

/**
 * Sends facts as they are to `POST /v1/raw`, where the collector runs the Python that the worker
 * could not. Plain text with the key in the query needs no preflight, which a page that is being
 * left would not live to see answered.
 *
 * @param {object} options
 * @param {Settings} options.settings
 * @param {Environment} options.environment
 * @param {Spool} options.spool
 * @param {(ids: string[]) => void} options.onSettled
 */
export function createRaw({ settings, environment, spool, onSettled }) {
  const url = settings.endpoint + "/v1/raw?writeKey=" + encodeURIComponent(settings.writeKey);
  const environmentText = JSON.stringify(environment);
  const room = MAX_BODY_BYTES - ENVELOPE_BYTES - bytesOf(environmentText);

  /** @param {Chunk} chunk */
  const bodyOf = (chunk) =>
    `{"environment":${environmentText},"facts":[${chunk.map(([, text]) => text).join()}],` +
    `"sentAt":"${new Date().toISOString()}"}`;

  /** @param {string} body @param {boolean} keepalive */
  const post = (body, keepalive) =>
    fetch(url, { method: "POST", body, keepalive, credentials: "omit" });

  /**
   * Post a chunk. When it comes back refused by the quota for `keepalive`, it goes without.
   *
   * @param {Chunk} chunk
   * @returns {Promise<number>} 0 when the chunk is settled, else how many ms to wait at least
   */
  async function send(chunk) {
    const body = bodyOf(chunk);
    const answer = await post(body, true).catch(() => post(body, false));
    const { status } = answer;
    if (status === 408 || status === 425 || status === 429 || status >= 500) {
      return 1000 * Number(answer.headers.get("Retry-After")) || 1;
    }
    /** @type {Partial<CollectorAnswer> & { message?: string }} */
    const said = await answer.json().catch(() => ({}));
    if (status !== 200) warn(`The collector answered ${status} and took no events:`, said.message);
    for (const { field, message } of said.refusals ?? []) warn("Not tracked: " + field + ": " + message);
    onSettled(chunk.map(([id]) => id));
    return 0;
  }

  return {
    send,
    chunks: () => chunksOf(spool.all(), room),

    /** The page may be about to go: hand all that is unsettled to the browser. */
    beacon() {
      for (const chunk of chunksOf(spool.notBeaconed(), room)) {
        spool.beaconed(chunk.map(([id]) => id));
        if (!navigator.sendBeacon?.(url, bodyOf(chunk))) send(chunk).catch(() => {});
      }
    },
  };
}
