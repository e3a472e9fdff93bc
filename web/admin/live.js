/** The live list: the last 200 events, as the collector's server-sent events bring them. */

import { byId, element } from "./dom.js";
import { dateTime, liveTime } from "./format.js";

const KEPT = 200;
const RETRY_MS = 4000;

/**
 * @typedef {object} Entry as in tracker/collector/site/live_stream.py
 * @property {string} messageId
 * @property {string} type
 * @property {string} event
 * @property {string} name
 * @property {string} page
 * @property {string} pageType
 * @property {string} section
 * @property {string} app
 * @property {string} source
 * @property {string} via
 * @property {string} at
 */

export class LiveList {
  /** Newest first. @type {Entry[]} */
  #entries = [];
  #known = new Set();
  #body = byId("entries", HTMLTableSectionElement);
  #empty = byId("live-empty", HTMLParagraphElement);
  #status = byId("status", HTMLAnchorElement);
  #pause = byId("pause", HTMLButtonElement);
  #paused = false;
  #missed = 0;
  /** @type {EventSource | undefined} */
  #source;
  /** @type {import("./view.js").View | null} */
  #view = null;

  /** @param {() => void} arrived called when something new was stored */
  constructor(arrived) {
    this.arrived = arrived;
    this.#pause.addEventListener("click", () => {
      this.#paused = !this.#paused;
      this.#pause.setAttribute("aria-pressed", String(this.#paused));
      if (!this.#paused) this.#showAll();
      this.#showPause();
    });
    // An open stream would keep the page out of the back/forward cache.
    window.addEventListener("pagehide", () => {
      this.#source?.close();
      this.#source = undefined;
    });
    window.addEventListener("pageshow", ({ persisted }) => persisted && this.#connect());
    this.#connect();
  }

  /** Show only what the page's filters let through. @param {import("./view.js").View} view */
  filter(view) {
    if (this.#view?.app === view.app && this.#view.event === view.event) return;
    this.#view = view;
    this.#showAll();
  }

  #connect() {
    const source = new EventSource("api/live");
    this.#source = source;
    source.addEventListener("open", () => this.#say("live", "Live"));
    source.addEventListener("message", (event) => this.#add(JSON.parse(event.data)));
    source.addEventListener("dropped", () => this.arrived());
    source.addEventListener("error", () => {
      this.#say("connecting", "Reconnecting");
      // The browser reconnects by itself after a cut, but gives up after an answer such as 503.
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(() => this.#source === source && this.#connect(), RETRY_MS);
    });
  }

  /** @param {Entry} entry */
  #add(entry) {
    if (this.#known.has(entry.messageId)) return;
    this.#known.add(entry.messageId);
    this.#entries.unshift(entry);
    for (const old of this.#entries.splice(KEPT)) this.#known.delete(old.messageId);
    this.arrived();
    if (this.#paused) {
      this.#missed += 1;
      this.#showPause();
    } else if (this.#passes(entry)) {
      this.#body.prepend(line(entry, true));
      while (this.#body.rows.length > KEPT) this.#body.deleteRow(-1);
    }
    this.#sayEmpty();
  }

  #showAll() {
    this.#missed = 0;
    const shown = this.#entries.filter((entry) => this.#passes(entry));
    this.#body.replaceChildren(...shown.map((entry) => line(entry, false)));
    this.#sayEmpty();
  }

  #sayEmpty() {
    this.#empty.hidden = this.#body.rows.length > 0;
    this.#empty.textContent = this.#entries.length
      ? "None of the last events passes the filters above."
      : "Nothing yet. What is stored from now on appears here at once.";
  }

  /** @param {Entry} entry */
  #passes(entry) {
    const { app = "", event = "" } = this.#view ?? {};
    return (!app || entry.app === app) && (!event || label(entry) === event);
  }

  #showPause() {
    this.#pause.textContent = !this.#paused
      ? "Pause"
      : this.#missed
        ? `Resume, ${this.#missed} new`
        : "Resume";
  }

  /**
   * @param {string} state
   * @param {string} text
   */
  #say(state, text) {
    this.#status.dataset["state"] = state;
    const words = this.#status.querySelector("[role=status]");
    if (words && words.textContent !== text) words.textContent = text;
  }
}

/** What the charts call an entry. @param {Entry} entry */
function label(entry) {
  if (entry.type === "track") return entry.event || "(unnamed)";
  return entry.type === "page" || entry.type === "screen" ? `${entry.type} view` : entry.type;
}

/**
 * @param {Entry} entry
 * @param {boolean} fresh
 */
function line(entry, fresh) {
  // The app has a column of its own.
  const event = entry.event.startsWith(`${entry.app}.`)
    ? entry.event.slice(entry.app.length + 1)
    : entry.event;
  return element(
    "tr",
    { "data-message": entry.messageId, class: fresh ? "fresh" : null },
    element(
      "td",
      { class: "time" },
      element("time", { datetime: entry.at, title: dateTime(entry.at) }, liveTime(entry.at)),
    ),
    element("th", { scope: "row" }, event || entry.name || "–"),
    element(
      "td",
      {},
      entry.page,
      // The space is for those who copy the line, or hear it.
      ...(entry.pageType === "modal" ? [" ", element("span", { class: "badge" }, "modal")] : []),
    ),
    element("td", {}, entry.section),
    element("td", { class: "soft" }, entry.type),
    element("td", { class: "soft" }, entry.app),
    element("td", { class: "soft" }, entry.via),
  );
}
