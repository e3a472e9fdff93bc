/** @import { PageToWorker, WorkerToPage } from "../protocol.js" */

/** Who takes what the page says, and delivers its facts.
 * @typedef {{ post(message: PageToWorker): void, end(): void }} Deliverer */
/** Makes a deliverer, or throws. Afterwards `fail` says that there is none after all.
 * @typedef {(hear: (message: WorkerToPage) => void, fail: (reason: string) => void) => Deliverer} Candidate */

const OPENING_MS = 10_000;
const SILENCE_MS = 20_000;

/**
 * The connection to the first candidate that works. One that was there and then answers nothing for
 * 30 s, though facts came and it was asked, is replaced by the next; that happens once, since a
 * collector that is away makes nobody silent but a browser may well be slow.
 */
export class Link {
  #candidates;
  #greeting;
  #hear;
  /** @type {Deliverer | undefined} */
  #deliverer;
  #isOpen = false;
  #mayReplace = true;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {Candidate[]} candidates the best first; the last never fails
   * @param {() => PageToWorker[]} greeting what each is told first; it answers `opened` at once
   * @param {(message: WorkerToPage) => void} hear
   */
  constructor(candidates, greeting, hear) {
    this.#candidates = [...candidates];
    this.#greeting = greeting;
    this.#hear = hear;
    this.#tryNext();
  }

  post(/** @type {PageToWorker} */ message) {
    this.#deliverer?.post(message);
    if (message.type === "facts") this.#expectAnswer();
    // No timer of ours runs on time while the page is frozen.
    if (message.type === "hide") this.#stopWaiting();
  }

  #tryNext(/** @type {string} */ reason = "") {
    this.#stopWaiting();
    this.#deliverer?.end();
    this.#isOpen = false;
    const candidate = this.#candidates.shift();
    if (!candidate) return;
    /** @type {Deliverer | undefined} */
    let deliverer;
    const isCurrent = () => deliverer === this.#deliverer;
    try {
      deliverer = candidate(
        (message) => isCurrent() && this.#heard(message),
        (why) => isCurrent() && !this.#isOpen && this.#tryNext(why),
      );
    } catch (error) {
      this.#tryNext(String(error));
      return;
    }
    this.#deliverer = deliverer;
    this.#timer = setTimeout(() => this.#tryNext("no answer"), OPENING_MS);
    for (const message of this.#greeting()) deliverer.post(message);
    // Only who has no worker delivers without Python.
    if (!this.#candidates.length) this.#hear({ type: "failed", text: reason });
  }

  #heard(/** @type {WorkerToPage} */ message) {
    this.#isOpen = true;
    this.#stopWaiting();
    this.#hear(message);
  }

  #expectAnswer() {
    if (this.#timer || !this.#mayReplace || !this.#candidates.length) return;
    this.#timer = setTimeout(() => {
      const [open] = this.#greeting();
      this.#deliverer?.post(open);
      this.#timer = setTimeout(() => {
        this.#mayReplace = false;
        this.#tryNext("the worker is silent");
      }, OPENING_MS);
    }, SILENCE_MS);
  }

  #stopWaiting() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
