/**
 * A world without chance, where the clock ticks by its own rule: so that two builds give the same bytes.
 * What the snapshot keeps of it (an allocator's cookie, the state of `random`) is the same for every
 * visitor in any case; the tracker seeds its own random numbers when it starts.
 */
import crypto from "node:crypto";

const BEGIN_MS = Date.UTC(2026, 0, 1);
let ticks = 0;

Date.now = () => BEGIN_MS + ++ticks;
performance.now = () => ++ticks;
crypto.randomFillSync = (/** @type {any} */ view) => view.fill(1);
