import { guarded } from "./warn.js";

/** A call made before the loader was there: its method, its arguments and its time in ms. */
/** @typedef {[method: string, args: unknown[], at: number]} QueuedCall */

/**
 * Take over the queue of the snippet. What waits in it is replayed with the time of its call; calls
 * of functions that the page took from the stub before are passed on.
 *
 * @param {{ q?: any }} tracker
 * @param {Record<string, (at: number, ...args: any[]) => unknown>} calls
 */
export const takeQueue = (tracker, calls) => {
  const push = guarded((/** @type {QueuedCall} */ [method, args, at]) =>
    calls[method](at, ...args),
  );
  tracker.q?.map(push);
  tracker.q = { push };
};
