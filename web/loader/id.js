/**
 * An id that nobody else makes: a random UUID, or where the origin is not secure and there are none,
 * as many random bits as numbers.
 */
export const newId = () =>
  crypto.randomUUID?.() ?? crypto.getRandomValues(new Uint32Array(4)).join("-");
