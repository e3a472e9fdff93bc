import { guarded, warn } from "./warn.js";

/** A call made before the loader was there: its method, its arguments and its time. */
/** @typedef {[method: string, args: unknown[], at: number]} QueuedCall */

/**
 * Take over the queue of the snippet, if the page has one. What waits in it is replayed with the time
 * of its call; later calls of functions that the page took from the stub are passed on.
 *
 * @param {Record<string, any>} stub
 * @param {Record<string, (at: number | undefined, ...args: any[]) => unknown>} calls
 */
export function takeQueue(stub, calls) {
  const replay = guarded((/** @type {QueuedCall} */ [method, args, at]) => {
    if (!Object.hasOwn(calls, method)) return warn("The tracker has no method of this name:", method);
    calls[method](at <= Date.now() ? Math.trunc(at) : undefined, ...args);
  });
  const waiting = Array.isArray(stub.q) ? stub.q : [];
  stub.q = { push: replay };
  waiting.forEach(replay);
}
