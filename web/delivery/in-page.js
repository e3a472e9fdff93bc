import { Network } from "../transport/network.js";
import { RawCourier } from "../transport/raw.js";
import { Pages } from "../worker/pages.js";
import { inOrder, sift } from "../worker/records.js";

/** @import { FactText, FromCourier, Load, Settings, ToCourier } from "../protocol.js" */
/** @import { Store } from "../worker/store.js" */
/** @import { Candidate } from "./link.js" */

/**
 * Where there is no worker: the page itself keeps facts on disk and posts them raw. Other such pages
 * do the same with what they find there, and the collector drops what comes twice.
 *
 * @param {Store} disk
 * @returns {Candidate}
 */
export const inPage = (disk) => (hear) => {
  const network = new Network();
  const pages = new Pages();
  /** What the courier has or had. @type {Set<string>} */
  const taken = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let current = 0;
  /** @type {Settings} */
  let settings;

  const courier = new RawCourier({
    send(text) {
      const message = /** @type {Exclude<FromCourier, Load>} */ (JSON.parse(text));
      if (message.type === "post") {
        network.post(message).then(tell);
      } else if (message.type === "wakeAfter") {
        clearTimeout(timer);
        timer = setTimeout(() => tell({ type: "wake" }), message.ms);
      } else {
        if (message.type === "settled") disk.delete(message.ids);
        hear(message);
      }
    },
    elapsed: () => performance.now(),
    date: () => new Date(),
    random: Math.random,
  });
  const tell = (/** @type {ToCourier} */ message) => courier.handle(JSON.stringify(message));
  const take = (/** @type {number} */ page, /** @type {FactText[]} */ facts) => {
    const fresh = facts.filter(([id]) => !taken.has(id));
    for (const [id] of fresh) taken.add(id);
    tell({ type: "open", page, ...pages.load(page) });
    courier.handle(`{"type":"facts","page":${page},"facts":[${fresh.map(([, text]) => text)}]}`);
  };
  const keep = async (/** @type {number} */ page, /** @type {FactText[]} */ facts) => {
    const load = pages.load(page);
    const storing = disk.put(facts.map(([id, text]) => ({ id, text, ...load })));
    take(page, facts);
    if (await storing) hear({ type: "stored", ids: facts.map(([id]) => id) });
  };
  const takeFromDisk = async () => {
    for (const [page, facts] of pages.group(inOrder(await disk.all()))) {
      const { sound, broken } = sift(facts);
      disk.delete(broken);
      take(page, sound);
    }
  };
  addEventListener("online", () => tell({ type: "online" }));

  return {
    post(message) {
      switch (message.type) {
        case "open":
          settings = message.settings;
          current = pages.numberOf(message);
          hear({ type: "opened" });
          takeFromDisk();
          break;
        case "facts":
          keep(current, message.facts);
          break;
        case "replay":
          keep(pages.numberOf({ ...message, settings }), message.facts);
          break;
        case "forget":
          network.abort();
          disk.clear();
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
