/** @typedef {ReturnType<typeof import("./raw.js").createRaw>} Raw */

const LINGER_MS = 1000;
const FIRST_BACKOFF_MS = 1000;
const LAST_BACKOFF_MS = 5 * 60 * 1000;

/**
 * Delivery without Python: what is in the spool goes out about a second after it was captured, and
 * again, with full-jitter backoff, until the collector has answered.
 *
 * @param {Pick<Raw, "chunks" | "send">} raw
 */
export function createRawMode(raw) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let isSending = false;
  let failures = 0;

  async function run() {
    timer = undefined;
    isSending = true;
    let wait = 0;
    for (const chunk of raw.chunks()) {
      wait = await raw.send(chunk).catch(() => 1);
      if (wait) break;
    }
    isSending = false;
    const ceiling = Math.min(LAST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** failures);
    failures = wait ? failures + 1 : 0;
    if (wait) timer = setTimeout(run, Math.max(wait, Math.random() * ceiling));
    else captured();
  }

  function captured(delay = LINGER_MS) {
    if (!timer && !isSending && raw.chunks().length) timer = setTimeout(run, delay);
  }

  return {
    /** A fact was added to the spool. */
    captured,
    /** Send now; the network came back, so a backoff is over. */
    online() {
      failures = 0;
      if (!isSending) {
        clearTimeout(timer);
        run();
      }
    },
    /** Send now, unless a backoff holds. */
    flush() {
      if (!failures) this.online();
    },
  };
}
