import assert from "node:assert/strict";
import { test } from "node:test";
import { takeQueue } from "../../web/loader/queue.js";

/** Calls that write down what they are given. */
function recorder() {
  /** @type {unknown[][]} */
  const heard = [];
  const track = (/** @type {number} */ at, /** @type {unknown[]} */ ...args) =>
    heard.push([at, ...args]);
  return { heard, calls: { track } };
}

test("what waits is replayed in its order, with the times of the calls", () => {
  const { heard, calls } = recorder();
  takeQueue(
    {
      q: [
        ["track", ["a", { n: 1 }], 1000],
        ["track", ["b"], 2000],
      ],
    },
    calls,
  );
  assert.deepEqual(heard, [
    [1000, "a", { n: 1 }],
    [2000, "b"],
  ]);
});

test("functions that the page took from the stub go on to work", () => {
  const { heard, calls } = recorder();
  /** @type {{ q: any }} */
  const tracker = { q: [] };
  const taken = (/** @type {unknown[]} */ ...args) => tracker.q.push(["track", args, 3000]);
  takeQueue(tracker, calls);
  taken("late");
  assert.deepEqual(heard, [[3000, "late"]]);
});

test("a call that cannot be replayed does not keep the others back", (t) => {
  t.mock.method(console, "warn", () => {});
  const { heard, calls } = recorder();
  takeQueue({ q: [["nothing", [], 1], null, ["track", ["a"], 2]] }, calls);
  assert.deepEqual(heard, [[2, "a"]]);
});

test("without a snippet there is nothing to do", () => {
  takeQueue({}, recorder().calls);
});
