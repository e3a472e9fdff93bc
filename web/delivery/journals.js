import { journalPrefix, rawUrl } from "../loader/address.js";

/** @import { Environment, FactText, Replay } from "../protocol.js" */

/**
 * What earlier pages of this origin, for the same endpoint and key, wrote down as they were left. A
 * journal is removed once all of it is on disk or settled.
 */
export class Journals {
  /** @type {Map<string, { text: string, replay: Replay, waiting: Set<string> }>} */
  #journals = new Map();

  constructor(/** @type {Parameters<typeof rawUrl>[0]} */ settings) {
    const prefix = journalPrefix(rawUrl(settings));
    try {
      for (const key of Object.keys(localStorage)) {
        if (key.startsWith(prefix)) this.#read(key, localStorage[key]);
      }
    } catch {
      // No storage, no journals.
    }
  }

  replays() {
    return [...this.#journals.values()].map(({ replay }) => replay);
  }

  /** Whether a fact is of a journal that is still there. */
  has(/** @type {string} */ id) {
    return [...this.#journals.values()].some(({ waiting }) => waiting.has(id));
  }

  /** These are on disk, or settled. */
  remove(/** @type {string[]} */ ids) {
    for (const [key, { text, waiting }] of this.#journals) {
      for (const id of ids) waiting.delete(id);
      if (waiting.size) continue;
      this.#journals.delete(key);
      // A page that is still there, in another tab, may have written another one meanwhile.
      if (localStorage[key] === text) delete localStorage[key];
    }
  }

  /** They are erased, with everything else. */
  forget() {
    this.#journals.clear();
  }

  #read(/** @type {string} */ key, /** @type {string} */ text) {
    try {
      const { environment, facts } =
        /** @type {{ environment: Environment, facts: { id: string }[] }} */ (JSON.parse(text));
      /** @type {FactText[]} */
      const texts = facts.map((fact) => [fact.id, JSON.stringify(fact)]);
      if (texts.some(([id]) => typeof id !== "string")) throw new TypeError("no id");
      const waiting = new Set(texts.map(([id]) => id));
      const replay = /** @type {const} */ ({ type: "replay", environment, facts: texts });
      this.#journals.set(key, { text, replay, waiting });
    } catch {
      // Not what we wrote.
      delete localStorage[key];
    }
  }
}
