import { mayCapture } from "./consent.js";
import { deliver } from "./delivery.js";
import { newId } from "./id.js";
import { pathAt } from "./pages.js";
import { visitAt } from "./visit.js";
import { attempt, warn } from "./warn.js";

/** @import { Call, Kind } from "../protocol.js" */

/** The largest message that a collector takes, in bytes: longer text has more than that. */
const MAX_LENGTH = 32 * 1024;

/**
 * Make a fact of a call: with its id, its time and whose it is. It is JSON text from the instant of
 * the call, so nothing that the page does afterwards can change it.
 *
 * @param {Kind} kind
 * @param {number} at in ms since the epoch
 * @param {Omit<Call, "kind" | "path">} fields
 * @param {Call["path"]} path where the call comes from; the active page by itself
 * @returns whether the call was right, be there consent to make a fact of it or not
 */
export const capture = (kind, at, fields, path = pathAt()) => {
  if (typeof (fields.name ?? fields.userId ?? fields.groupId) !== "string") {
    return warn(kind + " needs a name or id.");
  }
  if (!mayCapture()) return true;
  const fact = { id: newId(), at, kind, ...fields, path, visit: visitAt(at) };
  let text = attempt(() => JSON.stringify(fact));
  if (!text || text.length > MAX_LENGTH) {
    // The event is true without them.
    warn("Needs JSON under 32 KB:", fields);
    text = JSON.stringify({ ...fact, properties: undefined, traits: undefined });
  }
  deliver(fact.id, text);
  return true;
};
