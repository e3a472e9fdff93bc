import { journalPrefix, rawUrl } from "./address.js";
import { newId } from "./id.js";
import { spool, unbeaconed, unstored } from "./spool.js";
import { environment, settings } from "./tag.js";
import { attempt, guarded, warn } from "./warn.js";

/** Browsers allow 64 KiB in flight for beacons, and a character may have 3 bytes. */
const MAX_BEACON_LENGTH = 20_000;
/** Storage is the page's, too, and small: larger journals would take it away. */
const MAX_JOURNAL_LENGTH = 250_000;

const url = rawUrl(settings);
const environmentText = JSON.stringify(environment);
/** Under which name this page's journal is in the origin's storage. */
const journalKey = journalPrefix(url) + newId();

const bodyOf = (/** @type {string[]} */ ids) =>
  `{"environment":${environmentText},"facts":[${ids.map((id) => spool.get(id))}],"sentAt":${JSON.stringify(new Date())}}`;

/** Hand facts to the browser, in their order and in chunks that a beacon may have. */
const beacon = (/** @type {string[]} */ ids) => {
  const body = bodyOf(ids);
  const half = ids.length >> 1;
  if (half && body.length > MAX_BEACON_LENGTH) {
    beacon(ids.slice(0, half));
    beacon(ids.slice(half));
  } else {
    const isTaken = attempt(() => navigator.sendBeacon(url, body));
    // No means that the beacons' quota is used up, and it is that of `keepalive`, too.
    if (!isTaken) {
      fetch(url, { method: "POST", body, keepalive: isTaken == null }).catch(() => {});
    }
  }
};

/** Write down for the next page of this origin what only this page knows. */
export const journal = () => {
  const isDone = attempt(() => {
    const text = bodyOf([...unstored]);
    return unstored.size
      ? text.length < MAX_JOURNAL_LENGTH && (localStorage[journalKey] = text)
      : delete localStorage[journalKey];
  });
  if (!isDone) warn("Storage is full");
};

/** The page may be about to go: see that what is unsettled gets to the collector, each fact once. */
export const leave = guarded(() => {
  journal();
  if (unbeaconed.size) beacon([...unbeaconed]);
  unbeaconed.clear();
});
