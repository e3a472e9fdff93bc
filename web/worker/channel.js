/** @import { FactText, Failed, Flush, Forget, Ready, Report, Sent, Settled, Start } from "../protocol.js" */
/** @import { PageLoad } from "./pages.js" */

/** A worker looks for the owner. @typedef {{ type: "hello" }} Hello */
/** The owner says that it is there, and whether it is so anew: then it knows nothing of what the others hold. */
/** @typedef {{ type: "owner", isNew: boolean }} Owner */
/** Facts for the owner to deliver. @typedef {{ type: "hold", load: PageLoad, facts: FactText[] }} Hold */

/** @typedef {Hello | Owner | Hold | Start | Flush | Forget | Settled | Report | Ready | Failed | Sent} ChannelMessage */

const NAME = "tracker";

/** What the workers of one origin tell each other. Where there is no BroadcastChannel, nothing. */
export class Channel {
  /** @type {BroadcastChannel | undefined} */
  #channel;
  #heard;

  constructor(/** @type {(message: ChannelMessage) => void} */ heard) {
    this.#heard = heard;
  }

  open() {
    try {
      this.#channel = new BroadcastChannel(NAME);
      this.#channel.onmessage = ({ data }) => this.#heard(data);
    } catch {
      // Every worker delivers its own facts; what was stored is delivered by the owner.
    }
  }

  close() {
    this.#channel?.close();
    this.#channel = undefined;
  }

  post(/** @type {ChannelMessage} */ message) {
    this.#channel?.postMessage(message);
  }
}
