import assert from "node:assert/strict";
import { test } from "node:test";
import { Couriers } from "../../web/worker/couriers.js";

/** @import { FactText, Load, Post } from "../../web/protocol.js" */

const LOAD = /** @type {any} */ ({
  environment: { app: { name: "app" } },
  settings: { writeKey: "a&b" },
});
const turn = () => new Promise((resolve) => setImmediate(resolve));

/**
 * Couriers that write down what they are told. Python `boots` as each entry says in turn; a courier
 * that is told `breaks` throws.
 *
 * @param {("up" | "no" | "hangs")[]} boots
 */
function world(...boots) {
  /** @type {FactText[]} */
  const records = [];
  const state = {
    /** What each courier was told, by its name. @type {Record<string, any[]>} */
    told: {},
    /** @type {Record<string, (message: object) => void>} */
    says: {},
    /** @type {any[]} */
    heard: [],
    /** @type {{ post: Post, answer: (status: number) => void }[]} */
    posts: [],
    /** @type {{ url: string, came: (body: string) => void }[]} */
    loads: [],
    /** @type {string[]} */
    ahead: [],
    /** @type {string[]} */
    wheels: [],
    aborted: 0,
    add(/** @type {string} */ id) {
      const fact = /** @type {FactText} */ ([id, `{"id":"${id}"}`]);
      records.push(fact);
      couriers.facts(1, LOAD, [fact]);
    },
    ids: (/** @type {string} */ name) =>
      (state.told[name] ?? []).flatMap(({ facts = [] }) =>
        facts.map((/** @type {{ id: string }} */ { id }) => id),
      ),
  };
  const courier = (/** @type {string} */ name, /** @type {(text: string) => void} */ send) => {
    /** @type {any[]} */
    const told = (state.told[name] = []);
    state.says[name] = (message) => send(JSON.stringify(message));
    return (/** @type {string} */ text) => {
      const message = JSON.parse(text);
      told.push(message);
      if (text.includes('"breaks"') && name !== "raw") throw new Error("broken");
    };
  };
  let booted = 0;
  const couriers = new Couriers({
    async bootPython(send) {
      const name = `python${booted + 1}`;
      const becomes = boots[booted++];
      if (becomes === "hangs") await new Promise(() => {});
      if (becomes !== "up") throw new Error("no Python");
      const loadWheel = async (/** @type {string} */ url) => {
        state.wheels.push(url);
        if (url.includes("broken")) throw new Error("Traceback …\nBadZipFile: no wheel");
      };
      return { handleMessage: courier(name, send), loadWheel };
    },
    startRaw: (send) => courier("raw", send),
    network: /** @type {any} */ ({
      post: (/** @type {Post} */ post) =>
        new Promise((resolve) => {
          const answer = (/** @type {number} */ status) =>
            resolve({ type: "answer", request: post.request, status, retryAfter: null, body: "" });
          state.posts.push({ post, answer });
        }),
      abort: () => state.aborted++,
    }),
    files: /** @type {any} */ ({
      loadAhead: (/** @type {string} */ url) => state.ahead.push(url),
      load: (/** @type {Load} */ { request, url }) =>
        new Promise((resolve) => {
          const came = (/** @type {string} */ body) =>
            resolve({ type: "loaded", request, status: 200, body });
          state.loads.push({ url, came });
        }),
    }),
    loads: () => [LOAD],
    heard: (news) => state.heard.push(news),
    retell: () => records.length && couriers.facts(1, LOAD, records),
  });
  return { ...state, state, couriers };
}

test("what came before Python is up is told it then, after the page that it comes from", async () => {
  const it = world("up");
  it.add("a");
  it.couriers.start(true);
  it.add("b");
  await turn();
  it.add("c");
  const types = it.told.python1.map(({ type }) => type);
  assert.deepEqual(types, ["wake", "open", "facts", "facts"]);
  assert.deepEqual(it.ids("python1"), ["a", "b", "c"]);
  assert.deepEqual(it.heard, []);
});

test("where Python cannot start, the raw courier takes over, and the reason is said", async () => {
  const it = world("no");
  it.add("a");
  it.couriers.start(true);
  await turn();
  assert.deepEqual(it.ids("raw"), ["a"]);
  assert.deepEqual(it.heard, [{ type: "failed", text: "Error: no Python" }]);
});

test("Python that breaks is started again and told everything again", async () => {
  const it = world("up", "up");
  it.couriers.start(true);
  await turn();
  it.add("a");
  it.couriers.tell(/** @type {any} */ ({ type: "breaks" }));
  it.add("b");
  await turn();
  assert.deepEqual(it.ids("python1"), ["a"]);
  assert.deepEqual(it.ids("python2"), ["a", "b"]);
  const types = it.told.python2.map(({ type }) => type);
  assert.deepEqual(types, ["wake", "open", "facts"]);
  assert.equal(it.heard.length, 1);
  assert.match(it.heard[0].text, /Python broke and is started again: Error: broken/);
});

test("Python that breaks twice is given up, and the raw courier is told everything", async () => {
  const it = world("up", "up", "up");
  it.couriers.start(true);
  await turn();
  it.add("breaks");
  await turn();
  it.add("b");
  assert.equal(it.told.python3, undefined);
  assert.deepEqual(it.ids("raw"), ["breaks", "b"]);
  assert.deepEqual(
    it.heard.map(({ type }) => type),
    ["report", "failed"],
  );
});

test("what the raw courier cannot read is said and settled, and keeps nothing else back", async () => {
  const it = world("no");
  it.couriers.start(true);
  await turn();
  const load = /** @type {any} */ ({ environment: {}, settings: { writeKey: "k" } });
  it.couriers.facts(2, load, [
    ["a", '{"id":"a"}'],
    ["torn", '{"id":'],
    ["b", '{"id":"b"}'],
  ]);
  assert.deepEqual(it.ids("raw"), ["a", "b"]);
  const [, report, settled] = it.heard;
  assert.match(report.text, /1 event was not stored: it cannot be read/);
  assert.deepEqual(settled, { type: "settled", ids: ["torn"] });
});

test("a boot that failed is tried again for the next page, and raw events go meanwhile", async () => {
  const it = world("no", "no", "up");
  it.couriers.start(true);
  await turn();
  it.add("a");
  it.couriers.start(true);
  it.add("b");
  await turn();
  assert.deepEqual(it.ids("raw"), ["a", "b"]);
  it.couriers.start(false);
  await turn();
  assert.equal(it.told.python3, undefined);
  it.couriers.start(true);
  await turn();
  assert.deepEqual(it.ids("python3"), ["a", "b"]);
  const failed = it.heard.filter(({ type }) => type === "failed");
  assert.equal(failed.length, 2);
});

test("a boot that neither ends nor fails is given up after three minutes", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const it = world("hangs");
  it.couriers.start(true);
  it.add("a");
  t.mock.timers.tick(179_999);
  await turn();
  assert.deepEqual(it.heard, []);
  t.mock.timers.tick(1);
  await turn();
  assert.deepEqual(it.ids("raw"), ["a"]);
  assert.deepEqual(it.heard, [{ type: "failed", text: "Error: Python did not start in time" }]);
});

test("a courier that was replaced is not heard, nor are answers to its posts passed on", async () => {
  const it = world("up", "up");
  it.couriers.start(true);
  await turn();
  it.says.python1({ type: "post", request: 1, url: "", body: "" });
  it.couriers.tell(/** @type {any} */ ({ type: "breaks" }));
  await turn();
  assert.ok(it.state.aborted > 0);
  it.says.python1({ type: "settled", ids: ["a"] });
  it.posts[0].answer(200);
  await turn();
  assert.ok(!it.heard.some(({ type }) => type === "settled"));
  assert.ok(!it.told.python2.some(({ type }) => type === "answer"));
});

test("a page that wants no Python gets none; one that does, replaces the raw courier", async () => {
  const it = world("up", "up");
  it.couriers.start(false);
  it.add("a");
  assert.deepEqual(it.ids("raw"), ["a"]);
  assert.equal(it.told.python1, undefined);
  it.couriers.start(true);
  it.couriers.start(true);
  it.couriers.start(false);
  await turn();
  it.add("b");
  assert.deepEqual([it.ids("raw"), it.ids("python1")], [["a"], ["a", "b"]]);
  assert.equal(it.told.python2, undefined);
  it.couriers.tell(/** @type {any} */ ({ type: "breaks" }));
  await turn();
  assert.deepEqual(it.ids("python2"), ["a", "b"]);
});

test("after stop nothing is told, posted or answered; a start tells everything again", async () => {
  const it = world("up");
  it.couriers.start(true);
  await turn();
  it.add("a");
  it.says.python1({ type: "post", request: 1, url: "", body: "" });
  it.couriers.stop();
  it.add("b");
  it.posts[0].answer(200);
  await turn();
  assert.equal(it.told.python1.at(-1).type, "forget");
  it.couriers.start(true);
  assert.deepEqual(it.ids("python1"), ["a", "a", "b"]);
});

test("on forget what is under way is broken off, and its answer goes to nobody", async () => {
  const it = world("up");
  it.couriers.start(true);
  await turn();
  it.says.python1({ type: "post", request: 1, url: "", body: "" });
  const before = it.state.aborted;
  it.couriers.forget();
  assert.equal(it.state.aborted, before + 1);
  it.posts[0].answer(0);
  await turn();
  assert.equal(it.told.python1.at(-1).type, "forget");
});

test("there is one timer: a later wish replaces an earlier one, and forget ends it", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const it = world("up");
  it.couriers.start(true);
  await turn();
  const wakes = () => it.told.python1.filter(({ type }) => type === "wake").length - 1;
  it.says.python1({ type: "wakeAfter", ms: 1000 });
  it.says.python1({ type: "wakeAfter", ms: 3000 });
  t.mock.timers.tick(2999);
  assert.equal(wakes(), 0);
  t.mock.timers.tick(1);
  assert.equal(wakes(), 1);
  it.says.python1({ type: "wakeAfter", ms: 1000 });
  it.couriers.forget();
  t.mock.timers.tick(10_000);
  assert.equal(wakes(), 1);
});

test("what Python is going to ask for is on its way while it boots, and comes to it", async () => {
  const it = world("up");
  it.couriers.start(true);
  assert.equal(it.state.ahead.length, 1);
  assert.match(it.state.ahead[0], /\/plan\.json\?writeKey=a%26b$/);
  await turn();
  it.says.python1({ type: "load", request: 7, url: "/plan.json", wheel: false });
  it.state.loads[0].came("{}");
  await turn();
  const loaded = { type: "loaded", request: 7, status: 200, body: "{}" };
  assert.deepEqual(it.told.python1.at(-1), loaded);
});

test("a wheel is installed, and Python hears of it, or why it could not be", async () => {
  const it = world("up");
  it.couriers.start(true);
  await turn();
  it.says.python1({ type: "load", request: 7, url: "/acme-1.whl#acme:plan", wheel: true });
  await turn();
  const done = { type: "loaded", request: 7, status: 200, body: "" };
  assert.deepEqual(it.told.python1.at(-1), done);
  it.says.python1({ type: "load", request: 8, url: "/broken.whl", wheel: true });
  await turn();
  const failed = { type: "loaded", request: 8, status: 0, body: "BadZipFile: no wheel" };
  assert.deepEqual(it.told.python1.at(-1), failed);
  assert.deepEqual(it.state.wheels, ["/acme-1.whl", "/broken.whl"]);
});

test("a file that comes after everything was forgotten is nobody's", async () => {
  const it = world("up");
  it.couriers.start(true);
  await turn();
  it.says.python1({ type: "load", request: 7, url: "/plan.json", wheel: false });
  it.couriers.forget();
  it.state.loads[0].came("{}");
  await turn();
  assert.equal(it.told.python1.at(-1).type, "forget");
});
