import assert from "node:assert/strict";
import { test } from "node:test";
import { Pages } from "../../web/worker/pages.js";
import { inOrder, Records, sift } from "../../web/worker/records.js";

/** @import { FactText } from "../../web/protocol.js" */

const facts = (/** @type {string[]} */ ...ids) =>
  ids.map((id) => /** @type {FactText} */ ([id, `{"id":"${id}"}`]));

test("a fact is held until it is settled, by page and in the order of its coming", () => {
  const records = new Records();
  records.add(0, facts("a", "b"));
  records.add(1, facts("c"));
  records.add(0, facts("d"));
  assert.deepEqual(records.settle(["b", "unknown"]), ["b"]);
  assert.deepEqual(
    records.byPage(),
    new Map([
      [0, facts("a", "d")],
      [1, facts("c")],
    ]),
  );
  assert.equal(records.size, 3);
});

test("a fact that comes again is held, not new, and stays with its first page", () => {
  const records = new Records();
  records.add(0, facts("a"));
  const { fresh, held, settled } = records.add(1, facts("a", "b"));
  assert.deepEqual([fresh, held, settled], [facts("b"), facts("a", "b"), []]);
  assert.deepEqual(
    records.byPage(),
    new Map([
      [0, facts("a")],
      [1, facts("b")],
    ]),
  );
});

test("a fact that is settled does not come back, even if it is heard of only afterwards", () => {
  const records = new Records();
  records.add(0, facts("a"));
  records.settle(["a", "b"]);
  const { fresh, held, settled } = records.add(0, facts("a", "b", "c"));
  assert.deepEqual([fresh, held, settled], [facts("c"), facts("c"), ["a", "b"]]);
});

test("what is forgotten does not come back", () => {
  const records = new Records();
  records.add(0, facts("a"));
  records.forget();
  assert.equal(records.size, 0);
  assert.deepEqual(records.add(0, facts("a")).fresh, []);
});

test("settled ids are remembered up to a bound, the last ones longest", () => {
  const records = new Records(2);
  records.settle(["a", "b", "c"]);
  assert.deepEqual(records.add(0, facts("a", "b", "c")).settled, ["b", "c"]);
});

test("page loads that share everything share a number", () => {
  const pages = new Pages();
  const load = (/** @type {string} */ name, writeKey = "k") =>
    /** @type {any} */ ({ environment: { app: { name } }, settings: { writeKey } });
  const first = pages.numberOf(load("a"));
  assert.equal(pages.numberOf(load("a")), first);
  const others = [pages.numberOf(load("b")), pages.numberOf(load("a", "other"))];
  assert.equal(new Set([first, ...others]).size, 3);
  assert.deepEqual(pages.load(others[0]), load("b"));
  const rows = ["x", "y"].map((id) => ({ id, text: `{"id":"${id}"}`, ...load("a") }));
  rows.splice(1, 0, { id: "z", text: "{}", ...load("b") });
  assert.deepEqual(
    pages.group(rows),
    new Map([
      [first, facts("x", "y")],
      [others[0], [["z", "{}"]]],
    ]),
  );
});

test("what comes back from a storage as something else is told from facts", () => {
  /** @type {FactText[]} */
  const others = [
    ["c", "{"],
    ["d", '{"id":"e"}'],
    ["f", "null"],
    ["g", '"g"'],
  ];
  const [a, b] = facts("a", "b");
  const { sound, broken } = sift([a, ...others, b]);
  assert.deepEqual(sound, [a, b]);
  assert.deepEqual(broken, ["c", "d", "f", "g"]);
});

test("rows of a database come in the order of their happening, what cannot be read first", () => {
  const row = (/** @type {number} */ at) => ({ text: JSON.stringify({ at }) });
  const rows = [row(3), row(1), { text: "{" }, row(2), row(1e13), row(0)];
  assert.deepEqual(
    inOrder(rows).map(({ text }) => text),
    ["{", '{"at":0}', '{"at":1}', '{"at":2}', '{"at":3}', '{"at":10000000000000}'],
  );
});
