const ALIASES = new Map([
  ["esc", "escape"],
  ["space", " "],
  ["plus", "+"],
]);

/**
 * Whether a keydown is one of the shortcuts in `combos`: words such as "Mod+Enter" or "Shift+?",
 * separated by spaces. Mod is the command key on Apple's machines and Ctrl elsewhere. Modifiers must
 * be exactly those named, but for Shift where the character itself needs it on some keyboards.
 * Repeats of a key that is held down, and keys of an input method, are no shortcuts.
 *
 * @param {string} combos
 * @param {Pick<KeyboardEvent,
 *   "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey" | "repeat" | "isComposing">} event
 * @param {boolean} isApple
 */
export function matchesKeys(combos, event, isApple) {
  if (event.repeat || event.isComposing || !event.key) return false;
  // Where the layout or Alt gives another script's character, the key is known by its place.
  const typed = event.key.length === 1 && event.key > "~" ? event.code.slice(-1) : event.key;
  const key = typed.toLowerCase();
  const isSign = key.length === 1 && !/[a-z ]/.test(key);
  return combos
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean)
    .some((combo) => {
      const parts = combo.split("+");
      const last = parts.pop() ?? "";
      const has = (/** @type {string} */ part) => parts.includes(part);
      return (
        (ALIASES.get(last) ?? last) === key &&
        event.ctrlKey === (has("ctrl") || (has("mod") && !isApple)) &&
        event.metaKey === (has("meta") || (has("mod") && isApple)) &&
        event.altKey === has("alt") &&
        (event.shiftKey === has("shift") || (isSign && !has("shift")))
      );
    });
}
