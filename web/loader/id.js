/**
 * An id that nobody else makes: a random UUID, or where the origin is not secure and there are none,
 * about as many random bits as numbers.
 */
export const newId = () => crypto.randomUUID?.() ?? "" + Math.random() + Math.random();
