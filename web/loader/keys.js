/**
 * Whether a keydown is the shortcut `combo`, such as "Mod+Enter" or "Ctrl+Shift+Space": modifiers,
 * exactly those that must be down, and last the event's `key`. Mod is the command key on
 * Apple's machines and Ctrl elsewhere. A key that is held down, or that belongs to an input method,
 * is no shortcut.
 *
 * @param {string} combo
 * @param {Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey" | "repeat"
 *   | "isComposing">} event
 * @param {boolean} isApple
 */
export const matchesKeys = (combo, event, isApple) => {
  const wanted = combo.toLowerCase().replace("mod", isApple ? "meta" : "ctrl");
  const pressed = event.key?.toLowerCase().replace(" ", "space");
  return (
    ("+" + wanted).endsWith("+" + pressed) &&
    "ctrl meta alt shift"
      .split(" ")
      .every((key) => /** @type {any} */ (event)[key + "Key"] === wanted.includes(key)) &&
    !event.repeat &&
    !event.isComposing
  );
};
