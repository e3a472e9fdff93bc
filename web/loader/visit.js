import { newId } from "./id.js";
import { attempt } from "./warn.js";

/** @import { Visit } from "../protocol.js" */

/** A session ends when nothing has happened for longer than this; tracker/identity.py has the same. */
const SESSION_TIMEOUT_MS = 30 * 60 * 1000;
/** How exactly other tabs and later pages know the last activity: a write costs the page time. */
const WRITE_EVERY_MS = 1000;

/**
 * Who the visitor is. Only `identify`, `reset` and the first call of all write it.
 *
 * @typedef {object} Visitor
 * @property {string} anonymousId
 * @property {string} [userId]
 * @property {boolean} [is_tracking_anonymized] whether that user goes without a name
 */

/**
 * When a visitor was active, in ms since the epoch. Any call may write it.
 *
 * @typedef {object} Session
 * @property {number} [sessionId] when it began
 * @property {number} [lastActivity]
 */

/**
 * Where the two are in the origin's storage, so that tabs and pages share them. Two tabs may write at
 * the same moment, and then the last counts: apart from each other, so that the activity of one tab
 * does not undo what another says of the visitor; the session by its visitor's anonymousId, so that it
 * is never that of another.
 */
const VISITOR = "tracker";
const SESSION = "tracker:session";

/** What this page remembers, which counts where there is no storage. @type {Record<string, any>} */
let memory = {};
/** Without consent nothing is read from the origin's storage or written there. */
let isRemembered = false;

/**
 * The session after something happened at `now`: the same, or a new one whose id is `now`.
 * Activity that seems to lie in the past, as after the clock was set back, is of the running session.
 *
 * @param {Session} session
 * @param {number} now
 */
export const active = ({ sessionId, lastActivity = 0 }, now) => ({
  sessionId: now - lastActivity > SESSION_TIMEOUT_MS ? now : (sessionId ?? now),
  lastActivity: Math.max(now, lastActivity),
});

const read = (/** @type {string} */ key) => {
  // Where there is nothing, or nothing may be read, what this page remembers counts.
  attempt(() => isRemembered && (memory[key] = JSON.parse(localStorage[key])));
  return memory[key];
};

const write = (/** @type {string} */ key, /** @type {object} */ value) => {
  memory[key] = value;
  // Where storage is full or forbidden, what this page remembers counts.
  isRemembered &&= !!attempt(() => (localStorage[key] = JSON.stringify(value)));
};

/** @returns {Visitor} who the visitor is now */
export const visitor = () => {
  if (!read(VISITOR)?.anonymousId) forget();
  return memory[VISITOR];
};

/**
 * Whose something is that happens at `now`.
 *
 * @param {number} now
 * @returns {Visit}
 */
export const visitAt = (now) => {
  const who = visitor();
  /** @type {Session} */
  const before = read(SESSION)?.[who.anonymousId] ?? {};
  const after = active(before, now);
  // A new session comes long after the last activity, or there was none.
  if (!(now - /** @type {number} */ (before.lastActivity) < WRITE_EVERY_MS)) {
    write(SESSION, { [who.anonymousId]: after });
  }
  return { ...who, sessionId: after.sessionId };
};

/**
 * The visitor is this user from now on; earlier facts keep whom they had. That the user is tracked
 * without a name holds on later pages, too, until `false` is said of it.
 *
 * @param {string} userId
 * @param {Record<string, any>} [traits]
 */
export const identify = (userId, traits) => {
  const who = visitor();
  const { is_tracking_anonymized } = { ...(who.userId === userId && who), ...traits };
  write(VISITOR, { ...who, userId, is_tracking_anonymized });
};

/** Forget visitor, user and session: what follows is a new visitor's. */
export const forget = () => write(VISITOR, { anonymousId: newId() });

/** Share visitor and session with other pages and tabs from now on; those that they know already stay. */
export const remember = () => {
  isRemembered = true;
  write(VISITOR, { ...memory[VISITOR], ...visitor() });
  write(SESSION, read(SESSION) ?? {});
};

/** Forget the visitor, and share nothing any more. */
export const forgetVisitor = () => {
  memory = {};
  isRemembered = false;
};
