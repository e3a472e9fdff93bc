import { attempt } from "../loader/warn.js";

const IDLE_TIMEOUT_MS = 2000;

/** Call once the page has loaded and has nothing better to do. */
export const whenIdle = (/** @type {() => void} */ call) => {
  const wait = () =>
    attempt(() => requestIdleCallback(call, { timeout: IDLE_TIMEOUT_MS })) ?? setTimeout(call);
  if (document.readyState === "complete") wait();
  else addEventListener("load", wait);
};

/** Whether the visitor's connection and machine can bear the megabytes of Python. */
export const wantsPython = () =>
  !attempt(() => {
    const { connection, deviceMemory = 1 } = navigator;
    return connection?.saveData || /2g$/.test(connection?.effectiveType ?? "") || deviceMemory < 1;
  });
