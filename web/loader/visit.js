/** @import { Visit } from "../protocol.js" */

/** A session ends when nothing has happened for longer than this; tracker/identity.py has the same. */
const SESSION_TIMEOUT_MS = 30 * 60 * 1000;
/** How exactly other tabs and later pages know the last activity; each write costs the page time. */
const WRITE_EVERY_MS = 1000;
const KEY = "tracker.visit";

/**
 * What is remembered of a visitor between calls; times in ms since the epoch.
 *
 * @typedef {object} Identity
 * @property {string} anonymousId
 * @property {string} [userId]
 * @property {number} [sessionId]
 * @property {number} [lastActivity]
 */

/**
 * The identity after something happened at `now`: in its session, or in a new one whose id is `now`.
 * Activity that seems to lie in the past, as after the clock was set back, is of the running session.
 *
 * @param {Identity} identity
 * @param {number} now
 * @returns {Identity & { sessionId: number, lastActivity: number }}
 */
export function active(identity, now) {
  const { sessionId, lastActivity } = identity;
  return sessionId != null && lastActivity != null && now - lastActivity <= SESSION_TIMEOUT_MS
    ? { ...identity, sessionId, lastActivity: Math.max(now, lastActivity) }
    : { ...identity, sessionId: now, lastActivity: now };
}

/**
 * Who is there, kept in `storage` and so shared by tabs and pages of the origin; kept in memory where
 * there is no storage or it is full.
 *
 * @param {() => Pick<Storage, "getItem" | "setItem">} storage may throw
 * @param {() => string} newId
 */
export function createVisits(storage, newId) {
  /** @type {Identity | undefined} */
  let memory;
  let isStored = true;

  function read() {
    try {
      const stored = isStored && JSON.parse(storage().getItem(KEY) || "null");
      if (isStored) memory = typeof stored?.anonymousId === "string" ? stored : undefined;
    } catch {
      // Unreadable: what this page remembers counts.
    }
    return memory ?? { anonymousId: newId() };
  }

  function write(/** @type {Identity} */ identity) {
    memory = identity;
    try {
      storage().setItem(KEY, JSON.stringify(identity));
      isStored = true;
    } catch {
      isStored = false;
    }
  }

  return {
    /**
     * The visit of something that happens at `now`.
     *
     * @param {number} now
     * @returns {Visit}
     */
    at(now) {
      const before = read();
      const after = active(before, now);
      const isOld = now - (before.lastActivity ?? 0) >= WRITE_EVERY_MS;
      if (isOld || after.sessionId !== before.sessionId) write(after);
      const { anonymousId, userId, sessionId } = after;
      return { anonymousId, ...(userId && { userId }), sessionId };
    },

    /**
     * The visitor is this user from now on.
     *
     * @param {string} userId
     */
    identify(userId) {
      write({ ...read(), userId });
    },

    /** Forget visitor, user and session: later visits are a new visitor's. */
    reset() {
      write({ anonymousId: newId() });
    },
  };
}
