import assert from "node:assert/strict";
import { test } from "node:test";
import { ancestors, pathOf } from "../../web/loader/scope.js";

/** A node with as much of the DOM as scopes are read from. */
function node(
  /** @type {string} */ localName,
  /** @type {Record<string, string>} */ attributes = {},
) {
  return {
    localName,
    getAttribute: (/** @type {string} */ name) => attributes[name] ?? null,
    /** @type {unknown} */ parentNode: undefined,
    /** @type {unknown} */ assignedSlot: undefined,
    /** @type {unknown} */ host: undefined,
  };
}

const page = node("track-page", { name: "explorer", type: "modal", category: "data" });
const outer = node("track-section", { name: "toolbar" });
const inner = node("track-section", { name: "filters" });

test("the path has the scopes outermost first, and nothing of other elements", () => {
  const path = pathOf([node("b"), inner, node("div", { name: "no" }), outer, page, {}]);
  assert.deepEqual(JSON.parse(JSON.stringify(path)), [
    { page: { name: "explorer", type: "modal", category: "data" } },
    { section: { name: "toolbar" } },
    { section: { name: "filters" } },
  ]);
});

test("a scope without a name does not count and is said once", (t) => {
  const warn = t.mock.method(console, "warn", () => {});
  assert.deepEqual(pathOf([node("track-section"), node("track-section", { name: "" })]), []);
  assert.equal(warn.mock.callCount(), 1);
});

test("ancestors cross slots and open shadow roots", () => {
  const [child, slot, root, host] = ["b", "slot", "#root", "my-panel"].map((name) => node(name));
  child.assignedSlot = slot;
  child.parentNode = host;
  slot.parentNode = root;
  root.host = host;
  assert.deepEqual(ancestors(child), [child, slot, root, host]);
});
