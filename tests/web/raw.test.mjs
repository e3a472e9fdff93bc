import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "../../web/transport/lane.js";
import { RawCourier } from "../../web/transport/raw.js";

const MAX_BODY_BYTES = 60 * 1024;
const SETTINGS = { endpoint: "https://t.example", writeKey: "a b", debug: false };

/**
 * A courier, the clock it goes by, and what it said. A draw of `random` is `draw`.
 *
 * @param {Partial<typeof LIMITS>} [limits]
 */
function world(limits) {
  /** @type {any} */
  const state = {
    now: 1000,
    draw: 0.5,
    /** @type {any[]} */
    said: [],
    /** When it wants to be woken. @type {number | undefined} */
    wakeAt: undefined,
    tell: (/** @type {object} */ message) => courier.handle(JSON.stringify(message)),
    open: (/** @type {number} */ page, settings = SETTINGS) =>
      state.tell({ type: "open", page, environment: { app: { name: `app${page}` } }, settings }),
    add: (/** @type {number} */ page, /** @type {string[]} */ ...ids) =>
      state.tell({ type: "facts", page, facts: ids.map((id) => ({ id })) }),
    answer: (/** @type {number} */ request, /** @type {number} */ status, rest = {}) =>
      state.tell({ type: "answer", request, status, retryAfter: null, body: "{}", ...rest }),
    /** Let time pass, with a wake where one was asked for. */
    pass(/** @type {number} */ ms) {
      const until = state.now + ms;
      while (state.wakeAt !== undefined && state.wakeAt <= until) {
        state.now = Math.max(state.now, state.wakeAt);
        state.wakeAt = undefined;
        state.tell({ type: "wake" });
      }
      state.now = until;
    },
    /** What was said of this type, which is then forgotten. */
    take(/** @type {string} */ type) {
      const taken = state.said.filter((/** @type {any} */ message) => message.type === type);
      state.said = state.said.filter((/** @type {any} */ message) => message.type !== type);
      return taken;
    },
    idsOf: (/** @type {any} */ post) =>
      JSON.parse(post.body).facts.map((/** @type {{ id: string }} */ fact) => fact.id),
    /** The one post that was said, with its ids. */
    posted() {
      const posts = state.take("post");
      assert.equal(posts.length, 1);
      return { ...posts[0], ids: state.idsOf(posts[0]) };
    },
  };
  const courier = new RawCourier({
    send(text) {
      const message = JSON.parse(text);
      if (message.type === "wakeAfter") state.wakeAt = state.now + message.ms;
      else state.said.push(message);
    },
    elapsed: () => state.now,
    date: () => new Date("2026-01-02T03:04:05.678Z"),
    random: () => state.draw,
    limits: { ...LIMITS, ...limits },
  });
  return state;
}

test("facts wait for company and go in one body that the collector knows", () => {
  const it = world();
  it.open(1);
  it.add(1, "a");
  it.pass(150);
  it.add(1, "b");
  assert.deepEqual(it.said, []);
  it.pass(50);
  const post = it.posted();
  assert.equal(post.url, "https://t.example/v1/raw?writeKey=a%20b");
  assert.deepEqual(JSON.parse(post.body), {
    environment: { app: { name: "app1" } },
    facts: [{ id: "a" }, { id: "b" }],
    sentAt: "2026-01-02T03:04:05.678Z",
  });
  it.answer(post.request, 200);
  assert.deepEqual(it.take("settled"), [{ type: "settled", ids: ["a", "b"] }]);
  it.pass(1e9);
  assert.deepEqual(it.said, []);
});

test("a flush does not wait for company, but for a backoff", () => {
  const it = world();
  it.open(1);
  it.add(1, "a");
  it.tell({ type: "flush" });
  it.answer(it.posted().request, 500);
  it.tell({ type: "flush" });
  assert.deepEqual(it.said, []);
  it.pass(500); // half of the first second, by the draw
  assert.deepEqual(it.posted().ids, ["a"]);
});

test("each page's facts go with its own environment, and one post per collector is under way", () => {
  const it = world();
  it.open(1);
  it.open(2);
  it.add(1, "a");
  it.add(2, "b");
  it.add(1, "c");
  it.tell({ type: "flush" });
  const first = it.posted();
  assert.deepEqual([JSON.parse(first.body).environment.app.name, ...first.ids], ["app1", "a", "c"]);
  it.answer(first.request, 200);
  const second = it.posted();
  assert.deepEqual([JSON.parse(second.body).environment.app.name, ...second.ids], ["app2", "b"]);
});

test("a collector that is down does not keep back what is for another", () => {
  const it = world();
  it.open(1);
  it.open(2, { ...SETTINGS, endpoint: "https://other.example" });
  it.add(1, "a");
  it.add(2, "b");
  it.tell({ type: "flush" });
  const [down, up] = it.take("post");
  it.answer(down.request, 0);
  it.answer(up.request, 200);
  assert.deepEqual(it.take("settled"), [{ type: "settled", ids: ["b"] }]);
  it.add(2, "c");
  it.pass(200);
  assert.deepEqual(it.posted().ids, ["c"]);
});

test("Retry-After holds, whatever the jitter draws and though the network comes back", () => {
  for (const status of [429, 503]) {
    const it = world();
    it.draw = 0;
    it.open(1);
    it.add(1, "a");
    it.pass(200);
    it.answer(it.posted().request, status, { retryAfter: "7" });
    it.tell({ type: "online" });
    it.pass(6999);
    assert.deepEqual(it.said, []);
    it.pass(1);
    assert.deepEqual(it.posted().ids, ["a"]);
  }
});

test("the backoff doubles up to its limit, and ends when the network comes back", () => {
  const it = world();
  it.draw = 1;
  it.open(1);
  it.add(1, "a");
  it.pass(200);
  let request = it.posted().request;
  for (const seconds of [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]) {
    it.answer(request, 503);
    it.pass(seconds * 1000 - 1);
    assert.deepEqual(it.said, [], `before ${seconds} s`);
    it.pass(1);
    request = it.posted().request;
  }
  it.answer(request, 0);
  it.tell({ type: "online" });
  assert.deepEqual(it.posted().ids, ["a"]);
});

test("after the network came back the backoff begins anew", () => {
  const it = world();
  it.draw = 1;
  it.open(1);
  it.add(1, "a");
  it.pass(200);
  it.answer(it.posted().request, 0);
  it.tell({ type: "online" });
  it.answer(it.posted().request, 0);
  it.pass(999);
  assert.deepEqual(it.take("post"), []);
  it.pass(1);
  assert.deepEqual(it.posted().ids, ["a"]);
});

test("a flush is over when all that was there is sent", () => {
  const it = world();
  it.open(1);
  it.add(1, "a");
  it.tell({ type: "flush" });
  it.answer(it.posted().request, 200);
  it.add(1, "b");
  assert.deepEqual(it.take("post"), []);
  it.pass(200);
  assert.deepEqual(it.posted().ids, ["b"]);
});

test("nobody is waited for longer than an hour", () => {
  const it = world();
  it.open(1);
  it.add(1, "a");
  it.pass(200);
  it.answer(it.posted().request, 503, { retryAfter: "86400" });
  it.pass(3_599_999);
  assert.deepEqual(it.take("post"), []);
  it.pass(1);
  assert.deepEqual(it.posted().ids, ["a"]);
});

test("what is too large together goes in halves, and alone is reported and given up", () => {
  const it = world();
  it.open(1);
  it.add(1, "a", "b", "c");
  it.tell({ type: "flush" });
  it.answer(it.posted().request, 413);
  const first = it.posted();
  assert.deepEqual(first.ids, ["a"]);
  it.answer(first.request, 413);
  assert.deepEqual(it.take("settled"), [{ type: "settled", ids: ["a"] }]);
  const [report] = it.take("report");
  assert.deepEqual(report.ids, ["a"]);
  assert.match(report.text, /1 events were not stored: the collector answered 413/);
  const second = it.posted();
  assert.deepEqual(second.ids, ["b"]);
  it.answer(second.request, 200);
  assert.deepEqual(it.posted().ids, ["c"]);
});

test("what the collector refuses for good is said once and not sent again", () => {
  for (const status of [304, 400, 401, 404]) {
    const it = world();
    it.open(1);
    it.add(1, "a", "b");
    it.pass(200);
    it.answer(it.posted().request, status);
    assert.deepEqual(it.take("report")[0].ids, ["a", "b"]);
    assert.deepEqual(it.take("settled"), [{ type: "settled", ids: ["a", "b"] }]);
    it.pass(1e9);
    assert.deepEqual(it.said, []);
  }
});

test("a single fact that is refused is reported by its id; the others are stored", () => {
  const it = world();
  it.open(1);
  it.add(1, "a", "b");
  it.pass(200);
  const refusals = [{ index: 0, messageId: "a", code: "x", field: "name", message: "is no name" }];
  it.answer(it.posted().request, 200, { body: JSON.stringify({ refusals }) });
  assert.deepEqual(it.take("report"), [
    { type: "report", text: "refused by the collector: name: is no name", ids: ["a"] },
  ]);
  assert.deepEqual(it.take("settled"), [{ type: "settled", ids: ["a", "b"] }]);
});

test("an answer that is not the collector's own settles all the same", () => {
  for (const body of ["", "<html>", "null", "[]", '{"refusals":{}}', '{"refusals":[null]}']) {
    const it = world();
    it.open(1);
    it.add(1, "a");
    it.pass(200);
    it.answer(it.posted().request, 200, { body });
    assert.deepEqual(it.take("settled"), [{ type: "settled", ids: ["a"] }], body);
  }
});

test("after forget nothing is sent, and answers to what was under way mean nothing", () => {
  const it = world();
  it.open(1);
  it.add(1, "a");
  it.pass(200);
  const { request } = it.posted();
  it.add(1, "b");
  it.tell({ type: "forget" });
  it.tell({ type: "flush" });
  it.tell({ type: "online" });
  it.pass(1e9);
  assert.deepEqual(it.said, []);
  it.add(1, "c");
  it.pass(200);
  const later = it.posted();
  assert.deepEqual(later.ids, ["c"]);
  it.answer(request, 200);
  assert.deepEqual(it.said, []);
  it.answer(later.request, 200);
  assert.deepEqual(it.take("settled"), [{ type: "settled", ids: ["c"] }]);
});

test("a body stays within its bytes, environment and all", () => {
  const it = world();
  const environment = { app: { name: "ä".repeat(10_000) } };
  it.tell({ type: "open", page: 1, environment, settings: SETTINGS });
  const facts = Array.from({ length: 100 }, (_, n) => ({ id: `id${n}`, text: "ä".repeat(300) }));
  it.tell({ type: "facts", page: 1, facts });
  const ids = [];
  for (let n = 0; n < 2; n++) {
    it.pass(200);
    const post = it.posted();
    const bytes = Buffer.byteLength(post.body);
    assert.ok(bytes <= MAX_BODY_BYTES, `${bytes} bytes`);
    ids.push(...post.ids);
    it.answer(post.request, 200);
    if (n === 0) assert.ok(bytes > MAX_BODY_BYTES - 700, `only ${bytes} bytes`);
  }
  assert.deepEqual(
    ids,
    facts.map(({ id }) => id),
  );
});

test("beyond its bounds the oldest are dropped, counted and said, but not line by line", () => {
  const it = world({ queueCount: 10 });
  it.open(1);
  it.add(1, "under way");
  it.pass(200);
  const { request } = it.posted();
  for (let n = 0; n < 100; n++) it.add(1, `id${n}`);
  assert.deepEqual(
    it.take("settled").flatMap((/** @type {any} */ { ids }) => ids),
    Array.from({ length: 91 }, (_, n) => `id${n}`),
  );
  const counts = it.take("report").map((/** @type {any} */ { text }) => parseInt(text));
  assert.deepEqual(counts, [1, 2, 4, 8, 16, 32, 64]);
  it.answer(request, 200);
  it.pass(200);
  assert.equal(it.posted().ids.length, 9);
});

test("the bound in bytes holds, too", () => {
  const it = world({ queueBytes: 1000 });
  it.open(1);
  it.tell({ type: "facts", page: 1, facts: [{ id: "a" }, { id: "b", text: "x".repeat(1000) }] });
  assert.deepEqual(
    it.take("settled").flatMap((/** @type {any} */ { ids }) => ids),
    ["a", "b"],
  );
  it.add(1, "c");
  it.pass(200);
  assert.deepEqual(it.posted().ids, ["c"]);
});

test("what comes again takes no room, nor does what was forgotten", () => {
  const it = world({ queueBytes: 100 });
  it.open(1);
  const fact = { id: "a", text: "x".repeat(40) };
  for (let times = 0; times < 3; times++) it.tell({ type: "facts", page: 1, facts: [fact] });
  assert.deepEqual(it.take("settled"), []);
  it.tell({ type: "forget" });
  it.tell({ type: "facts", page: 1, facts: [{ ...fact, id: "b", text: "x".repeat(70) }] });
  assert.deepEqual(it.take("settled"), []);
});

/** The same numbers for the same seed (mulberry32). */
function randomFrom(/** @type {number} */ seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

test("under any order of answers nothing unacknowledged is lost, and nothing settled goes again", () => {
  let retries = 0;
  for (let seed = 1; seed <= 300; seed++) {
    const random = randomFrom(seed);
    const pick = (/** @type {any[]} */ choices) => choices[Math.floor(random() * choices.length)];
    const it = world({ batchCount: pick([1, 3, 500]) });
    const added = new Set();
    const settled = new Set();
    const stored = new Set();
    const given = new Set(); // up by a 4xx, which is said
    /** @type {any[]} */
    let underWay = [];
    [1, 2, 3].forEach((page) =>
      it.open(page, page === 3 ? { ...SETTINGS, writeKey: "other" } : SETTINGS),
    );

    const look = () => {
      for (const { ids } of it.take("settled")) {
        for (const id of ids) {
          assert.ok(stored.has(id) || given.has(id), `seed ${seed}: ${id} was settled, not stored`);
          assert.ok(!settled.has(id), `seed ${seed}: ${id} was settled twice`);
          settled.add(id);
        }
      }
      for (const post of it.take("post")) {
        const ids = it.idsOf(post);
        assert.ok(
          ids.length === 1 || Buffer.byteLength(post.body) <= MAX_BODY_BYTES,
          `seed ${seed}: a body of ${Buffer.byteLength(post.body)} bytes`,
        );
        for (const id of ids) assert.ok(!settled.has(id), `seed ${seed}: ${id} was sent again`);
        const urls = underWay.map(({ url }) => url);
        assert.ok(!urls.includes(post.url), `seed ${seed}: two posts to one URL`);
        underWay.push({ ...post, ids });
      }
    };
    const answer = (/** @type {number} */ status) => {
      const post = pick(underWay);
      if (!post) return;
      underWay = underWay.filter((other) => other !== post);
      // An answer that is lost (0) says nothing of whether the request arrived.
      if (status === 200 || (status === 0 && random() < 0.5)) post.ids.forEach(stored.add, stored);
      const isFinal = status === 400 || (status === 413 && post.ids.length === 1);
      if (isFinal) post.ids.forEach(given.add, given);
      if (status !== 200 && !isFinal) retries++;
      it.answer(post.request, status, { retryAfter: pick([null, "0", "3", "soon"]) });
    };

    for (let step = 0; step < 60; step++) {
      const what = random();
      if (what < 0.4) {
        const id = `${seed}-${added.size}`;
        added.add(id);
        const text = "ä".repeat(pick([1, 100, 20_000]));
        const facts = [{ id, text }];
        it.tell({ type: "facts", page: pick([1, 2, 3]), facts });
      } else if (what < 0.45) {
        it.tell({ type: "flush" });
      } else if (what < 0.5) {
        it.tell({ type: "online" });
      } else if (what < 0.7) {
        it.pass(pick([1, 200, 5000, 400_000]));
      } else {
        answer(pick([200, 200, 0, 0, 408, 429, 500, 503, 413, 400]));
      }
      look();
    }
    for (let step = 0; step < 500 && settled.size < added.size; step++) {
      it.pass(400_000);
      look();
      answer(200);
      look();
    }
    assert.deepEqual(
      [...added].filter((id) => !settled.has(id)),
      [],
      `seed ${seed}: left behind`,
    );
    for (const id of added) assert.ok(stored.has(id) || given.has(id), `seed ${seed}: ${id} lost`);
  }
  assert.ok(retries > 300, "the runs must have met failures");
});
