/**
 * The loader's second file, which it imports when it may deliver: connects the page to a worker, or
 * to what stands in for one, and hands on what earlier pages left in their journals.
 */
import { inPage } from "./delivery/in-page.js";
import { Journals } from "./delivery/journals.js";
import { Link } from "./delivery/link.js";
import { isWhereItWas, withPageFacts } from "./delivery/page-facts.js";
import { wantsPython, whenIdle } from "./delivery/start.js";
import { dedicatedWorker, sharedWorker } from "./delivery/workers.js";
import { guarded, warn } from "./loader/warn.js";
import { Store } from "./worker/store.js";

/** @import { Environment, FactText, PageToWorker, Settings, WorkerToPage } from "./protocol.js" */

/**
 * The parameters are the loader's; without names of theirs in its file it is some bytes smaller.
 *
 * @param {Environment} environment
 * @param {DOMStringMap & { endpoint: string, writeKey: string }} tag what the script tag says
 * @param {Map<string, string>} spool what is not settled: id to text
 * @param {Set<string>} unstored ids of which nobody has said that they are on disk
 * @param {(ids: Iterable<string>, places?: (Map<string, string> | Set<string>)[]) => void} drop
 * @param {() => void} comeBack called when the page is shown from the back/forward cache
 * @returns {(message: PageToWorker) => void} what the page says to whoever delivers
 */
export const connect = (environment, tag, spool, unstored, drop, comeBack) => {
  const { endpoint, writeKey, pageFacts } = tag;
  const plan = tag.plan && new URL(tag.plan, document.baseURI).href;
  /** @type {Settings} */
  const settings = { endpoint, writeKey, plan, debug: "debug" in tag };
  const journals = new Journals(settings);
  let isFrozen = false;
  /**
   * Python's boot keeps the worker's thread busy for seconds, in which it writes nothing. So until then
   * the page writes, too: a browser that is killed meanwhile loses nothing. A row that outlives its
   * fact, because the worker had deleted it before, is sent once more and dropped by the collector.
   */
  const disk = new Store(() => {});
  let isBooting = true;
  const write = (/** @type {[id: string, text: string][]} */ facts) =>
    isBooting && disk.put(facts.map(([id, text]) => ({ id, text, environment, settings })));
  const booted = () => {
    isBooting = false;
    disk.close();
  };
  /** @type {PageToWorker | undefined} */
  let start;

  /** With `data-debug`, tell the page what happens: a `tracker:…` event on the document. */
  const announce = (/** @type {string} */ type, /** @type {unknown} */ detail = undefined) => {
    if (!settings.debug) return;
    document.dispatchEvent(new CustomEvent("tracker:" + type, { detail }));
  };
  /** Who comes to watch later has heard of no event, so how Python's start ended stays readable. */
  const announceState = (
    /** @type {"ready" | "failed"} */ state,
    /** @type {string} */ text = "",
  ) => {
    booted();
    /** @type {any} */ (window).tracker.python = state;
    announce(state, text);
  };
  const announceCaptured = (/** @type {string} */ text) => {
    if (settings.debug) announce("captured", JSON.parse(text));
  };

  const hear = (/** @type {WorkerToPage} */ message) => {
    switch (message.type) {
      case "stored":
        drop(message.ids, [unstored]);
        journals.remove(message.ids);
        announce("stored", message.ids);
        break;
      case "settled":
        drop(message.ids);
        journals.remove(message.ids);
        announce("settled", message.ids);
        break;
      case "report":
        if (!message.ids[0] || message.ids.some((id) => spool.has(id) || journals.has(id))) {
          warn(message.text);
        }
        break;
      case "failed":
        warn("No Python here, sending raw events:", message.text);
        announceState("failed", message.text);
        break;
      case "ready":
        announceState("ready");
        break;
      case "sent":
        announce("sent", message.messages);
        break;
    }
  };

  /** @returns {PageToWorker[]} what is said to each that is tried */
  const greeting = () => [
    { type: "open", environment, settings },
    { type: "facts", facts: [...spool] },
    ...journals.replays(),
    ...(start ? [start] : []),
  ];
  const completed = (/** @type {FactText} */ fact) => {
    const known = withPageFacts(pageFacts, fact);
    spool.set(...known); // for beacons and the journal, too
    return known;
  };
  // They were captured before this file was there.
  if (isWhereItWas()) [...spool].forEach(completed);
  for (const text of spool.values()) announceCaptured(text);
  write([...spool]);
  const link = new Link([sharedWorker, dedicatedWorker, inPage(disk)], greeting, guarded(hear));

  whenIdle(() => {
    start = { type: "start", python: wantsPython() };
    link.post(start);
  });
  addEventListener("pagehide", ({ persisted }) => {
    link.post({ type: persisted ? "hide" : "close" });
    isFrozen = persisted;
    disk.close(); // or the page may not enter the back/forward cache
  });
  const shown = guarded((/** @type {PageTransitionEvent} */ { persisted }) => {
    if (!persisted) return;
    isFrozen = false;
    link.post({ type: "show" });
    comeBack();
    if (spool.size) link.post({ type: "facts", facts: [...spool] });
  });
  addEventListener("pageshow", shown);

  return (message) => {
    if (message.type === "facts") {
      message.facts = message.facts.map(completed);
      message.facts.forEach(([, text]) => announceCaptured(text));
      write(message.facts);
    }
    if (message.type === "forget") {
      journals.forget();
      if (isBooting) disk.clear();
    }
    // What is captured while the page freezes is in the spool when it shows again.
    if (!isFrozen) link.post(message);
  };
};
