/**
 * Whether a keydown is the shortcut `combo`, such as "Mod+Enter" or "Ctrl+Shift+Space": modifiers,
 * exactly those that must be down, and the event's `key`. Mod is the command key on
 * Apple's machines and Ctrl elsewhere. A key that is held down, or that belongs to an input method,
 * is no shortcut.
 *
 * @param {string} combo
 * @param {Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey" | "repeat"
 *   | "isComposing">} event
 * @param {boolean} isApple
 */
export const matchesKeys = (combo, event, isApple) => {
  const pressed = ["ctrl", "meta", "alt", "shift"].filter(
    (modifier) => /** @type {any} */ (event)[modifier + "Key"],
  );
  pressed.push(event.key?.toLowerCase().replace(" ", "space"));
  const wanted = combo
    .toLowerCase()
    .replace("mod", isApple ? "meta" : "ctrl")
    .split("+");
  return `${pressed.sort()}` === `${wanted.sort()}` && !event.repeat && !event.isComposing;
};
