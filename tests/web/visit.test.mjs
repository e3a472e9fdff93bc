import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, test } from "node:test";
import {
  active,
  forget,
  forgetVisitor,
  identify,
  remember,
  visitAt,
} from "../../web/loader/visit.js";

const vectors = JSON.parse(
  readFileSync(new URL("../vectors/identity.json", import.meta.url), "utf8"),
);
const MINUTE = 60_000;

beforeEach(() => {
  Object.assign(globalThis, { localStorage: {} });
  forgetVisitor();
  remember();
});

for (const { rule, sessionId, lastActivity, now, expected } of vectors) {
  test(`as in Python: ${rule}`, () => {
    const session = {
      sessionId: sessionId ?? undefined,
      lastActivity: lastActivity ?? undefined,
    };
    assert.deepEqual(active(session, now), expected);
  });
}

test("a session lasts while something happens every half hour, and is shared by pages", () => {
  const first = visitAt(1000);
  assert.equal(first.sessionId, 1000);
  assert.deepEqual(visitAt(1000 + 30 * MINUTE), first);
  assert.deepEqual(visitAt(1000 + 60 * MINUTE), first);
  const next = visitAt(1001 + 90 * MINUTE);
  assert.deepEqual(next, { ...first, sessionId: 1001 + 90 * MINUTE });
  assert.equal(JSON.parse(localStorage.tracker).anonymousId, first.anonymousId);
});

test("a user is known from identify on; reset forgets user, visitor and session", () => {
  const before = visitAt(1000);
  identify("user-1");
  assert.deepEqual(visitAt(2000), { ...before, userId: "user-1" });
  forget();
  const after = visitAt(3000);
  assert.notEqual(after.anonymousId, before.anonymousId);
  assert.deepEqual(Object.keys(after).sort(), ["anonymousId", "sessionId"]);
  assert.equal(after.sessionId, 3000);
});

test("that a user is anonymised is kept for that user until another word; no other trait is", () => {
  const flag = () => {
    forgetVisitor(); // as the next page, which has only the storage
    remember();
    return visitAt(2000).is_tracking_anonymized;
  };
  identify("user-1", { is_tracking_anonymized: true, email: "ada@example.com" });
  assert.equal(flag(), true);
  assert.ok(!localStorage.tracker.includes("ada@"));
  identify("user-1");
  identify("user-1", { plan: "pro" });
  assert.equal(flag(), true);
  identify("user-1", { is_tracking_anonymized: false });
  assert.equal(flag(), false);
  identify("user-1", { is_tracking_anonymized: true });
  identify("user-2", {});
  assert.equal(flag(), undefined);
  identify("user-2", { is_tracking_anonymized: true });
  forget();
  identify("user-2");
  assert.equal(flag(), undefined);
});

/** A value as JSON has it, which is how facts leave the page. */
const written = (/** @type {unknown} */ value) => JSON.parse(JSON.stringify(value));

/**
 * Another tab, with a memory of its own. What it does happens at the one instant at which it could do
 * harm: after the tab of this file has read the storage, before it writes.
 */
async function raceWith(
  /** @type {(tab: typeof import("../../web/loader/visit.js")) => void} */ act,
) {
  const path = "../../web/loader/visit.js?other-tab";
  /** @type {typeof import("../../web/loader/visit.js")} */
  const tab = await import(path);
  /** @type {Record<string, any>} */
  const stored = { ...localStorage };
  Object.assign(globalThis, { localStorage: stored });
  tab.forgetVisitor();
  tab.remember();
  let isDone = false;
  const storage = new Proxy(stored, {
    set(_target, key, value) {
      if (!isDone) {
        isDone = true;
        Object.assign(globalThis, { localStorage: stored });
        act(tab);
        Object.assign(globalThis, { localStorage: storage });
      }
      stored[String(key)] = value;
      return true;
    },
  });
  Object.assign(globalThis, { localStorage: storage });
  return tab;
}

test("activity does not undo that another tab has identified the visitor at that very moment", async () => {
  const before = visitAt(1000);
  const other = await raceWith((tab) => tab.identify("user-1"));
  assert.deepEqual(visitAt(5000), before);
  assert.deepEqual(visitAt(5001), { ...before, userId: "user-1" });
  assert.deepEqual(other.visitAt(5002), visitAt(5003));
});

test("activity does not bring back whom another tab has forgotten at that very moment", async () => {
  const before = { ...visitAt(1000), userId: "user-1" };
  identify("user-1");
  const other = await raceWith((tab) => tab.forget());
  assert.deepEqual(visitAt(5000), before);
  const after = other.visitAt(5001);
  assert.notEqual(after.anonymousId, before.anonymousId);
  assert.equal(after.userId, undefined);
  assert.equal(after.sessionId, 5001, "the session was that of the visitor before");
  assert.deepEqual(visitAt(5002), after);
});

test("of two tabs that begin a session at the same moment, the last to write it is followed", async () => {
  visitAt(1000);
  const later = 1000 + 40 * MINUTE;
  const other = await raceWith((tab) => tab.visitAt(later));
  const mine = visitAt(later + 1);
  assert.equal(mine.sessionId, later + 1);
  assert.deepEqual(other.visitAt(later + 2), mine);
  assert.deepEqual(visitAt(later + 3), mine);
});

test("of two tabs that identify the visitor at the same moment, both follow the last", async () => {
  const { anonymousId, sessionId } = visitAt(1000);
  const other = await raceWith((tab) => tab.identify("user-1"));
  identify("user-2");
  const visit = { anonymousId, sessionId, userId: "user-2" };
  assert.deepEqual([visitAt(1001), other.visitAt(1002)], [visit, visit]);
});

test("storage is written at most once a second", () => {
  let writes = 0;
  const memory = new Map();
  const storage = new Proxy(
    {},
    {
      get: (_target, key) => memory.get(key),
      set: (_target, key, value) => Boolean(memory.set(key, value) && ++writes),
    },
  );
  Object.assign(globalThis, { localStorage: storage });
  forget();
  writes = 0;
  for (let now = 1000; now < 2000; now += 10) visitAt(now);
  assert.equal(writes, 1);
  visitAt(2000);
  assert.equal(writes, 2);
});

test("garbage in storage is another's, and makes a new visitor", () => {
  for (const garbage of ["{", "null", "7", '{"anonymousId":""}']) {
    Object.assign(globalThis, { localStorage: { tracker: garbage } });
    assert.match(visitAt(1000).anonymousId, /^[0-9a-f-]{36}$/);
  }
});

test("where storage is full, what the page remembers counts", () => {
  const full = new Proxy(
    { tracker: undefined },
    {
      set() {
        throw new Error("full");
      },
    },
  );
  Object.assign(globalThis, { localStorage: full });
  const first = visitAt(1000);
  identify("user-1");
  assert.deepEqual(written(visitAt(2000)), { ...first, userId: "user-1" });
});

test("without consent nothing is read or written, and the visitor is the same one all the time", () => {
  forgetVisitor();
  const forbidden = new Proxy(
    {},
    {
      get: () => assert.fail("read"),
      set: () => assert.fail("written"),
    },
  );
  Object.assign(globalThis, { localStorage: forbidden });
  const first = visitAt(1000);
  identify("user-1");
  assert.deepEqual(written(visitAt(2000)), { ...first, userId: "user-1" });
});

test("with consent the visitor is shared from then on", () => {
  forgetVisitor();
  Object.assign(globalThis, { localStorage: {} });
  const before = visitAt(1000);
  remember();
  assert.equal(JSON.parse(localStorage.tracker).anonymousId, before.anonymousId);
  const sessions = JSON.parse(localStorage["tracker:session"]);
  assert.equal(sessions[before.anonymousId].sessionId, before.sessionId);
  assert.deepEqual(visitAt(1500), before);
});

test("one whom other pages know already stays, and is the user known here", () => {
  forgetVisitor();
  localStorage.tracker = JSON.stringify({ anonymousId: "a" });
  const session = { a: { sessionId: 500, lastActivity: 900 } };
  localStorage["tracker:session"] = JSON.stringify(session);
  visitAt(1000);
  identify("user-1");
  remember();
  assert.deepEqual(visitAt(2000), { anonymousId: "a", sessionId: 500, userId: "user-1" });
});

test("who is forgotten does not come back", () => {
  const before = visitAt(1000);
  forgetVisitor();
  delete localStorage.tracker;
  remember();
  assert.notEqual(visitAt(2000).anonymousId, before.anonymousId);
});
