import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

/** @type {Map<string, string>} */
const storage = new Map();
const localStorage = new Proxy(/** @type {Record<string, string>} */ ({}), {
  set: (_target, key, value) => Boolean(storage.set(String(key), value)),
  deleteProperty: (_target, key) => (storage.delete(String(key)), true),
});
/** @type {string[]} */
const beacons = [];
/** How many beacons the browser takes. */
let quota = Infinity;
const page = {
  document: { currentScript: null },
  screen: {},
  location: {},
  devicePixelRatio: 1,
  innerWidth: 1,
  innerHeight: 1,
  __TRACKER_VERSION__: "0",
  localStorage,
};
Object.assign(globalThis, page);
Object.defineProperty(globalThis, "navigator", {
  value: {
    sendBeacon: (/** @type {string} */ _url, /** @type {string} */ body) =>
      beacons.length < quota && beacons.push(body),
  },
});
const { drop, keep, spool, unbeaconed, unstored } = await import("../../web/loader/spool.js");
const { leave } = await import("../../web/loader/beacon.js");

const MAX_BYTES = 60 * 1024;
const put = (/** @type {string} */ id, length = 10) =>
  keep(id, JSON.stringify({ id, text: "ä".repeat(length) }));
const sent = () =>
  beacons.flatMap((body) => JSON.parse(body).facts.map((/** @type {any} */ fact) => fact.id));
const journalled = () =>
  [...storage.values()].flatMap((text) =>
    JSON.parse(text).facts.map((/** @type {any} */ { id }) => id),
  );

beforeEach(() => {
  drop(spool.keys());
  storage.clear();
  beacons.length = 0;
  quota = Infinity;
});

test("what fits into one beacon is one, and each fact is beaconed once", () => {
  put("a");
  put("b");
  leave();
  leave();
  assert.equal(beacons.length, 1);
  assert.deepEqual(sent(), ["a", "b"]);
});

test("more is split, keeps its order and loses nothing; no beacon is too large, in bytes", () => {
  const ids = Array.from({ length: 101 }, (_, n) => `id${n}`);
  ids.forEach((id, n) => put(id, 500 + 37 * n));
  leave();
  assert.deepEqual(sent(), ids);
  assert.ok(beacons.length > 1);
  for (const body of beacons) assert.ok(Buffer.byteLength(body) <= MAX_BYTES);
});

test("what the browser refuses as a beacon is fetched instead, where its quota does not count", (t) => {
  const fetched = t.mock.method(globalThis, "fetch", async () => new Response());
  put("a");
  leave();
  quota = beacons.length;
  put("b");
  leave();
  assert.deepEqual(sent(), ["a"]);
  const [[, request]] = fetched.mock.calls.map(({ arguments: given }) => given);
  assert.deepEqual(JSON.parse(String(request?.body)).facts[0].id, "b");
  assert.equal(request?.keepalive, false);
});

test("a fact that is too large alone is a beacon of its own", () => {
  put("small");
  put("large", MAX_BYTES);
  leave();
  assert.deepEqual(
    beacons.map((body) => JSON.parse(body).facts.length),
    [1, 1],
  );
});

test("the journal has what is not on disk, and goes when all of it is", () => {
  put("a");
  put("b");
  put("c");
  drop(["a"], [unstored]);
  drop(["b"]);
  leave();
  assert.deepEqual(journalled(), ["c"]);
  assert.deepEqual(sent(), ["a", "c"]);
  drop(["c"], [unstored]);
  assert.equal(storage.size, 0);
  assert.deepEqual([...spool.keys()], ["a", "c"]);
});

test("a journal that would take the page's storage away is not written, which is said", (t) => {
  const warn = t.mock.method(console, "warn", () => {});
  for (let n = 0; n < 20; n++) put(`id${n}`, 20_000);
  leave();
  assert.equal(storage.size, 0);
  assert.equal(warn.mock.callCount(), 1);
});

test("beyond ten thousand the oldest goes, counted and said", (t) => {
  const warn = t.mock.method(console, "warn", () => {});
  for (let n = 0; n < 12_500; n++) put(`id${n}`, 1);
  assert.equal(spool.size, 10_000);
  assert.deepEqual([spool.keys().next().value, unbeaconed.has("id0")], ["id2500", false]);
  assert.deepEqual(
    warn.mock.calls.map(({ arguments: [text] }) => text),
    ["1", "1001", "2001"].map((count) => "[tracker] Lost events: " + count),
  );
});
