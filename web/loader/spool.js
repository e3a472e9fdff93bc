const encoder = new TextEncoder();

/** How many bytes a text has as UTF-8. */
export function bytesOf(/** @type {string} */ text) {
  return encoder.encode(text).length;
}

/**
 * The facts that the collector has not acknowledged, as JSON text, oldest first. A fact stays until
 * it is settled: accepted, known already, or refused for good.
 */
export function createSpool() {
  /** @type {Map<string, string>} */
  const facts = new Map();
  /** @type {Set<string>} */
  const beaconed = new Set();

  return {
    add(/** @type {string} */ id, /** @type {string} */ text) {
      facts.set(id, text);
    },
    settle(/** @type {Iterable<string>} */ ids) {
      for (const id of ids) {
        facts.delete(id);
        beaconed.delete(id);
      }
    },
    /** Each fact as `[id, text]`. */
    all() {
      return [...facts];
    },
    /** Those that have not gone by beacon since the page was last seen. */
    notBeaconed() {
      return [...facts].filter(([id]) => !beaconed.has(id));
    },
    beaconed(/** @type {Iterable<string>} */ ids) {
      for (const id of ids) beaconed.add(id);
    },
    /** Nobody knows whether a beacon arrived: what is still here goes again when the page hides. */
    forgetBeacons() {
      beaconed.clear();
    },
  };
}

/**
 * The facts in their order, in chunks whose texts and commas have at most `room` bytes. A fact that
 * is larger than that is a chunk of its own.
 *
 * @param {Iterable<[id: string, text: string]>} facts
 * @param {number} room
 */
export function chunksOf(facts, room) {
  /** @type {[id: string, text: string][][]} */
  const chunks = [];
  let left = 0;
  for (const fact of facts) {
    const size = bytesOf(fact[1]) + 1;
    if (!chunks.length || size > left) {
      chunks.push([]);
      left = room;
    }
    chunks[chunks.length - 1].push(fact);
    left -= size;
  }
  return chunks;
}
