/** @import { Candidate } from "./link.js" */

const url = new URL("../" + __WORKER_PATH__, import.meta.url);
const isOfThisOrigin = url.origin === location.origin;

/** One worker for all tabs and pages of the origin, which lives on between them. @type {Candidate} */
export const sharedWorker = (hear, fail) => {
  if (!isOfThisOrigin) throw new Error("another origin's script cannot be a shared worker");
  const worker = new SharedWorker(url, {
    type: "module",
    // An older loader in another tab may have asked for it with other options, which is an error.
    name: "tracker " + __TRACKER_VERSION__,
    ...{ extendedLifetime: true },
  });
  worker.onerror = failing(fail);
  worker.port.onmessage = ({ data }) => hear(data);
  return {
    post: (message) => worker.port.postMessage(message),
    end: () => worker.port.postMessage({ type: "close" }),
  };
};

/** A worker for this page alone. @type {Candidate} */
export const dedicatedWorker = (hear, fail) => {
  const worker = new Worker(
    // Another origin's script cannot be a worker, but a worker of this origin may import it.
    isOfThisOrigin
      ? url
      : URL.createObjectURL(new Blob([`import "${url}"`], { type: "text/javascript" })),
    { type: "module" },
  );
  worker.onerror = failing(fail);
  worker.onmessage = ({ data }) => hear(data);
  return {
    post: (message) => worker.postMessage(message),
    end: () => worker.terminate(),
  };
};

/** An error in a worker is nothing that the page should hear of as its own. */
const failing =
  (/** @type {(reason: string) => void} */ fail) =>
  (/** @type {Event & { message?: string }} */ event) => {
    event.preventDefault();
    fail("no worker: " + (event.message ?? "it cannot be loaded"));
  };
