/** @type {Set<string>} */
const said = new Set();

/**
 * Say something in the console, once per text however often it happens. What differs from case to
 * case, such as the element at fault, goes into `details`.
 *
 * @param {string} text
 * @param {...unknown} details
 */
export function warn(text, ...details) {
  if (said.has(text)) return;
  said.add(text);
  console.warn("[tracker] " + text, ...details);
}

/**
 * The same function, which never throws into the page that calls it: an error is said in the
 * console, and the answer is undefined.
 *
 * @template {unknown[]} A
 * @template R
 * @param {(...args: A) => R} fn
 */
export function guarded(fn) {
  return (/** @type {A} */ ...args) => {
    try {
      return fn(...args);
    } catch (error) {
      warn("A call failed and was not tracked:", error);
    }
  };
}
