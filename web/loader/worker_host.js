/** @import { PageToWorker, WorkerToPage } from "../protocol.js" */

/**
 * Start the worker at `url`. `onFailure` is called, once, when it cannot run or its Python gives up;
 * the worker is gone then.
 *
 * @param {URL} url
 * @param {(message: Exclude<WorkerToPage, { type: "failed" }>) => void} onMessage
 * @param {(reason: string) => void} onFailure
 */
export function startWorker(url, onMessage, onFailure) {
  // Another origin's script cannot be a worker, but a worker of this origin may import it.
  const isOwn = url.origin === self.origin;
  const start = isOwn
    ? url
    : URL.createObjectURL(new Blob([`import ${JSON.stringify(url)}`], { type: "text/javascript" }));
  const worker = new Worker(start, { type: "module" });

  function fail(/** @type {string} */ reason) {
    worker.onmessage = worker.onerror = null;
    worker.terminate();
    onFailure(reason);
  }

  worker.onmessage = ({ data }) => (data.type === "failed" ? fail(data.text) : onMessage(data));
  worker.onerror = ({ message }) => fail(message || "it could not be loaded");

  return (/** @type {PageToWorker} */ message) => worker.postMessage(message);
}
