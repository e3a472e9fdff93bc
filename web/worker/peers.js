import { Channel } from "./channel.js";
import { Ownership } from "./ownership.js";

/** @import { ChannelMessage, Hello, Owner } from "./channel.js" */

/** An owner that says nothing for so long, though it was asked, is replaced: its Python may never return. */
const OWNER_TIMEOUT_MS = 30_000;

/** The other workers of the origin, one of which, perhaps this one, owns the sending. */
export class Peers {
  isOwner = false;
  #world;
  #channel = new Channel((message) => this.#heard(message));
  #ownership = new Ownership(
    () => this.#gained(),
    () => this.#lost(),
  );
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #watching;

  /**
   * @param {object} world
   * @param {() => void} world.gained this worker owns from now on
   * @param {() => void} world.lost it does so no more, though it did not leave
   * @param {() => void} world.joined a worker that came wants to know how things are
   * @param {() => void} world.succeeded another owner is there, which knows nothing
   * @param {(message: Exclude<ChannelMessage, Hello | Owner>) => void} world.heard
   * @param {() => boolean} world.isWaiting whether anything waits for the owner
   */
  constructor(world) {
    this.#world = world;
  }

  join() {
    this.#channel.open();
    this.#channel.post({ type: "hello" });
    this.#ownership.seek();
  }

  /** Hold nothing that would keep a page from being frozen. */
  leave() {
    this.isOwner = false;
    this.#ownership.release();
    this.#channel.close();
    this.#unwatch();
  }

  post(/** @type {ChannelMessage} */ message) {
    this.#channel.post(message);
  }

  /** See that somebody is there who takes what was posted. */
  watch() {
    if (this.#watching) return;
    this.#channel.post({ type: "hello" });
    this.#watching = setTimeout(() => {
      this.#unwatch();
      if (!this.isOwner && this.#world.isWaiting()) this.#ownership.steal();
    }, OWNER_TIMEOUT_MS);
  }

  #unwatch() {
    clearTimeout(this.#watching);
    this.#watching = undefined;
  }

  #gained() {
    this.isOwner = true;
    this.#channel.post({ type: "owner", isNew: true });
    this.#world.gained();
  }

  #lost() {
    this.isOwner = false;
    this.#world.lost();
  }

  #heard(/** @type {ChannelMessage} */ message) {
    if (message.type === "hello") {
      if (!this.isOwner) return;
      this.#channel.post({ type: "owner", isNew: false });
      this.#world.joined();
    } else if (message.type === "owner") {
      this.#unwatch();
      if (message.isNew) this.#world.succeeded();
    } else {
      this.#world.heard(message);
    }
  }
}
