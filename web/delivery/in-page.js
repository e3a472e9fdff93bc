import { Network } from "../transport/network.js";
import { RawCourier } from "../transport/raw.js";

/** @import { FromCourier, ToCourier, FactText, Environment, Settings } from "../protocol.js" */
/** @import { Candidate } from "./link.js" */

/** Where there is no worker: the page itself posts raw facts. @type {Candidate} */
export const inPage = (hear) => {
  const network = new Network();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let pages = 0;
  /** @type {Settings} */
  let settings;

  const courier = new RawCourier({
    send(text) {
      const message = /** @type {FromCourier} */ (JSON.parse(text));
      if (message.type === "post") {
        network.post(message).then(tell);
      } else if (message.type === "wakeAfter") {
        clearTimeout(timer);
        timer = setTimeout(() => tell({ type: "wake" }), message.ms);
      } else {
        hear(message);
      }
    },
    elapsed: () => performance.now(),
    date: () => new Date(),
    random: Math.random,
  });
  const tell = (/** @type {ToCourier} */ message) => courier.handle(JSON.stringify(message));
  const open = (/** @type {number} */ page, /** @type {Environment} */ environment) =>
    tell({ type: "open", page, environment, settings });
  const take = (/** @type {number} */ page, /** @type {FactText[]} */ facts) =>
    courier.handle(`{"type":"facts","page":${page},"facts":[${facts.map(([, text]) => text)}]}`);
  addEventListener("online", () => tell({ type: "online" }));

  return {
    post(message) {
      switch (message.type) {
        case "open":
          settings = message.settings;
          open(0, message.environment);
          hear({ type: "opened" });
          break;
        case "facts":
          take(0, message.facts);
          break;
        case "replay":
          open(++pages, message.environment);
          take(pages, message.facts);
          break;
        case "forget":
          network.abort();
          tell(message);
          break;
        case "flush":
          tell(message);
          break;
      }
    },
    end() {},
  };
};
