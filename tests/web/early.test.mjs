/** Functions are compiled early for as long as there is nothing else to do. */
import assert from "node:assert/strict";
import test from "node:test";
import { compileEarly } from "../../web/runtime/early.js";

/**
 * A module's exports with `count` functions, each of which `does` something when it is called.
 *
 * @param {number} count
 * @param {(index: number) => void} [does]
 */
function hot(count, does = () => {}) {
  /** @type {[number, number][]} */
  const called = [];
  const asleep = { value: 0 };
  const get = (/** @type {number} */ index) => () => {
    called.push([index, asleep.value]);
    does(index);
  };
  const functions = { length: count, get };
  const exports = /** @type {any} */ ({ "early:functions": functions, "early:asleep": asleep });
  return { called, asleep, exports };
}

const never = new Promise(() => {});

test("each function is called once, while Python is asleep, which it is not afterwards", async () => {
  const { called, asleep, exports } = hot(5);
  await compileEarly(exports, never);
  assert.deepEqual(
    called,
    [0, 1, 2, 3, 4].map((index) => [index, 1]),
  );
  assert.equal(asleep.value, 0);
});

test("what is waited for ends it, whether it came or not", async () => {
  const offline = () => Promise.reject(new Error("offline"));
  for (const wait of [() => Promise.resolve(), offline]) {
    const { called, asleep, exports } = hot(1_000_000);
    await compileEarly(exports, wait());
    assert.ok(called.length < 1_000_000);
    assert.equal(asleep.value, 0);
  }
});

test("the worker gets to do something else meanwhile, and Python is not asleep then", async () => {
  /** @type {number[]} */
  const seen = [];
  const { asleep, exports } = hot(1_000_000, (index) => {
    if (index === 0) setTimeout(() => seen.push(asleep.value));
  });
  await compileEarly(exports, new Promise((resolve) => setTimeout(resolve, 20)));
  assert.deepEqual(seen, [0]);
});

test("a module that has nothing to compile early is left alone", async () => {
  await compileEarly({}, never);
});
