/** @import { FactText } from "../protocol.js" */

/** How many settled ids are remembered; pages and workers may hold a fact a little longer than we. */
const MAX_SETTLED = 20_000;

/**
 * Every fact that this worker knows and that is not settled. All else can be made again from them,
 * so whatever fails, nothing is lost.
 */
export class Records {
  /** @type {Map<string, { page: number, text: string }>} */
  #waiting = new Map();
  /** The ids settled last, oldest first. @type {Set<string>} */
  #settled = new Set();
  #maxSettled;

  constructor(maxSettled = MAX_SETTLED) {
    this.#maxSettled = maxSettled;
  }

  get size() {
    return this.#waiting.size;
  }

  /**
   * @param {number} page
   * @param {FactText[]} facts
   * @returns {{ fresh: FactText[], held: FactText[], settled: string[] }} which of them were new,
   *   which are held now (the new ones among them), and which are settled already
   */
  add(page, facts) {
    const settled = facts.flatMap(([id]) => (this.#settled.has(id) ? [id] : []));
    const held = facts.filter(([id]) => !this.#settled.has(id));
    const fresh = held.filter(([id]) => !this.#waiting.has(id));
    for (const [id, text] of fresh) this.#waiting.set(id, { page, text });
    return { fresh, held, settled };
  }

  /** @returns {string[]} those of the ids that were held */
  settle(/** @type {string[]} */ ids) {
    for (const id of ids) this.#settled.add(id);
    for (const id of this.#settled) {
      if (this.#settled.size <= this.#maxSettled) break;
      this.#settled.delete(id);
    }
    return ids.filter((id) => this.#waiting.delete(id));
  }

  /** Erase every fact; what is erased counts as settled, so that it does not come back. */
  forget() {
    this.settle([...this.#waiting.keys()]);
  }

  /**
   * All that is held, in the order of its coming.
   *
   * @returns {Map<number, FactText[]>} by page
   */
  byPage() {
    /** @type {Map<number, FactText[]>} */
    const pages = new Map();
    for (const [id, { page, text }] of this.#waiting) {
      const facts = pages.get(page) ?? [];
      facts.push([id, text]);
      pages.set(page, facts);
    }
    return pages;
  }
}

/**
 * What was written to a storage that is not ours alone may come back as anything.
 *
 * @param {FactText[]} facts
 * @returns {{ sound: FactText[], broken: string[] }} the facts, and the ids of what is none
 */
export const sift = (facts) => {
  /** @type {FactText[]} */
  const sound = [];
  const broken = [];
  for (const [id, text] of facts) {
    if (parsed(text)?.id === id) sound.push([id, text]);
    else broken.push(id);
  }
  return { sound, broken };
};

/**
 * A database gives its rows in the order of their ids, which are random; here they are in that of
 * their happening, as they would have been sent.
 *
 * @template {{ text: string }} R
 * @param {R[]} rows
 */
export const inOrder = (rows) =>
  rows
    .map((row) => ({ row, at: Number(parsed(row.text)?.at) || 0 }))
    .sort((one, other) => one.at - other.at)
    .map(({ row }) => row);

/** @returns {any} */
const parsed = (/** @type {string} */ text) => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
