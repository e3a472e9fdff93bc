import { copyOf, find, make } from "./dom.js";

const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?/g;
const STATES = { captured: "Captured", sent: "Sent", stored: "Stored" };

/** One message of the panel, from its capture to the store. */
export class MessageRow {
  /** @type {keyof typeof STATES} */
  #state = "captured";

  constructor() {
    this.element = find(copyOf("message"), "li", HTMLLIElement);
    this.#setState("captured");
  }

  /**
   * Show a fact as it was captured: there is no message yet.
   * @param {any} fact
   */
  showFact(fact) {
    /** @type {any[]} */
    const path = fact.path ?? [];
    const page = path.findLast((scope) => scope.page)?.page;
    const sections = path.filter((scope) => scope.section).map((scope) => scope.section.name);
    this.#show(fact.kind, fact.name ?? fact.kind, page, sections, fact.at, fact);
  }

  /**
   * Show the message that was made of the fact and handed to the network.
   * @param {any} message
   */
  showMessage(message) {
    const { page, section, app } = message.context ?? {};
    const name = message.event?.slice(app.name.length + 1) ?? message.name ?? message.type;
    const at = Date.parse(message.originalTimestamp);
    this.#show(message.type, name, page, section?.path ?? [], at, message);
    if (this.#state === "captured") this.#setState("sent");
  }

  /** Say that the collector has it on disk. */
  showStored() {
    this.#setState("stored");
  }

  /**
   * @param {string} kind
   * @param {string} name
   * @param {{name?: string, type?: string, category?: string} | undefined} page
   * @param {string[]} sections
   * @param {number} at
   * @param {unknown} data
   */
  #show(kind, name, page, sections, at, data) {
    const parts = name.split(/(?<=[._])/).flatMap((part) => [make("wbr"), part]);
    find(this.element, ".message-name", HTMLElement).replaceChildren(...parts);
    const modal = page?.type === "modal" ? "modal" : "";
    const place = [page?.name, ...sections].filter(Boolean).join(" › ");
    const about = kind === "page" ? [modal || kind, page?.category] : [kind, place, modal];
    this.#text(".message-place", about.filter(Boolean).join(" · "));
    const time = find(this.element, "time", HTMLTimeElement);
    time.dateTime = new Date(at).toISOString();
    time.textContent = new Date(at).toLocaleTimeString("en-GB");
    find(this.element, "pre", HTMLPreElement).replaceChildren(...coloured(data));
  }

  /** @param {keyof typeof STATES} state */
  #setState(state) {
    this.#state = state;
    this.element.dataset.state = state;
    this.#text(".message-state", STATES[state]);
  }

  /**
   * @param {string} selector
   * @param {string} text
   */
  #text(selector, text) {
    find(this.element, selector, HTMLElement).textContent = text;
  }
}

/**
 * Write a value as indented JSON, each token in a span that names its kind.
 * @param {unknown} data
 * @returns {(Node | string)[]}
 */
function coloured(data) {
  const text = JSON.stringify(data, null, 2);
  /** @type {(Node | string)[]} */
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [token, string, colon] = match;
    const kind = colon ? "key" : string ? "string" : "literal";
    parts.push(
      text.slice(end, match.index),
      make("span", { class: `json-${kind}` }, string ?? token),
    );
    end = match.index + (string ?? token).length;
  }
  parts.push(text.slice(end));
  return parts;
}
