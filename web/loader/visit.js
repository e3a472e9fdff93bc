import { newId } from "./id.js";
import { attempt } from "./warn.js";

/** @import { Visit } from "../protocol.js" */

/** A session ends when nothing has happened for longer than this; tracker/identity.py has the same. */
const SESSION_TIMEOUT_MS = 30 * 60 * 1000;
/** How exactly other tabs and later pages know the last activity: a write costs the page time. */
const WRITE_EVERY_MS = 1000;

/**
 * What is remembered of a visitor between calls; times in ms since the epoch.
 *
 * @typedef {object} Identity
 * @property {string} anonymousId
 * @property {string} [userId]
 * @property {number} [sessionId]
 * @property {number} [lastActivity]
 */

/** What this page remembers, which counts where there is no storage. @type {Identity | undefined} */
let memory;
/** Without consent nothing is read from the origin's storage or written there. */
let isRemembered = false;

/**
 * The identity after something happened at `now`: in its session, or in a new one whose id is `now`.
 * Activity that seems to lie in the past, as after the clock was set back, is of the running session.
 *
 * @param {Identity} identity
 * @param {number} now
 */
export const active = ({ sessionId, lastActivity = 0, ...who }, now) => ({
  ...who,
  sessionId: now - lastActivity > SESSION_TIMEOUT_MS ? now : (sessionId ?? now),
  lastActivity: Math.max(now, lastActivity),
});

/** The identity is in the origin's storage, so that tabs and pages share the visitor. */
const read = () => {
  // Where there is nothing, or nothing may be read, what this page remembers counts.
  attempt(() => isRemembered && (memory = JSON.parse(localStorage.tracker)));
  return memory?.anonymousId ? memory : { anonymousId: newId() };
};

const write = (/** @type {Identity} */ identity) => {
  memory = identity;
  // Where storage is full or forbidden, what this page remembers counts.
  isRemembered &&= !!attempt(() => (localStorage.tracker = JSON.stringify(identity)));
};

/**
 * Whose something is that happens at `now`.
 *
 * @param {number} now
 * @returns {Visit}
 */
export const visitAt = (now) => {
  const before = read();
  const after = active(before, now);
  const { lastActivity, ...visit } = after;
  // A new session comes long after the last activity, or there was none.
  if (!(now - /** @type {number} */ (before.lastActivity) < WRITE_EVERY_MS)) write(after);
  return visit;
};

/** The visitor is this user from now on; earlier facts keep whom they had. */
export const identify = (/** @type {string} */ userId) => write({ ...read(), userId });

/** Forget visitor, user and session: what follows is a new visitor's. */
export const forget = () => write({ anonymousId: newId() });

/** Share the visitor with other pages and tabs from now on; one that they know already stays. */
export const remember = () => {
  isRemembered = true;
  write({ ...memory, ...read() });
};

/** Forget the visitor, and share nothing any more. */
export const forgetVisitor = () => {
  memory = undefined;
  isRemembered = false;
};
