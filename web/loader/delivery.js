import { createRaw } from "./raw.js";
import { createRawMode } from "./raw_mode.js";
import { createSpool } from "./spool.js";
import { guarded, warn } from "./warn.js";
import { startWorker } from "./worker_host.js";

/** @import { Environment, PageToWorker, Settings } from "../protocol.js" */

const IDLE_TIMEOUT_MS = 2000;

/**
 * Brings facts to the collector: by the worker's Python, by raw posts where Python cannot run, and
 * by beacon whenever the page may be about to go. A fact may go more than one way; the collector
 * counts it once.
 *
 * @param {Settings} settings
 * @param {Environment} environment
 * @param {URL} workerUrl
 */
export function createDelivery(settings, environment, workerUrl) {
  const spool = createSpool();
  const raw = createRaw({ settings, environment, spool, onSettled });
  /** @type {((message: PageToWorker) => void) | undefined} */
  let post;
  /** @type {ReturnType<typeof createRawMode> | undefined} */
  let rawMode;

  function announce(/** @type {string} */ name, /** @type {unknown} */ detail) {
    if (settings.debug) document.dispatchEvent(new CustomEvent("tracker:" + name, { detail }));
  }

  function onSettled(/** @type {string[]} */ ids) {
    spool.settle(ids);
    announce("settled", ids);
  }

  function start() {
    if (post || rawMode) return;
    if (/** @type {any} */ (navigator).connection?.saveData) return startRawMode("Save-Data is on");
    try {
      post = startWorker(workerUrl, onMessage, startRawMode);
      post({ type: "open", environment, settings });
      post({ type: "facts", facts: `[${spool.all().map(([, text]) => text)}]` });
    } catch (error) {
      startRawMode(String(error));
    }
  }

  /** @type {Parameters<typeof startWorker>[1]} */
  function onMessage(message) {
    if (message.type === "settled") onSettled(message.ids);
    if (message.type === "report") warn(message.text);
    if (message.type === "sent") announce("sent", message.messages);
  }

  function startRawMode(/** @type {string} */ reason) {
    warn("Python does not run here, events are sent raw for the collector to finish:", reason);
    post = undefined;
    rawMode = createRawMode(raw);
    rawMode.captured();
    addEventListener("online", guarded(rawMode.online));
  }

  const beacon = guarded(raw.beacon);
  document.addEventListener("visibilitychange", () =>
    document.visibilityState === "hidden" ? beacon() : spool.forgetBeacons(),
  );
  addEventListener("pagehide", beacon);

  const startWhenIdle = () =>
    self.requestIdleCallback
      ? requestIdleCallback(guarded(start), { timeout: IDLE_TIMEOUT_MS })
      : setTimeout(guarded(start), 1);
  if (document.readyState === "complete") startWhenIdle();
  else addEventListener("load", startWhenIdle, { once: true });

  return {
    add(/** @type {string} */ id, /** @type {string} */ text) {
      spool.add(id, text);
      post?.({ type: "facts", facts: `[${text}]` });
      rawMode?.captured();
      // The page hides already, and nothing may come after this task.
      if (document.visibilityState === "hidden") queueMicrotask(beacon);
    },

    /** Send what waits now. */
    flush() {
      start();
      post?.({ type: "flush" });
      rawMode?.flush();
    },
  };
}
