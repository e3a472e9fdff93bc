import { Lane } from "./lane.js";

/** @import { Answer, CollectorAnswer, Environment, FromCourier, ToCourier } from "../protocol.js" */

const MAX_RETRY_AFTER_S = 3600;

const encoder = new TextEncoder();
const sizeOf = (/** @type {string} */ text) => encoder.encode(text).length;

/**
 * The courier where Python cannot run. It posts facts as they are to `POST /v1/raw`, where the
 * collector runs the Python that did not run here. Like Python it is told messages as JSON text, and
 * answers through `send`; it does no I/O of its own.
 */
export class RawCourier {
  /** @type {Map<number, { lane: Lane, environment: string }>} */
  #pages = new Map();
  /** By URL, so that a collector that is down does not keep back what is for another. @type {Map<string, Lane>} */
  #lanes = new Map();
  /** @type {Map<number, Lane>} */
  #posts = new Map();
  #requests = 0;
  #dropped = 0;
  #nextDropReport = 1;
  #world;

  /**
   * @param {object} world
   * @param {(text: string) => void} world.send
   * @param {() => number} world.elapsed in ms; never runs backwards
   * @param {() => Date} world.date what is written to `sentAt`
   * @param {() => number} world.random from 0 up to 1
   * @param {typeof import("./lane.js").LIMITS} [world.limits]
   */
  constructor(world) {
    this.#world = world;
  }

  /** Take one message as JSON text. */
  handle(/** @type {string} */ text) {
    const message = /** @type {ToCourier} */ (JSON.parse(text));
    switch (message.type) {
      case "open":
        this.#open(message);
        break;
      case "facts":
        this.#take(message);
        break;
      case "flush":
        for (const lane of this.#lanes.values()) lane.flush();
        break;
      case "online":
        for (const lane of this.#lanes.values()) lane.online();
        break;
      case "answer":
        this.#answered(message);
        break;
      case "forget":
        this.#posts.clear();
        for (const lane of this.#lanes.values()) lane.forget();
        break;
    }
    this.#postWhatIsDue();
  }

  #open(/** @type {Extract<ToCourier, { type: "open" }>} */ { page, environment, settings }) {
    const { endpoint, writeKey } = settings;
    const url = `${endpoint}/v1/raw?writeKey=${encodeURIComponent(writeKey)}`;
    const lane = this.#lanes.get(url) ?? new Lane(this.#world.random, this.#world.limits);
    this.#lanes.set(url, lane);
    this.#pages.set(page, { lane, environment: JSON.stringify(environment) });
  }

  #take(/** @type {Extract<ToCourier, { type: "facts" }>} */ { page, facts }) {
    const lane = this.#pages.get(page)?.lane;
    if (!lane) return;
    const since = this.#world.elapsed();
    for (const fact of facts) {
      const text = JSON.stringify(fact);
      lane.add({ id: fact.id, text, page, size: sizeOf(text), since });
    }
    this.#drop(lane);
  }

  #drop(/** @type {Lane} */ lane) {
    const ids = lane.dropOverflow();
    if (!ids.length) return;
    this.#dropped += ids.length;
    // One by one they would fill the console.
    if (this.#dropped >= this.#nextDropReport) {
      this.#nextDropReport = this.#dropped * 2;
      this.#report(
        `${this.#dropped} events were not stored: the queue is full, and these were the oldest`,
        [],
      );
    }
    this.#send({ type: "settled", ids });
  }

  #answered(/** @type {Answer} */ { request, status, retryAfter, body }) {
    const lane = this.#posts.get(request);
    if (!lane) return;
    this.#posts.delete(request);
    const ids = lane.answered(status, millisecondsOf(retryAfter), this.#world.elapsed());
    if (!ids.length) return;
    if (status < 200 || status > 299) {
      this.#report(`${ids.length} events were not stored: the collector answered ${status}`, ids);
    }
    for (const { messageId, field, message } of refusalsIn(body)) {
      this.#report(`refused by the collector: ${field}: ${message}`, messageId ? [messageId] : []);
    }
    this.#send({ type: "settled", ids });
  }

  #postWhatIsDue() {
    const now = this.#world.elapsed();
    let wakeAfter = Infinity;
    for (const [url, lane] of this.#lanes) {
      const dueIn = lane.dueIn(now);
      if (dueIn) wakeAfter = Math.min(wakeAfter, dueIn);
      else this.#post(url, lane);
    }
    if (wakeAfter < Infinity) this.#send({ type: "wakeAfter", ms: Math.ceil(wakeAfter) });
  }

  #post(/** @type {string} */ url, /** @type {Lane} */ lane) {
    const sentAt = this.#world.date().toJSON();
    const bodyOf = (/** @type {number} */ page, /** @type {string} */ facts) =>
      `{"environment":${this.#pages.get(page)?.environment},"facts":[${facts}],"sentAt":"${sentAt}"}`;
    const batch = lane.take((page) => sizeOf(bodyOf(page, "")));
    const body = bodyOf(batch[0].page, batch.map(({ text }) => text).join());
    this.#posts.set(++this.#requests, lane);
    this.#send({ type: "post", request: this.#requests, url, body });
  }

  #report(/** @type {string} */ text, /** @type {string[]} */ ids) {
    this.#send({ type: "report", text, ids });
  }

  #send(/** @type {FromCourier} */ message) {
    this.#world.send(JSON.stringify(message));
  }
}

/** The milliseconds of a `Retry-After` header in seconds; a date, which collectors do not send, counts as none. */
const millisecondsOf = (/** @type {string | null} */ header) =>
  /^\d+$/.test(header ?? "") ? Math.min(Number(header), MAX_RETRY_AFTER_S) * 1000 : 0;

/** @returns {CollectorAnswer["refusals"]} none where the answer is not the collector's */
const refusalsIn = (/** @type {string} */ body) => {
  try {
    const { refusals } = JSON.parse(body);
    return Array.isArray(refusals) ? refusals.filter(Boolean) : [];
  } catch {
    return [];
  }
};
