import { deliver } from "./delivery.js";
import { newId } from "./id.js";
import { pathAt } from "./pages.js";
import { announce, settings } from "./tag.js";
import { visitAt } from "./visit.js";
import { warn } from "./warn.js";

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
 * @returns whether there is a fact now
 */
export const capture = (kind, at, fields, path = pathAt()) => {
  if (typeof (fields.name ?? fields.groupId ?? fields.userId) !== "string") {
    return warn(kind + " needs a name or id.");
  }
  const fact = { id: newId(), at, kind, ...fields, path, visit: visitAt(at) };
  let text;
  try {
    text = JSON.stringify(fact);
  } catch (error) {
    // The event is true without them.
    warn("Properties must be JSON:", fields.name, error);
    text = JSON.stringify({ ...fact, properties: undefined, traits: undefined });
  }
  if (text.length > MAX_LENGTH) return warn("Over 32 KB:", fields.name);
  if (settings.debug) announce("captured", JSON.parse(text));
  deliver(fact.id, text);
  return true;
};
