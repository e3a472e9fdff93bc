import assert from "node:assert/strict";
import { test } from "node:test";
import { Ports } from "../../web/worker/ports.js";

/** A page's end: what it was told. */
function port() {
  /** @type {any[]} */
  const heard = [];
  return { heard, postMessage: (/** @type {any} */ message) => void heard.push(message) };
}

/** @type {import("../../web/protocol.js").Settled} */
const settled = { type: "settled", ids: ["a"] };

test("every page that is open hears what is for all, and each `open` is answered", () => {
  const ports = new Ports();
  const [one, two] = [port(), port()];
  ports.open(one, 1);
  ports.open(two, 2);
  ports.postAll(settled);
  ports.open(one, 1);
  assert.deepEqual(one.heard, [{ type: "opened" }, settled, { type: "opened" }]);
  assert.deepEqual(two.heard, [{ type: "opened" }, settled]);
  assert.deepEqual([ports.pageOf(one), ports.pageOf(two)], [1, 2]);
});

test("a page that has not opened, or has closed, is told nothing", () => {
  const ports = new Ports();
  const [early, late] = [port(), port()];
  ports.open(late, 1);
  ports.close(late);
  ports.post(early, settled);
  ports.postAll(settled);
  ports.announce({ type: "ready" });
  assert.deepEqual([early.heard, late.heard], [[], [{ type: "opened" }]]);
  assert.equal(ports.areThere, false);
});

test("nothing is posted to a hidden page until it shows again", () => {
  const ports = new Ports();
  const page = port();
  ports.open(page, 1);
  ports.hide(page);
  ports.postAll(settled);
  ports.announce({ type: "ready" });
  assert.deepEqual(page.heard, [{ type: "opened" }]);
  assert.equal(ports.areThere, false);
  ports.show(page);
  assert.equal(ports.areThere, true);
  ports.postAll(settled);
  assert.deepEqual(page.heard, [{ type: "opened" }, { type: "ready" }, settled]);
});

test("whether Python is up is said once to each page, to later ones as they come", () => {
  const ports = new Ports();
  const [one, two] = [port(), port()];
  ports.open(one, 1);
  ports.announce({ type: "ready" });
  ports.announce({ type: "ready" });
  ports.open(two, 1);
  ports.announce({ type: "failed", text: "why" });
  const states = [{ type: "ready" }, { type: "failed", text: "why" }];
  assert.deepEqual(one.heard.slice(1), states);
  assert.deepEqual(two.heard.slice(1), states);
});

test("what is amiss is said once to each page, beside whether Python is up", () => {
  const ports = new Ports();
  const page = port();
  /** @type {import("../../web/protocol.js").Report} */
  const report = { type: "report", text: "no room", ids: [] };
  ports.announce(report);
  ports.announce({ type: "ready" });
  ports.open(page, 1);
  ports.announce({ ...report });
  ports.open(page, 1);
  const opened = { type: "opened" };
  assert.deepEqual(page.heard, [opened, report, { type: "ready" }, opened]);
});
