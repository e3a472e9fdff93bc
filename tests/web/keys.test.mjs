import assert from "node:assert/strict";
import { test } from "node:test";
import { matchesKeys } from "../../web/loader/keys.js";

/** A keydown of `key` with these modifiers down. */
const press = (/** @type {string} */ key, /** @type {object} */ more = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  repeat: false,
  isComposing: false,
  ...more,
});
const ctrl = { ctrlKey: true };
const meta = { metaKey: true };

test("Mod is the command key on Apple's machines and Ctrl elsewhere", () => {
  assert.equal(matchesKeys("Mod+Enter", press("Enter", ctrl), false), true);
  assert.equal(matchesKeys("Mod+Enter", press("Enter", meta), false), false);
  assert.equal(matchesKeys("Mod+Enter", press("Enter", meta), true), true);
  assert.equal(matchesKeys("Mod+Enter", press("Enter", ctrl), true), false);
});

test("the modifiers must be exactly those named, in any order and case", () => {
  const both = press("K", { ctrlKey: true, shiftKey: true });
  assert.equal(matchesKeys("Ctrl+Shift+K", both, false), true);
  assert.equal(matchesKeys("shift+ctrl+k", both, false), true);
  assert.equal(matchesKeys("Ctrl+K", both, false), false);
  assert.equal(matchesKeys("K", press("k"), false), true);
  assert.equal(matchesKeys("Alt+K", press("k"), false), false);
});

test("the space bar has a name", () => {
  assert.equal(matchesKeys("Ctrl+Space", press(" ", ctrl), false), true);
});

test("a key that is held down, or belongs to an input method, is no shortcut", () => {
  assert.equal(matchesKeys("Mod+Enter", press("Enter", { ...ctrl, repeat: true }), false), false);
  assert.equal(matchesKeys("Enter", press("Enter", { isComposing: true }), false), false);
});

test("an event without a key, such as autofill makes, is no shortcut", () => {
  assert.equal(matchesKeys("Enter", /** @type {any} */ ({ repeat: false }), false), false);
});
