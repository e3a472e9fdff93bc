import { Couriers } from "./couriers.js";
import { Pages } from "./pages.js";
import { Peers } from "./peers.js";
import { Ports } from "./ports.js";
import { inOrder, Records, sift } from "./records.js";
import { Store } from "./store.js";

/** @import { FactText, PageToWorker } from "../protocol.js" */
/** @import { ChannelMessage, Hello, Hold, Owner } from "./channel.js" */
/** @import { News } from "./couriers.js" */
/** @import { Port } from "./ports.js" */

/** So long the last page may be away before what waits goes without Python: a navigation is shorter. */
const ALONE_MS = 2000;

/**
 * Brings a worker's parts together. What the pages say is kept in records and on disk. The worker
 * that owns the sending delivers it; any other hands it to the owner, and hears from there what became
 * of it.
 */
export class Hub {
  #pages = new Pages();
  #records = new Records();
  #ports = new Ports();
  #store = new Store((reason) => {
    const text = `Events are kept in memory only: ${reason}`;
    this.#ports.announce({ type: "report", text, ids: [] });
  });
  #peers = new Peers({
    gained: () => this.#gained(),
    lost: () => this.#couriers.stop(),
    joined: () => this.#ports.state && this.#peers.post(this.#ports.state),
    succeeded: () => this.#handOver(),
    heard: (message) => this.#heardPeer(message),
    isWaiting: () => this.#records.size > 0,
  });
  #couriers;
  /** What the pages asked for: nothing yet, delivery, or delivery by Python. @type {{ python: boolean } | undefined} */
  #wish;
  /** How often consent was denied: what was read before must not come back. */
  #forgets = 0;
  #isDedicated;

  /**
   * @param {boolean} isDedicated whether the worker is frozen and thawed with its one page
   * @param {Omit<ConstructorParameters<typeof Couriers>[0], "heard" | "retell" | "loads">} world
   */
  constructor(isDedicated, world) {
    this.#isDedicated = isDedicated;
    this.#couriers = new Couriers({
      ...world,
      heard: (news) => this.#spread(news),
      retell: () => this.#deliverAll(),
      loads: () => this.#pages.all,
    });
    this.#peers.join();
  }

  /** A page said something. */
  hear(/** @type {Port} */ port, /** @type {PageToWorker} */ message) {
    try {
      this.#heardPage(port, message);
    } catch (error) {
      const text = `The worker is at fault: ${error}`;
      this.#ports.postAll({ type: "report", text, ids: [] });
    }
  }

  /** The network came back. */
  online() {
    this.#couriers.tell({ type: "online" });
  }

  #heardPage(/** @type {Port} */ port, /** @type {PageToWorker} */ message) {
    switch (message.type) {
      case "open": {
        const { environment, settings } = message;
        this.#ports.open(port, this.#pages.numberOf({ environment, settings }));
        break;
      }
      case "facts": {
        const page = this.#ports.pageOf(port);
        if (page !== undefined) this.#take(port, page, message.facts);
        break;
      }
      case "replay": {
        const page = this.#ports.pageOf(port);
        if (page === undefined) return;
        const { settings } = this.#pages.load(page);
        const { environment } = message;
        this.#take(
          port,
          this.#pages.numberOf({ environment, settings }),
          this.#readable(message.facts),
        );
        break;
      }
      case "start":
        this.#start(message.python);
        break;
      case "flush":
        if (this.#peers.isOwner) this.#couriers.tell(message);
        else this.#peers.post(message);
        break;
      case "hide":
        this.#ports.hide(port);
        if (this.#isDedicated) this.#freeze();
        else setTimeout(() => this.#sendWhatIsLeft(), ALONE_MS);
        break;
      case "show":
        this.#ports.show(port);
        if (this.#isDedicated) this.#peers.join();
        break;
      case "close":
        this.#ports.close(port);
        setTimeout(() => this.#sendWhatIsLeft(), ALONE_MS);
        break;
      case "forget":
        this.#forget();
        this.#peers.post(message);
        break;
    }
  }

  /** A page, or a page before it, has these facts: keep them, and see to it that they are delivered. */
  async #take(
    /** @type {Port} */ port,
    /** @type {number} */ page,
    /** @type {FactText[]} */ facts,
  ) {
    const { fresh, held, settled } = this.#records.add(page, facts);
    if (settled.length) this.#ports.post(port, { type: "settled", ids: settled });
    if (!held.length) return;
    const load = this.#pages.load(page);
    const storing = this.#store.put(held.map(([id, text]) => ({ id, text, ...load })));
    this.#deliver(page, fresh);
    if (await storing) this.#ports.post(port, { type: "stored", ids: held.map(([id]) => id) });
  }

  #deliver(/** @type {number} */ page, /** @type {FactText[]} */ facts) {
    if (!facts.length) return;
    const load = this.#pages.load(page);
    if (this.#peers.isOwner) {
      this.#couriers.facts(page, load, facts);
    } else {
      this.#peers.post({ type: "hold", load, facts });
      this.#peers.watch();
    }
  }

  #deliverAll() {
    for (const [page, facts] of this.#records.byPage()) this.#deliver(page, facts);
  }

  #start(/** @type {boolean} */ python) {
    this.#wish = { python: python || (this.#wish?.python ?? false) };
    if (this.#peers.isOwner) this.#couriers.start(this.#wish.python);
    else this.#peers.post({ type: "start", ...this.#wish });
  }

  /** Nobody is left to ask for Python, and the worker may not live long. */
  #sendWhatIsLeft() {
    if (!this.#ports.areThere && this.#records.size) this.#start(false);
  }

  /** Consent was denied. */
  #forget() {
    this.#forgets++;
    this.#records.forget();
    this.#couriers.forget();
    this.#store.clear();
  }

  /** The page may be frozen, and could not be while its worker holds a lock, a channel or a database. */
  #freeze() {
    this.#couriers.stop();
    this.#peers.leave();
    this.#store.close();
  }

  #gained() {
    if (this.#wish) this.#couriers.start(this.#wish.python);
    this.#takeFromStore();
  }

  /** What earlier pages left, and what other workers put there while nobody owned. */
  async #takeFromStore() {
    const forgets = this.#forgets;
    const rows = await this.#store.all();
    if (forgets !== this.#forgets) return;
    for (const [page, facts] of this.#pages.group(inOrder(rows))) {
      const { fresh, settled } = this.#records.add(page, this.#readable(facts));
      if (settled.length) this.#store.delete(settled);
      this.#deliver(page, fresh);
    }
  }

  /** Tell a new owner all that it has to know. */
  #handOver() {
    if (this.#wish) this.#peers.post({ type: "start", ...this.#wish });
    this.#deliverAll();
  }

  #heardPeer(/** @type {Exclude<ChannelMessage, Hello | Owner>} */ message) {
    switch (message.type) {
      case "hold":
        if (this.#peers.isOwner) this.#takeOver(message);
        break;
      case "start":
        if (this.#peers.isOwner) this.#start(message.python);
        break;
      case "flush":
        if (this.#peers.isOwner) this.#couriers.tell(message);
        break;
      case "forget":
        // The owner may have heard of it before it heard of the last facts that we gave it.
        if (this.#records.size) this.#peers.post(message);
        this.#forget();
        break;
      default:
        this.#tellPages(message);
    }
  }

  /** Another worker has these facts, and has put them on disk. */
  #takeOver(/** @type {Hold} */ { load, facts }) {
    const page = this.#pages.numberOf(load);
    const { fresh, settled } = this.#records.add(page, facts);
    if (settled.length) this.#peers.post({ type: "settled", ids: settled });
    this.#deliver(page, fresh);
  }

  /** What a courier says is for the pages of all workers. */
  #spread(/** @type {News} */ news) {
    this.#peers.post(news);
    this.#tellPages(news);
  }

  #tellPages(/** @type {News} */ news) {
    if (news.type === "ready" || news.type === "failed") {
      this.#ports.announce(news);
      return;
    }
    if (news.type === "settled") this.#settle(news.ids);
    this.#ports.postAll(news);
  }

  #settle(/** @type {string[]} */ ids) {
    const held = this.#records.settle(ids);
    if (held.length) this.#store.delete(held);
  }

  /** What was in a storage that is not ours alone may not be what some page wrote. */
  #readable(/** @type {FactText[]} */ facts) {
    const { sound, broken } = sift(facts);
    if (broken.length) {
      const text = `${broken.length} events were not stored: they cannot be read`;
      this.#spread({ type: "report", text, ids: broken });
      this.#spread({ type: "settled", ids: broken });
      this.#store.delete(broken);
    }
    return sound;
  }
}
