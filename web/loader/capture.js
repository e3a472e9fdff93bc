import { newId } from "./id.js";
import { bytesOf } from "./spool.js";
import { warn } from "./warn.js";

/** @import { Call, Visit } from "../protocol.js" */

/** The largest message that a collector takes; a fact that is larger cannot become a smaller one. */
const MAX_FACT_BYTES = 32 * 1024;

/**
 * Makes facts: a call with its id, its time and whose it is, as JSON text. It is text from the
 * instant of the call, so nothing that the page does afterwards can change it.
 *
 * @param {(now: number) => Visit} visitAt
 * @param {(id: string, text: string) => void} add
 */
export function createCapture(visitAt, add) {
  return (/** @type {Call} */ call, at = Date.now()) => {
    const fact = { id: newId(), at, ...call, visit: visitAt(at) };
    const text = textOf(fact);
    if (text.length * 3 > MAX_FACT_BYTES && bytesOf(text) > MAX_FACT_BYTES) {
      warn("An event is larger than 32 KB and is not tracked. Give it smaller properties:", call.name);
    } else add(fact.id, text);
  };
}

/** Properties that JSON cannot say do not cost the event, which is true without them. */
function textOf(/** @type {Call} */ fact) {
  try {
    return JSON.stringify(fact);
  } catch (error) {
    warn("Properties or traits are not JSON and are left out of their event:", fact.name, error);
    return JSON.stringify({ ...fact, properties: undefined, traits: undefined });
  }
}
