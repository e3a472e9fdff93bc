/**
 * The facts that the collector has not acknowledged: id to JSON text, oldest first. A fact stays
 * until it is settled: accepted, known already, or refused for good.
 *
 * @type {Map<string, string>}
 */
export const spool = new Map();

/** Browsers allow 64 KiB in flight for beacons and `fetch(keepalive)`. */
const MAX_BODY_BYTES = 60 * 1024;

/**
 * The ids in their order, in chunks whose body is small enough to go by beacon; a single fact whose
 * body is larger than that is a chunk of its own.
 *
 * @param {string[]} ids
 * @param {(ids: string[]) => string} bodyOf
 * @returns {string[][]}
 */
export const chunksOf = (ids, bodyOf) => {
  const half = ids.length >> 1;
  return half && new Blob([bodyOf(ids)]).size > MAX_BODY_BYTES
    ? [ids.slice(0, half), ids.slice(half)].flatMap((part) => chunksOf(part, bodyOf))
    : [ids];
};
