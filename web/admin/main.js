/** The admin page: keeps what is shown, the address and the collector's answers together. */

import { ApiError, getCharts, getSummary, getTable } from "./api.js";
import { byId } from "./dom.js";
import { Filters } from "./filters.js";
import { ZONE } from "./format.js";
import { LiveList } from "./live.js";
import { ChartPanel } from "./panel.js";
import { showTiles } from "./tiles.js";
import { PERIOD_NAMES, readView, toParameters, writeView } from "./view.js";
import { showWelcome } from "./welcome.js";

/** @typedef {import("./view.js").View} View */

const REFRESH_MS = 5000;
const AFTER_ARRIVAL_MS = 400;

const main = byId("charts", HTMLElement);
const notice = byId("notice", HTMLParagraphElement);
const welcome = byId("welcome", HTMLElement);
const tiles = byId("tiles", HTMLDListElement);
const chartList = byId("chart-list", HTMLDivElement);

let view = readView(location.search);
/** @type {ChartPanel[]} */
let panels = [];
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
let due = 0;
let loading = new AbortController();
let busy = false;

const filters = new Filters(change);
const live = new LiveList(() => refreshIn(AFTER_ARRIVAL_MS));

/**
 * Go to another view, which the back button undoes.
 *
 * @param {Partial<View>} part
 */
function change(part) {
  view = { ...view, ...part };
  history.pushState(null, "", writeView(view) || location.pathname);
  apply();
}

/** Bring the page to the view. */
function apply() {
  filters.show(view);
  live.filter(view);
  for (const panel of panels) panel.setTableOpen(view.tables.includes(panel.chart.name));
  loading.abort();
  busy = false;
  refreshIn(0);
}

/**
 * Load again after `delay` ms, or sooner if that is planned already. A hidden page waits until it is seen.
 *
 * @param {number} delay
 */
function refreshIn(delay) {
  const at = Date.now() + delay;
  if (timer !== undefined && due <= at) return;
  clearTimeout(timer);
  due = at;
  timer = setTimeout(() => {
    timer = undefined;
    if (busy) refreshIn(AFTER_ARRIVAL_MS);
    else if (document.visibilityState === "visible") void refresh();
  }, delay);
}

async function refresh() {
  busy = true;
  loading = new AbortController();
  const { signal } = loading;
  try {
    if (!panels.length) makePanels(await getCharts(signal));
    const parameters = toParameters(view, Date.now(), ZONE);
    const [summary, ...tables] = await Promise.all([
      getSummary(parameters, signal),
      ...panels.map((panel) => getTable(panel.chart.name, parameters, signal)),
    ]);
    if (signal.aborted) return;
    // What was set apart or refused is not stored, and to be seen all the same.
    const isNew = summary.totals.stored === 0 && tables.every(({ rows }) => !rows.length);
    showWelcome(welcome, isNew, summary);
    main.classList.toggle("is-new", isNew);
    showTiles(tiles, summary.totals);
    const prefix = commonPrefix(summary);
    filters.offer(summary.apps, summary.events, prefix);
    const period = PERIOD_NAMES[view.period] ?? "this period";
    tables.forEach((table, place) => panels[place]?.show(table, parameters, period, prefix));
    say(
      summary.behind
        ? `Still reading the store: ${summary.behind} requests to go. The charts fill as it goes on.`
        : "",
    );
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof ApiError)) throw error;
    say(error.message);
  } finally {
    if (!signal.aborted) {
      busy = false;
      main.setAttribute("aria-busy", "false");
      refreshIn(REFRESH_MS);
    }
  }
}

/**
 * What every event begins with when there is one app: its name, which then says nothing.
 *
 * @param {import("./api.js").Summary} summary
 */
function commonPrefix({ apps, events }) {
  const prefix = apps.length === 1 ? `${apps[0]}.` : "";
  return events.every((event) => event.startsWith(prefix) || event.endsWith(" view")) ? prefix : "";
}

/** @param {import("./api.js").Chart[]} charts */
function makePanels(charts) {
  panels = charts.map(
    (chart) =>
      new ChartPanel(chart, {
        openTable: (name, open) => {
          const others = view.tables.filter((other) => other !== name);
          change({ tables: open ? [...others, name] : others });
        },
        chooseEvent: (event) => change({ event: view.event === event ? "" : event }),
      }),
  );
  chartList.replaceChildren(...panels.map((panel) => panel.element));
  for (const panel of panels) panel.setTableOpen(view.tables.includes(panel.chart.name));
}

/** @param {string} text what the viewer should know; nothing when all is well */
function say(text) {
  notice.hidden = text === "";
  if (notice.textContent !== text) notice.textContent = text;
  main.classList.toggle("is-stale", text !== "");
}

window.addEventListener("popstate", () => {
  view = readView(location.search);
  apply();
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") refreshIn(0);
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  for (const panel of panels) panel.draw();
});

showTiles(tiles, null);
apply();
