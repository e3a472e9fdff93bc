/** @import { Failed, Ready, Report, WorkerToPage } from "../protocol.js" */

/** What every page is told once, whenever it comes. @typedef {Ready | Failed | Report} Standing */

/** A MessagePort, or in a dedicated worker its global scope. @typedef {{ postMessage(message: WorkerToPage): void }} Port */

/** The pages that are connected, and what they may be told. */
export class Ports {
  /** @type {Map<Port, { page: number, isHidden: boolean, told: Set<Standing> }>} */
  #open = new Map();
  /** By type: that Python is up or cannot be, and what else a later page has to know. @type {Map<string, Standing>} */
  #standing = new Map();

  /** Whether some page is there that is not hidden. */
  get areThere() {
    return [...this.#open.values()].some(({ isHidden }) => !isHidden);
  }

  /** @returns {Ready | Failed | undefined} */
  get state() {
    return /** @type {Ready | Failed | undefined} */ (this.#standing.get("state"));
  }

  /** A page said, perhaps not for the first time, who it is. */
  open(/** @type {Port} */ port, /** @type {number} */ page) {
    const told = this.#open.get(port)?.told ?? new Set();
    this.#open.set(port, { page, isHidden: false, told });
    this.post(port, { type: "opened" });
    this.#tellStanding(port);
  }

  /** The number of a page, as it said at `open`. */
  pageOf(/** @type {Port} */ port) {
    return this.#open.get(port)?.page;
  }

  /** A message would take a hidden page out of the back/forward cache, so it gets none. */
  hide(/** @type {Port} */ port) {
    const page = this.#open.get(port);
    if (page) page.isHidden = true;
  }

  show(/** @type {Port} */ port) {
    const page = this.#open.get(port);
    if (page) page.isHidden = false;
    this.#tellStanding(port);
  }

  close(/** @type {Port} */ port) {
    this.#open.delete(port);
  }

  post(/** @type {Port} */ port, /** @type {WorkerToPage} */ message) {
    if (this.#open.get(port)?.isHidden === false) port.postMessage(message);
  }

  postAll(/** @type {WorkerToPage} */ message) {
    for (const port of this.#open.keys()) this.post(port, message);
  }

  /** Tell every page, those that come or show later too: whether Python is up, or what is amiss. */
  announce(/** @type {Standing} */ standing) {
    const kind = standing.type === "report" ? "report" : "state";
    if (this.#standing.get(kind)?.type === standing.type) return;
    this.#standing.set(kind, standing);
    for (const port of this.#open.keys()) this.#tellStanding(port);
  }

  #tellStanding(/** @type {Port} */ port) {
    const page = this.#open.get(port);
    if (!page || page.isHidden) return;
    for (const standing of this.#standing.values()) {
      if (!page.told.has(standing)) this.post(port, standing);
      page.told.add(standing);
    }
  }
}
