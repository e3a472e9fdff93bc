import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Journals } from "../../web/delivery/journals.js";

const settings = { endpoint: "https://t.example", writeKey: "k&1", debug: false };
const PREFIX = "tracker:https://t.example/v1/raw?writeKey=k%261#";
const environment = /** @type {any} */ ({ app: { name: "acme_webapp" } });
const journal = (/** @type {string[]} */ ...ids) =>
  JSON.stringify({ environment, facts: ids.map((id) => ({ id, at: 1 })), sentAt: "then" });
/** @type {Record<string, string>} */
let storage = {};

beforeEach(() => {
  storage = {};
  Object.assign(globalThis, { localStorage: storage });
});

test("a journal is replayed with its page's environment, and the facts as they were written", () => {
  storage[PREFIX + "page-1"] = journal("a", "b");
  assert.deepEqual(new Journals(settings).replays(), [
    {
      type: "replay",
      environment,
      facts: [
        ["a", '{"id":"a","at":1}'],
        ["b", '{"id":"b","at":1}'],
      ],
    },
  ]);
  assert.deepEqual(Object.keys(storage), [PREFIX + "page-1"], "until it is known elsewhere");
});

test("it is removed once all of it is on disk or settled, and others stay", () => {
  storage[PREFIX + "page-1"] = journal("a", "b");
  storage[PREFIX + "page-2"] = journal("c");
  const journals = new Journals(settings);
  journals.remove(["a"]);
  assert.deepEqual([journals.has("a"), journals.has("b")], [false, true]);
  assert.equal(Object.keys(storage).length, 2);
  journals.remove(["b"]);
  assert.deepEqual(Object.keys(storage), [PREFIX + "page-2"]);
  assert.equal(journals.replays().length, 1);
});

test("what its page, alive in another tab, has written anew meanwhile is not removed", () => {
  storage[PREFIX + "page-1"] = journal("a");
  const journals = new Journals(settings);
  storage[PREFIX + "page-1"] = journal("a", "b");
  journals.remove(["a"]);
  assert.deepEqual(Object.keys(storage), [PREFIX + "page-1"]);
});

test("another key's, another endpoint's and anything else in storage is left alone", () => {
  storage = {
    "tracker:https://t.example/v1/raw?writeKey=k%2612#page-1": journal("a"),
    "tracker:https://u.example/v1/raw?writeKey=k%261#page-1": journal("b"),
    tracker: "{}",
    "tracker.consent": "granted",
    theme: "dark",
  };
  Object.assign(globalThis, { localStorage: storage });
  const before = { ...storage };
  const journals = new Journals(settings);
  journals.remove(["a", "b"]);
  assert.deepEqual([journals.replays(), storage], [[], before]);
});

test("what is no journal is removed", () => {
  for (const [n, text] of [
    "{",
    "null",
    "7",
    "{}",
    '{"facts":7}',
    '{"facts":[null]}',
    '{"facts":[{}]}',
  ].entries()) {
    storage[PREFIX + n] = text;
  }
  assert.deepEqual(new Journals(settings).replays(), []);
  assert.deepEqual(storage, {});
});

test("without storage there is none", () => {
  Object.defineProperty(globalThis, "localStorage", {
    get() {
      throw new Error("denied");
    },
    configurable: true,
  });
  const journals = new Journals(settings);
  journals.remove(["a"]);
  assert.deepEqual(journals.replays(), []);
  Object.defineProperty(globalThis, "localStorage", { value: storage, writable: true });
});

test("when everything is erased, nothing is replayed to who comes next", () => {
  storage[PREFIX + "page-1"] = journal("a");
  const journals = new Journals(settings);
  journals.forget();
  assert.deepEqual(journals.replays(), []);
});
