import { journal } from "./beacon.js";
import { warn } from "./warn.js";

/** More facts than this, which wait because nobody takes them, would cost the page its memory. */
const MAX_FACTS = 10_000;

/**
 * The facts that the collector has not acknowledged: id to JSON text, oldest first. A fact stays
 * until it is settled: accepted, known already, or refused for good.
 *
 * @type {Map<string, string>}
 */
export const spool = new Map();

/** Of these, the ids that have not gone by beacon since the page was last seen. @type {Set<string>} */
export const unbeaconed = new Set();

/** Of these, the ids of which no worker has said that they are on disk. @type {Set<string>} */
export const unstored = new Set();

let lost = 0;

/** Put a fact where it waits to be settled; beyond the bound the oldest goes. */
export const keep = (/** @type {string} */ id, /** @type {string} */ text) => {
  spool.set(id, text);
  unbeaconed.add(id);
  unstored.add(id);
  if (spool.size > MAX_FACTS) {
    const [oldest] = spool.keys();
    drop([oldest]);
    if (!(lost++ % 1000)) warn("Lost events: " + lost);
  }
};

/** These need not wait any more: in none of the places, as they are settled, or in those named. */
export const drop = (
  /** @type {Iterable<string>} */ ids,
  places = [spool, unbeaconed, unstored],
) => {
  for (const id of ids) places.map((place) => place.delete(id));
  if (!unstored.size) journal();
};
