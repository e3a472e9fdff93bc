/**
 * A fact that waits.
 *
 * @typedef {object} Waiting
 * @property {string} id
 * @property {string} text JSON
 * @property {number} page
 * @property {number} size of the text, in UTF-8 bytes
 * @property {number} since when it came, in ms
 */

/** As in tracker/outbox.py: times in ms, sizes in UTF-8 bytes. */
export const LIMITS = {
  linger: 200,
  batchBytes: 60 * 1024,
  batchCount: 500,
  firstBackoff: 1000,
  lastBackoff: 5 * 60 * 1000,
  queueBytes: 8 * 1024 * 1024,
  queueCount: 10_000,
};
const TOO_LARGE = 413;

/** Whether the same request may be answered otherwise later. */
export const isPassing = (/** @type {number} */ status) =>
  status === 0 || status === 408 || status === 425 || status === 429 || status >= 500;

/**
 * What waits for one URL, in the order of its coming: when the next batch is due and what is in it.
 * One batch is under way at a time. Does no I/O, and knows no clock: each call is told the time in ms,
 * by a clock that never runs backwards.
 */
export class Lane {
  /** @type {Map<string, Waiting>} */
  #queue = new Map();
  #bytes = 0;
  /** @type {Waiting[] | undefined} */
  #underWay;
  #batchCount;
  #failures = 0;
  /** Until then our own backoff holds, which the network's return ends. */
  #backoffUntil = 0;
  /** Until then the collector asked us to wait, which nothing ends. */
  #askedUntil = 0;
  #isFlushing = false;
  #random;
  #limits;

  /**
   * @param {() => number} random from 0 up to 1
   * @param {typeof LIMITS} [limits]
   */
  constructor(random, limits = LIMITS) {
    this.#random = random;
    this.#limits = limits;
    this.#batchCount = limits.batchCount;
  }

  /** Take a fact, unless it is here already. */
  add(/** @type {Waiting} */ fact) {
    if (this.#queue.has(fact.id)) return;
    this.#queue.set(fact.id, fact);
    this.#bytes += fact.size;
  }

  /**
   * Drop the oldest facts beyond the limits.
   *
   * @returns {string[]} their ids
   */
  dropOverflow() {
    const dropped = [];
    for (const fact of this.#queue.values()) {
      const isOver =
        this.#queue.size > this.#limits.queueCount || this.#bytes > this.#limits.queueBytes;
      if (!isOver) break;
      if (this.#underWay?.includes(fact)) continue;
      this.#remove(fact);
      dropped.push(fact.id);
    }
    return dropped;
  }

  /** Send what is here without waiting for company; a backoff still holds. */
  flush() {
    this.#isFlushing = this.#queue.size > 0;
  }

  /** The network came back: try at once. */
  online() {
    this.#failures = 0;
    this.#backoffUntil = 0;
    this.flush();
  }

  /** In how many ms a batch is due, 0 being now; Infinity while one is under way or nothing waits. */
  dueIn(/** @type {number} */ now) {
    const [oldest] = this.#queue.values();
    if (this.#underWay || !oldest) return Infinity;
    let due = Math.max(this.#backoffUntil, this.#askedUntil);
    const isFull = this.#queue.size >= this.#batchCount || this.#bytes >= this.#limits.batchBytes;
    if (!this.#isFlushing && !isFull) due = Math.max(due, oldest.since + this.#limits.linger);
    return Math.max(0, due - now);
  }

  /**
   * Take the next batch: the oldest fact and those of its page after it, up to the limits; a fact
   * larger than a batch is one of its own.
   *
   * @param {(page: number) => number} overhead the bytes of a body without its facts
   */
  take(overhead) {
    /** @type {Waiting[]} */
    const batch = [];
    let size = 0;
    for (const fact of this.#queue.values()) {
      if (batch[0] && fact.page !== batch[0].page) continue;
      size += fact.size + (batch[0] ? 1 : overhead(fact.page));
      if (batch[0] && (size > this.#limits.batchBytes || batch.length === this.#batchCount)) break;
      batch.push(fact);
    }
    this.#underWay = batch;
    return batch;
  }

  /**
   * The answer to the batch under way.
   *
   * @param {number} status of HTTP; 0 is none
   * @param {number} retryAfter the ms that the collector asks us to wait
   * @param {number} now
   * @returns {string[]} the ids that are done with, whether stored or refused for good
   */
  answered(status, retryAfter, now) {
    const batch = this.#underWay ?? [];
    this.#underWay = undefined;
    if (status === TOO_LARGE && batch.length > 1) {
      this.#batchCount = batch.length >> 1;
      this.flush();
      return [];
    }
    if (isPassing(status)) {
      const { firstBackoff, lastBackoff } = this.#limits;
      // Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
      const ceiling = Math.min(lastBackoff, firstBackoff * 2 ** this.#failures++);
      this.#backoffUntil = now + this.#random() * ceiling;
      this.#askedUntil = now + retryAfter;
      return [];
    }
    this.#failures = 0;
    for (const fact of batch) this.#remove(fact);
    this.#isFlushing &&= this.#queue.size > 0;
    return batch.map(({ id }) => id);
  }

  /** Drop everything; an answer to what is under way means nothing any more. */
  forget() {
    this.#queue.clear();
    this.#bytes = 0;
    this.#underWay = undefined;
  }

  #remove(/** @type {Waiting} */ fact) {
    this.#queue.delete(fact.id);
    this.#bytes -= fact.size;
  }
}
