import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { Hub } from "../../web/worker/hub.js";
import { Origin } from "./origin.mjs";

/** @import { FactText } from "../../web/protocol.js" */

const OPEN = /** @type {any} */ ({
  type: "open",
  environment: { app: { name: "app" } },
  settings: { endpoint: "https://t.example", writeKey: "k", debug: false },
});
const START = /** @type {const} */ ({ type: "start", python: true });

/** @type {Origin} */
let origin;
beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  origin = new Origin();
});

/** All that follows by itself has happened. */
const quiet = async () => {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** A worker with a page, and a Python that writes down the ids of the facts it is told. */
class Worker {
  /** @type {string[]} */
  told = [];
  /** The types of all that it is told. @type {string[]} */
  messages = [];
  /** @type {any[]} */
  heard = [];
  /** @type {(message: object) => void} */
  says = () => {};
  #hub;
  #port = { postMessage: (/** @type {any} */ message) => this.heard.push(message) };

  constructor({ isDedicated = false } = {}) {
    this.#hub = new Hub(isDedicated, {
      bootPython: async (send) => {
        this.says = (message) => send(JSON.stringify(message));
        return { handleMessage: (text) => this.#take(text), loadWheel: async () => {} };
      },
      startRaw: () => (text) => this.#take(text),
      network: /** @type {any} */ ({ abort() {} }),
      files: /** @type {any} */ ({ loadAhead() {} }),
    });
    this.post(OPEN, START);
  }

  post(/** @type {any[]} */ ...messages) {
    for (const message of messages) this.#hub.hear(this.#port, message);
  }

  track(/** @type {string[]} */ ...ids) {
    const facts = ids.map((id) => /** @type {FactText} */ ([id, JSON.stringify({ id })]));
    this.post({ type: "facts", facts });
  }

  /** The ids that the page was told are `stored` or `settled`. */
  ids(/** @type {string} */ type) {
    return this.heard.flatMap((message) => (message.type === type ? message.ids : []));
  }

  #take(/** @type {string} */ text) {
    const { type, facts = [] } = JSON.parse(text);
    this.messages.push(type);
    this.told.push(...facts.map((/** @type {{ id: string }} */ { id }) => id));
  }
}

test("a fact is on disk until the collector has acknowledged it, and not after", async () => {
  const worker = new Worker();
  worker.track("a", "b");
  await quiet();
  assert.deepEqual(
    [worker.told, worker.ids("stored")],
    [
      ["a", "b"],
      ["a", "b"],
    ],
  );
  assert.deepEqual(origin.ids(), ["a", "b"]);
  worker.says({ type: "settled", ids: ["a"] });
  await quiet();
  assert.deepEqual([origin.ids(), worker.ids("settled")], [["b"], ["a"]]);
});

test("what the disk does not take is not called stored, and is delivered all the same", async () => {
  origin.isFull = true;
  const worker = new Worker();
  worker.track("a");
  await quiet();
  assert.deepEqual([worker.told, worker.ids("stored")], [["a"], []]);
  assert.match(worker.heard.find(({ type }) => type === "report").text, /kept in memory only/);
  worker.says({ type: "settled", ids: ["a"] });
  assert.deepEqual(worker.ids("settled"), ["a"]);
});

test("one of two workers sends for both, and each page hears what became of its facts", async () => {
  const [owner, other] = [new Worker(), new Worker()];
  await quiet();
  other.track("a");
  await quiet();
  assert.deepEqual([owner.told, other.told, other.ids("stored")], [["a"], [], ["a"]]);
  owner.says({ type: "settled", ids: ["a"] });
  await quiet();
  assert.deepEqual([other.ids("settled"), origin.ids()], [["a"], []]);
});

test("who takes over from an owner that died sends what that one had, and what it holds itself, once", async () => {
  const [owner, heir] = [new Worker(), new Worker()];
  await quiet();
  owner.track("of.owner", "acknowledged");
  heir.track("of.heir");
  await quiet();
  owner.says({ type: "settled", ids: ["acknowledged"] });
  await quiet();
  origin.die(0);
  await quiet();
  assert.deepEqual(heir.told.sort(), ["of.heir", "of.owner"]);
  heir.says({ type: "settled", ids: ["of.owner", "of.heir"] });
  await quiet();
  assert.deepEqual(origin.ids(), []);
});

test("a new owner is told what others hold in memory, where there is no disk", async () => {
  origin.isFull = true;
  const [, heir, third] = [new Worker(), new Worker(), new Worker()];
  await quiet();
  third.track("a");
  await quiet();
  origin.die(0);
  await quiet();
  assert.deepEqual([heir.told, third.told], [["a"], []]);
});

test("an owner that says nothing for 30 s, though it was asked, is replaced", async () => {
  navigator.locks.request("tracker", {}, () => new Promise(() => {})).catch(() => {});
  const worker = new Worker();
  worker.track("a");
  await quiet();
  mock.timers.tick(29_999);
  await quiet();
  assert.deepEqual([worker.told, origin.ids()], [[], ["a"]]);
  mock.timers.tick(1);
  await quiet();
  assert.deepEqual(worker.told, ["a"]);
});

test("an owner that answers stays, however long the collector takes", async () => {
  const [owner, other] = [new Worker(), new Worker()];
  await quiet();
  other.track("a");
  await quiet();
  mock.timers.tick(60_000);
  await quiet();
  assert.deepEqual([owner.told, other.told], [["a"], []]);
});

test("an owner from whom the sending is taken stops, and waits in line for it", async () => {
  const worker = new Worker();
  await quiet();
  /** @type {(value?: unknown) => void} */
  let release = () => {};
  navigator.locks.request("tracker", { steal: true }, () => new Promise((end) => (release = end)));
  await quiet();
  worker.track("a");
  await quiet();
  assert.deepEqual([worker.told, origin.ids()], [[], ["a"]]);
  release();
  await quiet();
  assert.deepEqual(worker.told, ["a"]);
});

test("a page that has not heard that its fact is settled is told again, and it is not sent again", async () => {
  const worker = new Worker();
  worker.track("a");
  await quiet();
  worker.says({ type: "settled", ids: ["a"] });
  worker.track("a");
  await quiet();
  assert.deepEqual([worker.told, worker.ids("settled")], [["a"], ["a", "a"]]);
});

test("what is found on disk though it is settled is erased, and not sent", async () => {
  const worker = new Worker({ isDedicated: true });
  worker.track("a");
  await quiet();
  const [row] = origin.rows.values();
  worker.says({ type: "settled", ids: ["a"] });
  await quiet();
  worker.post({ type: "hide" });
  await quiet();
  origin.rows.set("a", row);
  worker.post({ type: "show" });
  await quiet();
  assert.deepEqual([worker.told, origin.ids()], [["a"], []]);
});

test("a denial in one tab erases what all workers hold", async () => {
  const [owner, other] = [new Worker(), new Worker()];
  await quiet();
  other.track("a");
  await quiet();
  owner.post({ type: "forget" });
  await quiet();
  origin.die(0);
  await quiet();
  assert.deepEqual([origin.ids(), other.told], [[], []]);
});

test("what a denial erases is neither on disk nor sent, though it was being read", async () => {
  const row = {
    id: "old",
    text: '{"id":"old"}',
    environment: OPEN.environment,
    settings: OPEN.settings,
  };
  origin.rows.set("old", row);
  const resume = origin.pause();
  const worker = new Worker();
  await quiet();
  worker.track("a");
  worker.post({ type: "forget" });
  assert.equal(worker.messages.at(-1), "forget");
  resume();
  await quiet();
  assert.deepEqual([origin.ids(), worker.told], [[], ["a"]]);
});

test("a worker that is frozen with its page lets another send, and comes back to what is left", async () => {
  const frozen = new Worker({ isDedicated: true });
  const other = new Worker();
  await quiet();
  frozen.track("a");
  await quiet();
  frozen.post({ type: "hide" });
  assert.equal(frozen.messages.at(-1), "forget", "it would send, too");
  await quiet();
  assert.deepEqual([frozen.told, other.told], [["a"], ["a"]]);
  frozen.post({ type: "show" });
  other.says({ type: "settled", ids: ["a"] });
  await quiet();
  assert.deepEqual([frozen.ids("settled"), origin.ids()], [["a"], []]);
});
