import assert from "node:assert/strict";
import { test } from "node:test";
import { chunksOf } from "../../web/loader/spool.js";

const MAX = 60 * 1024;
const sizes = /** @type {Record<string, number>} */ ({});
const bodyOf = (/** @type {string[]} */ ids) => ids.map((id) => "ä".repeat(sizes[id] / 2)).join("");
const bytes = (/** @type {string[]} */ ids) => Buffer.byteLength(bodyOf(ids));

test("what fits into one beacon is one chunk", () => {
  Object.assign(sizes, { a: 10, b: 20, c: MAX - 30 });
  assert.deepEqual(chunksOf(["a", "b", "c"], bodyOf), [["a", "b", "c"]]);
});

test("more is split, keeps its order and loses nothing; no chunk is too large, in bytes", () => {
  const ids = Array.from({ length: 101 }, (_, n) => `id${n}`);
  ids.forEach((id, n) => (sizes[id] = 2 * (500 + 37 * n)));
  const chunks = chunksOf(ids, bodyOf);
  assert.deepEqual(chunks.flat(), ids);
  assert.ok(chunks.length > 1);
  for (const chunk of chunks) assert.ok(bytes(chunk) <= MAX, `${bytes(chunk)} bytes`);
});

test("a fact that is too large alone is a chunk of its own", () => {
  Object.assign(sizes, { small: 10, large: 2 * MAX });
  assert.deepEqual(chunksOf(["small", "large"], bodyOf), [["small"], ["large"]]);
});
