import { rulesUrl, TIMEOUT_MS } from "./files.js";

/** @import { Answer, FactText, Failed, Flush, FromCourier, Load, Loaded, Online, Post, Ready, Report, Sent, Settled, ToCourier, WakeAfter } from "../protocol.js" */
/** @import { Network } from "../transport/network.js" */
/** @import { Files } from "./files.js" */
/** @import { PageLoad } from "./pages.js" */

/** Takes a message as JSON text, and throws when it is broken. @typedef {(text: string) => void} Handle */
/** @typedef {Exclude<FromCourier, Post | Load | WakeAfter>} News */

/** Where a file of Python's is missing, its boot may neither end nor fail. */
const BOOT_TIMEOUT_MS = 180_000;
/** Python is started again once; what broke it twice would break it for ever. */
const MAX_CRASHES = 2;
/** micropip fetches these itself. */
const WHEEL = /\.whl($|[?#])/;

/**
 * Who carries facts to the collector: Python, and where it cannot run or has broken twice, the raw
 * courier. They know the same messages, so that one takes over from the other: it is told again all
 * that waits. Posts and the timer are theirs in turn.
 */
export class Couriers {
  /** @type {Handle | undefined} */
  #handle;
  /** Of the Python that is up. @type {((url: string) => Promise<void>) | undefined} */
  #loadWheel;
  /** The courier that may speak; one that was replaced is not heard. @type {object | undefined} */
  #speaker;
  #isRaw = false;
  #isBooting = false;
  #crashes = 0;
  #isActive = false;
  /** The page loads that the courier knows. @type {Set<number>} */
  #told = new Set();
  /** Answers to what was posted in another era are nobody's. */
  #era = {};
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #world;

  /**
   * @param {object} world
   * @param {(send: Handle, report: (text: string) => void) => Promise<{ handleMessage: Handle, loadWheel: (url: string) => Promise<void> }>} world.bootPython
   * @param {(send: Handle) => Handle} world.startRaw
   * @param {Network} world.network
   * @param {(news: News) => void} world.heard
   * @param {() => void} world.retell calls `facts` with all that waits
   * @param {Files} world.files
   * @param {() => PageLoad[]} world.loads those that Python will be told of once it is up
   */
  constructor(world) {
    this.#world = world;
  }

  /**
   * Deliver from now on. A page that wants Python gets it, even after one that did not, or after a boot
   * that failed: what was missing then, a network perhaps, may be there for this page.
   */
  start(/** @type {boolean} */ python) {
    if (!this.#isActive) {
      this.#isActive = true;
      if (this.#handle) this.#retell();
    }
    if (this.#isBooting) return;
    const isSound = this.#crashes < MAX_CRASHES;
    if (python && isSound && (this.#isRaw || !this.#handle)) this.#boot();
    else if (!this.#handle) this.#useRaw();
  }

  /** Drop everything, deliver nothing, and post nothing, until the next `start`. */
  stop() {
    this.#isActive = false;
    this.forget();
  }

  /** Drop everything. */
  forget() {
    this.#tell('{"type":"forget"}');
    this.#hush();
  }

  /** Deliver these facts; those that the courier has already are not taken twice. */
  facts(/** @type {number} */ page, /** @type {PageLoad} */ load, /** @type {FactText[]} */ facts) {
    if (!this.#isActive || !this.#handle) return;
    if (!this.#told.has(page)) {
      this.#told.add(page);
      const { environment, settings } = load;
      this.tell({ type: "open", page, environment, settings, rules: rulesUrl(settings.writeKey) });
    }
    // They are JSON already.
    const text = `{"type":"facts","page":${page},"facts":[${facts.map(([, text]) => text)}]}`;
    if (this.#tell(text)) return;
    // What no courier can read must not keep back the rest.
    if (facts.length > 1) return facts.forEach((fact) => this.facts(page, load, [fact]));
    const ids = facts.map(([id]) => id);
    this.#world.heard({ type: "report", text: "1 event was not stored: it cannot be read", ids });
    this.#world.heard({ type: "settled", ids });
  }

  tell(/** @type {ToCourier} */ message) {
    if (this.#isActive) this.#tell(JSON.stringify(message));
  }

  /** @returns {boolean} false when the raw courier cannot take it; after Python broke, another is told all. */
  #tell(/** @type {string} */ text) {
    const handle = this.#handle;
    try {
      handle?.(text);
      return true;
    } catch (error) {
      if (handle !== this.#handle) return true;
      if (this.#isRaw) return false;
      this.#broke(error);
      return true;
    }
  }

  /** Python broke. Nothing more can be expected of it, so that another one is started. */
  #broke(/** @type {unknown} */ error) {
    this.#hush();
    this.#handle = this.#speaker = undefined;
    this.#crashes++;
    if (this.#crashes === MAX_CRASHES) return this.#giveUp(error);
    const text = `Python broke and is started again: ${error}`;
    this.#world.heard({ type: "report", text, ids: [] });
    this.#boot();
  }

  async #boot() {
    this.#isBooting = true;
    this.#loadAhead();
    const speaker = {};
    try {
      const booting = this.#world.bootPython(
        (text) => this.#hear(speaker, text),
        (text) => this.#world.heard({ type: "report", text, ids: [] }),
      );
      const { handleMessage, loadWheel } = await inTime(booting);
      this.#loadWheel = loadWheel;
      this.#isBooting = this.#isRaw = false;
      this.#use(speaker, handleMessage);
    } catch (error) {
      this.#isBooting = false;
      this.#giveUp(error);
    }
  }

  /** What Python is going to ask for is on its way while it boots. */
  #loadAhead() {
    for (const { settings } of this.#world.loads()) {
      this.#world.files.loadAhead(rulesUrl(settings.writeKey));
      if (settings.plan && !WHEEL.test(settings.plan)) this.#world.files.loadAhead(settings.plan);
    }
  }

  #giveUp(/** @type {unknown} */ error) {
    this.#world.heard({ type: "failed", text: String(error) });
    if (!this.#isRaw) this.#useRaw();
  }

  #useRaw() {
    const speaker = {};
    this.#isRaw = true;
    this.#use(
      speaker,
      this.#world.startRaw((text) => this.#hear(speaker, text)),
    );
  }

  #use(/** @type {object} */ speaker, /** @type {Handle} */ handle) {
    this.#hush();
    this.#speaker = speaker;
    this.#handle = handle;
    if (this.#isActive) this.#retell();
  }

  #retell() {
    this.tell({ type: "wake" }); // Python says at its first message that it is up
    this.#world.retell();
  }

  /** End what the courier has begun. */
  #hush() {
    this.#era = {};
    this.#told.clear();
    clearTimeout(this.#timer);
    this.#world.network.abort();
  }

  #hear(/** @type {object} */ speaker, /** @type {string} */ text) {
    if (speaker !== this.#speaker) return;
    const message = /** @type {FromCourier} */ (JSON.parse(text));
    if (message.type === "post") {
      this.#answer(this.#world.network.post(message));
    } else if (message.type === "load") {
      this.#answer(message.wheel ? this.#install(message) : this.#world.files.load(message));
    } else if (message.type === "wakeAfter") {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.tell({ type: "wake" }), message.ms);
    } else {
      this.#world.heard(message);
    }
  }

  /** @returns {Promise<Loaded>} never rejected */
  async #install(/** @type {Load} */ { request, url }) {
    const loaded = /** @type {const} */ ({ type: "loaded", request });
    const tooLate = new Promise((_, reject) => setTimeout(reject, TIMEOUT_MS, "it took too long"));
    try {
      await Promise.race([this.#loadWheel?.(url.replace(/#.*/, "")), tooLate]);
      return { ...loaded, status: 200, body: "" };
    } catch (error) {
      // Of Python's traceback, the last line says what happened.
      return { ...loaded, status: 0, body: String(error).trim().split("\n").at(-1) ?? "" };
    }
  }

  async #answer(/** @type {Promise<Answer | Loaded>} */ coming) {
    const era = this.#era;
    const answer = await coming;
    if (era === this.#era) this.tell(answer);
  }
}

/**
 * @template T
 * @param {Promise<T>} booting
 * @returns {Promise<T>}
 */
const inTime = (booting) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error("Python did not start in time")),
      BOOT_TIMEOUT_MS,
    );
    booting.then(resolve, reject).finally(() => clearTimeout(timer));
  });
