/** @import { Environment, FactText, Settings } from "../protocol.js" */

/** What the facts of one page load share. @typedef {{ environment: Environment, settings: Settings }} PageLoad */

/** Page loads by number; those that share everything share a number. */
export class Pages {
  /** @type {Map<string, number>} */
  #numbers = new Map();
  /** @type {PageLoad[]} */
  #loads = [];

  numberOf(/** @type {PageLoad} */ { environment, settings }) {
    const key = JSON.stringify([environment, settings]);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.#loads.length);
    return this.#loads.push({ environment, settings }) - 1;
  }

  get all() {
    return this.#loads;
  }

  load(/** @type {number} */ number) {
    return this.#loads[number];
  }

  /**
   * Facts that have their page load with them, by its number and in their order.
   *
   * @param {({ id: string, text: string } & PageLoad)[]} rows
   */
  group(rows) {
    /** @type {Map<number, FactText[]>} */
    const pages = new Map();
    for (const { id, text, ...load } of rows) {
      const page = this.numberOf(load);
      const facts = pages.get(page) ?? [];
      facts.push([id, text]);
      pages.set(page, facts);
    }
    return pages;
  }
}
