import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { Link } from "../../web/delivery/link.js";

/** @import { PageToWorker, WorkerToPage } from "../../web/protocol.js" */

/** @type {PageToWorker[]} */
const GREETING = [/** @type {any} */ ({ type: "open" }), { type: "facts", facts: [["a", "{}"]] }];
/** @type {PageToWorker} */
const FACTS = { type: "facts", facts: [["b", "{}"]] };

/** A candidate that writes down what it is told, and says what the test lets it say. */
class Worker {
  /** @type {string[]} */
  told = [];
  hasEnded = false;
  /** @type {(message: WorkerToPage) => void} */
  hear = () => {};
  /** @type {(reason: string) => void} */
  fail = () => {};

  /** @type {import("../../web/delivery/link.js").Candidate} */
  candidate = (hear, fail) => {
    this.hear = hear;
    this.fail = fail;
    return {
      post: (message) => this.told.push(message.type),
      end: () => (this.hasEnded = true),
    };
  };
}

/** @type {WorkerToPage[]} */
let heard = [];
const connect = (/** @type {import("../../web/delivery/link.js").Candidate[]} */ ...candidates) =>
  new Link(
    candidates,
    () => GREETING,
    (message) => heard.push(message),
  );
const opened = /** @type {const} */ ({ type: "opened" });

beforeEach(() => {
  heard = [];
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});

test("the first candidate is greeted, and stays when it has answered", () => {
  const [first, second] = [new Worker(), new Worker()];
  const link = connect(first.candidate, second.candidate);
  first.hear(opened);
  mock.timers.tick(60_000);
  link.post(FACTS);
  assert.deepEqual(first.told, ["open", "facts", "facts"]);
  assert.deepEqual([second.told, first.hasEnded], [[], false]);
});

test("one that throws, fails or does not answer within ten seconds makes way for the next", () => {
  const throwing = () => {
    throw new Error("denied");
  };
  const [failing, silent, last] = [new Worker(), new Worker(), new Worker()];
  connect(throwing, failing.candidate, silent.candidate, last.candidate);
  assert.deepEqual(failing.told, ["open", "facts"]);
  failing.fail("not found");
  assert.deepEqual([failing.hasEnded, silent.told], [true, ["open", "facts"]]);
  mock.timers.tick(9_999);
  assert.deepEqual(last.told, []);
  mock.timers.tick(1);
  assert.deepEqual([silent.hasEnded, last.told], [true, ["open", "facts"]]);
});

test("who takes the last hears that there is no worker, and why", () => {
  const [first, last] = [new Worker(), new Worker()];
  connect(first.candidate, last.candidate);
  assert.deepEqual(heard, []);
  first.fail("not found");
  assert.deepEqual(heard, [{ type: "failed", text: "not found" }]);
});

test("what was given up is not heard any more", () => {
  const [first, last] = [new Worker(), new Worker()];
  connect(first.candidate, last.candidate);
  first.fail("not found");
  heard = [];
  first.hear(opened);
  first.fail("again");
  assert.deepEqual([heard, last.hasEnded], [[], false]);
});

test("an error in a worker that has answered is no reason to give it up", () => {
  const [first, second] = [new Worker(), new Worker()];
  connect(first.candidate, second.candidate);
  first.hear(opened);
  first.fail("an error in it");
  assert.deepEqual([first.hasEnded, second.told], [false, []]);
});

test("one that answers nothing for 30 s, though facts came and it was asked, is replaced", () => {
  const [first, second, last] = [new Worker(), new Worker(), new Worker()];
  const link = connect(first.candidate, second.candidate, last.candidate);
  first.hear(opened);
  link.post(FACTS);
  mock.timers.tick(20_000);
  assert.deepEqual(first.told, ["open", "facts", "facts", "open"]);
  mock.timers.tick(10_000);
  assert.deepEqual([first.hasEnded, second.told], [true, ["open", "facts"]]);

  second.hear(opened);
  link.post(FACTS);
  mock.timers.tick(20_000);
  mock.timers.tick(10_000);
  assert.deepEqual([second.hasEnded, last.told], [false, []], "only once");
});

test("one that answers when asked stays: the collector may be away", () => {
  const [first, second] = [new Worker(), new Worker()];
  const link = connect(first.candidate, second.candidate);
  first.hear(opened);
  for (let times = 0; times < 3; times++) {
    link.post(FACTS);
    mock.timers.tick(20_000);
    first.hear(opened);
    mock.timers.tick(60_000);
  }
  assert.deepEqual([first.hasEnded, second.told], [false, []]);
});

test("nobody is expected to answer while the page may be frozen", () => {
  const [first, second] = [new Worker(), new Worker()];
  const link = connect(first.candidate, second.candidate);
  first.hear(opened);
  link.post(FACTS);
  link.post({ type: "hide" });
  mock.timers.tick(600_000);
  assert.deepEqual([first.hasEnded, second.told], [false, []]);
});
