/** One chart on the page: its heading, drawing, table, CSV and what to say when there is nothing. */

import { csvAddress } from "./api.js";
import { element } from "./dom.js";
import { plot } from "./plot.js";
import { fit } from "./fit.js";
import { plainTable, renamed, spreadTable } from "./table.js";
import { assignColours, readTheme } from "./theme.js";

/** @typedef {import("./api.js").Chart} Chart */
/** @typedef {import("./api.js").Table} Table */

/**
 * @typedef {object} Doings what the panel asks of the page
 * @property {(name: string, open: boolean) => void} openTable
 * @property {(event: string) => void} chooseEvent
 */

export class ChartPanel {
  /** @type {Table | null} */
  #table = null;
  #prefix = "";
  #drawn = "";
  #free = () => {};
  #turn = Promise.resolve();

  /**
   * @param {Chart} chart
   * @param {Doings} doings
   */
  constructor(chart, doings) {
    this.chart = chart;
    this.doings = doings;
    const tableId = `${chart.name}-table`;
    this.toggle = element(
      "button",
      { type: "button", "aria-expanded": "false", "aria-controls": tableId },
      "Table",
    );
    this.toggle.addEventListener("click", () => {
      doings.openTable(chart.name, this.toggle.getAttribute("aria-expanded") !== "true");
    });
    this.csv = element("a", { download: `${chart.name}.csv` }, "CSV");
    this.drawing = element("div", { class: "drawing" });
    this.empty = element("p", { class: "quiet" }, "Loading…");
    this.tablePlace = element("div", {
      class: "scroll",
      id: tableId,
      tabindex: "0",
      role: "region",
      "aria-label": `${chart.title}: table`,
      hidden: true,
    });
    const titleId = `${chart.name}-title`;
    this.element = element(
      "section",
      { class: "panel", "data-chart": chart.name, "aria-labelledby": titleId },
      element(
        "div",
        { class: "heading" },
        element("h2", { id: titleId }, chart.title),
        element("p", {}, chart.description),
        element("div", { class: "actions" }, this.toggle, this.csv),
      ),
      this.empty,
      this.drawing,
      this.tablePlace,
    );
    new ResizeObserver(() => this.draw()).observe(this.drawing);
  }

  /**
   * Show an answer.
   *
   * @param {Table} answer
   * @param {URLSearchParams} parameters what it answers
   * @param {string} period the period in words
   * @param {string} prefix what all events begin with, and need not be said
   */
  show(answer, parameters, period, prefix) {
    const table = renamed(answer, (event) =>
      event.startsWith(prefix) ? event.slice(prefix.length) : event,
    );
    this.#table = table;
    this.#prefix = prefix;
    this.csv.href = csvAddress(this.chart.name, parameters);
    this.empty.hidden = table.rows.length > 0;
    const filtered = parameters.has("app") || parameters.has("event");
    const longer = filtered
      ? `Nothing in ${period} with these filters. Choose a longer period, or all apps and events.`
      : `Nothing in ${period}. Choose a longer one.`;
    this.empty.textContent = this.chart.empty ?? longer;
    const caption = `${this.chart.title}, ${period}`;
    const made = this.chart.table
      ? spreadTable(table, this.chart.table, caption)
      : plainTable(table, caption);
    const scrolled = this.tablePlace.scrollTop;
    this.tablePlace.replaceChildren(made);
    this.tablePlace.scrollTop = scrolled;
    this.draw();
  }

  /** @param {boolean} open */
  setTableOpen(open) {
    this.toggle.setAttribute("aria-expanded", String(open));
    this.tablePlace.hidden = !open;
  }

  /** Draw what is shown, if it or the room or the theme is another than at the last time. */
  draw() {
    // One after the other: an older drawing must not replace a newer one.
    this.#turn = this.#turn.then(() => this.#drawNow()).catch((error) => console.error(error));
  }

  async #drawNow() {
    const table = this.#table;
    const width = this.drawing.clientWidth;
    if (!table || !width) return;
    const theme = readTheme();
    const key = JSON.stringify([table.rows, table.interval, width, theme.config]);
    if (key === this.#drawn) return;
    this.#drawn = key;
    this.#free();
    this.#free = () => {};
    if (!table.rows.length) {
      this.drawing.replaceChildren();
      return;
    }
    const rows = table.rows.map((row) => toDatum(table, row));
    const series = [...new Set(rows.map((row) => String(row["event"])))];
    if (this.chart.name === "events_over_time") assignColours(series);
    const spec = fit(this.chart.spec, { table, rows, series, width, colour: theme.colour });
    this.#free = await plot(this.drawing, spec, theme.config, rows, (datum) => {
      const event = datum["event"];
      if (typeof event !== "string" || event === "(other)") return;
      this.doings.chooseEvent(event.endsWith(" view") ? event : this.#prefix + event);
    });
  }
}

/**
 * A row as Vega reads it: by name, times in ms.
 *
 * @param {Table} table
 * @param {import("./api.js").Value[]} row
 */
function toDatum(table, row) {
  return Object.fromEntries(
    table.columns.map(({ name, type }, place) => {
      const value = row[place] ?? null;
      return [name, type === "time" && value !== null ? Date.parse(String(value)) : value];
    }),
  );
}
