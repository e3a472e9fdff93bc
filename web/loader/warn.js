/** @type {Set<string>} */
const said = new Set();

/**
 * Say something in the console, once per text however often it happens. What differs from case to
 * case, such as the element at fault, goes into `details`.
 *
 * @param {string} text
 * @param {...unknown} details
 * @returns {undefined}
 */
export const warn = (text, ...details) => {
  if (!said.has(text)) console.warn("[tracker] " + text, ...details);
  said.add(text);
};

/**
 * The same function, which never throws into the page that calls it: an error is said in the
 * console, and the answer is undefined.
 *
 * @template {unknown[]} A
 * @template R
 * @param {(...args: A) => R} call
 */
export const guarded =
  (call) =>
  (/** @type {A} */ ...args) => {
    try {
      return call(...args);
    } catch (error) {
      warn("Not tracked:", error);
    }
  };

/**
 * What `call` returns, or undefined where the browser, its settings or a sandbox forbid it.
 *
 * @template R
 * @param {() => R} call
 */
export const attempt = (call) => {
  try {
    return call();
  } catch {
    // The tracker does without.
  }
};
