/** The panel "What was sent": the tracker's own observation events, drawn beside the app. */

import { MessageRow } from "./message-row.js";
import { find } from "./dom.js";

const KEPT = 100;
const COLLAPSED = "acme-panel-collapsed";

/** Follow what the tracker does from now on. */
export function watchMessages() {
  /** @type {Map<string, MessageRow>} */
  const rows = new Map();
  const feed = find(document, "#feed", HTMLElement);

  const rowOf = (/** @type {string} */ id) => {
    const known = rows.get(id);
    if (known) return known;
    const row = new MessageRow();
    rows.set(id, row);
    feed.prepend(row.element);
    find(document, "#feed-empty", HTMLElement).hidden = true;
    for (const [oldest, { element }] of rows) {
      if (rows.size <= KEPT) break;
      element.remove();
      rows.delete(oldest);
    }
    return row;
  };

  on("tracker:captured", (facts) => {
    for (const fact of listOf(facts)) {
      rowOf(fact.id).showFact(fact);
      tick(fact.name);
    }
  });
  on("tracker:sent", (messages) => {
    showReady();
    for (const message of listOf(messages)) rowOf(message.messageId).showMessage(message);
  });
  on("tracker:settled", (ids) => {
    for (const id of listOf(ids)) rows.get(id)?.showStored();
  });
  on("tracker:ready", showReady);
  on("tracker:failed", showFailed);
  // It may have ended before this script had loaded.
  const { python } = /** @type {{ tracker?: { python?: string } }} */ (window).tracker ?? {};
  if (python === "ready") showReady();
  if (python === "failed") showFailed();
  showAddress();
  document.addEventListener("demo:address", showAddress);
  find(document, "#stays-try", HTMLButtonElement).addEventListener("click", trackByMistake);
  makeCollapsible();
}

/**
 * @param {string} name
 * @param {(detail: any) => void} react
 */
function on(name, react) {
  document.addEventListener(name, (event) => {
    if (event instanceof CustomEvent) react(event.detail);
  });
}

/** @param {any} detail one or several of what the event tells of */
function listOf(detail) {
  return Array.isArray(detail) ? detail : [detail];
}

/** Tick off the example that a fact's name belongs to. */
function tick(/** @type {string | undefined} */ name) {
  for (const item of document.querySelectorAll("#tries li")) {
    if (item instanceof HTMLElement && item.dataset.event === name) item.dataset.done = "";
  }
}

function showReady() {
  const ms = Math.round(performance.now()).toLocaleString("en");
  showBoot("ready", `Python ready in ${ms} ms`);
}

function showFailed() {
  showBoot("failed", "Python does not run here: the collector finishes raw facts");
}

/**
 * Say, once, how starting Python ended.
 * @param {"ready" | "failed"} state
 * @param {string} text
 */
function showBoot(state, text) {
  const boot = find(document, "#sent-boot", HTMLElement);
  if (boot.dataset.state !== "starting") return;
  boot.dataset.state = state;
  boot.textContent = text;
}

/** What a developer does once: the message is sent, and says that the address is missing. */
function trackByMistake() {
  const { tracker } =
    /** @type {{ tracker?: { track(name: string, properties: object): void } }} */ (window);
  tracker?.track("help_button.click", { asked_by: "ada@acme.example" });
}

/** Show what the page's title and address say, which the tracker does not read. */
function showAddress() {
  find(document, "#stays-title-value", HTMLElement).textContent = document.title;
  find(document, "#stays-address-value", HTMLElement).textContent =
    location.pathname + location.search;
}

function makeCollapsible() {
  const panel = find(document, "#sent", HTMLElement);
  const button = find(document, "#sent-toggle", HTMLButtonElement);
  const collapse = (/** @type {boolean} */ collapsed) => {
    panel.toggleAttribute("data-collapsed", collapsed);
    button.setAttribute("aria-expanded", String(!collapsed));
    button.textContent = collapsed ? "Show" : "Hide";
  };
  const narrow = matchMedia("(max-width: 60rem)").matches;
  collapse((sessionStorage.getItem(COLLAPSED) ?? String(narrow)) === "true");
  button.addEventListener("click", () => {
    const collapsed = !panel.hasAttribute("data-collapsed");
    sessionStorage.setItem(COLLAPSED, String(collapsed));
    collapse(collapsed);
  });
}
