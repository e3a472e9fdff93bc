/** @typedef {{ id: string }} Row */
/** @typedef {{ agent: number, run: () => void, lose: (error: Error) => void, isOver: boolean }} Request */

const soon = queueMicrotask;
const aborted = () => Object.assign(new Error("aborted"), { name: "AbortError" });

/**
 * What the workers of one origin share, in memory: the database, its locks and its channel. Every
 * worker that is made in it is an agent, counted from 0, which can `die` without a word.
 */
export class Origin {
  /** The rows on disk. @type {Map<string, Row>} */
  rows = new Map();
  /** Whether the disk takes nothing now. */
  isFull = false;
  /** What waits for the disk, while it is slow. @type {(() => void)[] | undefined} */
  #waiting;
  /** @type {(Channel | undefined)[]} */
  #agents = [];
  /** The first holds the lock. @type {Request[]} */
  #requests = [];

  constructor() {
    const origin = this;
    class OriginsChannel extends Channel {
      constructor() {
        super((message) =>
          origin.#agents
            .filter((each) => each && each !== this)
            .forEach((each) => each?.take(message)),
        );
        this.agent = origin.#agents.push(this) - 1;
      }
      close() {
        origin.#agents[this.agent] = undefined;
      }
    }
    const locks = { request: origin.#request.bind(origin) };
    Object.assign(globalThis, {
      BroadcastChannel: OriginsChannel,
      indexedDB: { open: () => origin.#open() },
    });
    Object.defineProperty(globalThis, "navigator", { value: { locks }, configurable: true });
  }

  /** Nothing more is read or written until the answer is called. */
  pause() {
    const waiting = (this.#waiting = /** @type {(() => void)[]} */ ([]));
    return () => {
      this.#waiting = undefined;
      for (const run of waiting) run();
    };
  }

  /** Of what is on disk. */
  ids() {
    return [...this.rows.keys()];
  }

  /** The worker's process ends: its lock is free, and nobody hears or reaches it any more. */
  die(/** @type {number} */ agent) {
    this.#agents[agent] = undefined;
    for (const request of this.#requests.filter((each) => each.agent === agent)) this.#end(request);
  }

  /**
   * @param {string} _name
   * @param {LockOptions} options
   * @param {() => Promise<unknown> | undefined} callback
   */
  #request(_name, { signal, steal }, callback) {
    return new Promise((resolve, reject) => {
      /** @type {Request} */
      const request = {
        agent: this.#agents.length - 1,
        isOver: false,
        lose: reject,
        run: () =>
          soon(() => {
            if (request.isOver) return;
            Promise.resolve(callback()).then((value) => {
              this.#end(request);
              resolve(value);
            });
          }),
      };
      const holder = this.#requests[0];
      if (steal && holder) {
        holder.isOver = true;
        this.#requests[0] = request;
        soon(() => holder.lose(aborted()));
        request.run();
        return;
      }
      signal?.addEventListener("abort", () => {
        if (request === this.#requests[0]) return; // who has the lock keeps it
        this.#requests = this.#requests.filter((each) => each !== request);
        reject(aborted());
      });
      if (this.#requests.push(request) === 1) request.run();
    });
  }

  #end(/** @type {Request} */ request) {
    const wasHolder = request === this.#requests[0];
    request.isOver = true;
    this.#requests = this.#requests.filter((each) => each !== request);
    if (wasHolder) this.#requests[0]?.run();
  }

  #open() {
    /** @type {any} */
    const request = {};
    const transaction = () => this.#transaction();
    request.result = { transaction, close() {} };
    soon(() => request.onsuccess());
    return request;
  }

  /** All of it is done when it is complete, or nothing. */
  #transaction() {
    /** @type {(() => void)[]} */
    const steps = [];
    /** @type {any} */
    const transaction = { error: new Error("full") };
    transaction.objectStore = () => ({
      put: (/** @type {Row} */ row) => steps.push(() => this.rows.set(row.id, row)),
      delete: (/** @type {string} */ id) => steps.push(() => this.rows.delete(id)),
      clear: () => steps.push(() => this.rows.clear()),
      getAll: () => {
        /** @type {any} */
        const request = {};
        steps.push(() => (request.result = [...this.rows.values()]));
        return request;
      },
    });
    const run = () => {
      if (this.isFull) return transaction.onabort();
      for (const step of steps) step();
      transaction.oncomplete();
    };
    soon(() => (this.#waiting ? this.#waiting.push(run) : run()));
    return transaction;
  }
}

class Channel {
  /** @type {((event: { data: unknown }) => void) | undefined} */
  onmessage;

  constructor(/** @type {(message: unknown) => void} */ spread) {
    this.postMessage = (/** @type {unknown} */ message) => spread(structuredClone(message));
  }

  take(/** @type {unknown} */ data) {
    soon(() => this.onmessage?.({ data }));
  }
}
