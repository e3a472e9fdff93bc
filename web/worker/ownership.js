/** One for all versions of the worker, so that two of them never send the same facts at once. */
const LOCK = "tracker";

/**
 * Of the workers of one origin, one owns the sending. The others wait in line; the next one gains it
 * when the owner releases it or dies. Where there are no Web Locks, as on an insecure origin, every
 * worker owns, and the collector drops what comes twice.
 */
export class Ownership {
  /** @type {AbortController | undefined} */
  #waiting;
  /** @type {(() => void) | undefined} */
  #release;
  #gained;
  #lost;

  /**
   * @param {() => void} gained
   * @param {() => void} lost another worker took it away, because this one did not answer
   */
  constructor(gained, lost) {
    this.#gained = gained;
    this.#lost = lost;
  }

  /** Wait in line. */
  seek() {
    const waiting = new AbortController();
    this.#waiting = waiting;
    this.#request({ signal: waiting.signal }, waiting);
  }

  /** Take it from an owner that does not answer. */
  steal() {
    this.#waiting?.abort();
    const waiting = new AbortController();
    this.#waiting = waiting;
    this.#request({ steal: true }, waiting);
  }

  /** Give it up, or leave the line. */
  release() {
    this.#waiting?.abort();
    this.#release?.();
    this.#waiting = this.#release = undefined;
  }

  /**
   * @param {LockOptions} options
   * @param {AbortController} waiting
   */
  #request(options, waiting) {
    /** @type {LockManager | undefined} */
    const locks = navigator.locks;
    if (!locks) {
      this.#gained();
      return;
    }
    locks
      .request(LOCK, options, () => {
        if (waiting.signal.aborted) return;
        const released = new Promise((resolve) => (this.#release = () => resolve(undefined)));
        this.#gained();
        return released;
      })
      .catch((error) => {
        if (waiting.signal.aborted) return;
        if (error?.name !== "AbortError") return this.#gained(); // forbidden here, as to sandboxed frames
        this.#release = undefined;
        this.#lost();
        this.seek();
      });
  }
}
