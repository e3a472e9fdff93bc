/** A chart's rows as a table that everyone can read. */

import { element } from "./dom.js";
import { dateTime, number, point } from "./format.js";

/** @typedef {import("./api.js").Table} Table */
/** @typedef {import("./api.js").Value} Value */

/**
 * The table with its events as `name` says them.
 *
 * @param {Table} table
 * @param {(event: string) => string} name
 * @returns {Table}
 */
export function renamed(table, name) {
  const place = table.columns.findIndex((column) => column.name === "event");
  if (place < 0) return table;
  return { ...table, rows: table.rows.map((row) => row.with(place, name(String(row[place])))) };
}

/** Headings for the column names of the API. @type {Record<string, string>} */
const HEADINGS = {
  time: "Time",
  event: "Event",
  events: "Events",
  page: "Page",
  section: "Section",
  visitors: "Visitors",
  share: "Share, %",
  lastSeen: "Last seen",
  outcome: "Outcome",
  rule: "Rule",
  messages: "Messages",
};

/**
 * The rows as they are.
 *
 * @param {Table} table
 * @param {string} caption
 */
export function plainTable(table, caption) {
  return build(
    caption,
    table.columns.map((column) => HEADINGS[column.name] ?? column.name),
    table.rows.map((row) => row.map((value, place) => text(value, table.columns[place]?.type))),
    table.columns.map((column) => column.type === "number"),
  );
}

/**
 * One line for each value of `down`, one column for each value of `across`, and the totals.
 * Times run from the newest, and those without anything are left out.
 *
 * @param {Table} table
 * @param {import("./api.js").Spread} spread
 * @param {string} caption
 */
export function spreadTable(table, spread, caption) {
  const place = Object.fromEntries(table.columns.map((column, index) => [column.name, index]));
  const [down, across, value] = [spread.down, spread.across, spread.value].map(
    (name) => place[name] ?? 0,
  );
  /** @type {Map<string, Map<string, number>>} */
  const lines = new Map();
  /** @type {Set<string>} */
  const columns = new Set();
  for (const row of table.rows) {
    const [line, column, count] = [
      String(row[down ?? 0]),
      String(row[across ?? 0]),
      Number(row[value ?? 0]),
    ];
    columns.add(column);
    if (!lines.has(line)) lines.set(line, new Map());
    lines.get(line)?.set(column, count);
  }
  const isTime = spread.down === "time";
  const body = [...lines].map(([line, counts]) => {
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const cells = [...columns].map((column) => counts.get(column) ?? 0);
    return { line, total, cells };
  });
  const shown = isTime ? body.filter(({ total }) => total > 0).reverse() : body;
  return build(
    caption,
    [HEADINGS[spread.down] ?? spread.down, ...columns, "Total"],
    shown.map(({ line, total, cells }) => [
      isTime ? point(line, table.interval) : line,
      ...cells.map((count) => (count ? number(count) : "·")),
      number(total),
    ]),
    [false, ...[...columns].map(() => true), true],
  );
}

/**
 * @param {string} caption
 * @param {string[]} headings
 * @param {string[][]} rows
 * @param {boolean[]} numeric which columns hold numbers
 */
function build(caption, headings, rows, numeric) {
  const kind = (/** @type {number} */ place) => (numeric[place] ? "number" : null);
  return element(
    "table",
    {},
    element("caption", {}, caption),
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        ...headings.map((name, place) => element("th", { scope: "col", class: kind(place) }, name)),
      ),
    ),
    element(
      "tbody",
      {},
      ...rows.map((row) =>
        element(
          "tr",
          {},
          ...row.map((cell, place) =>
            place === 0
              ? element("th", { scope: "row" }, cell)
              : element(
                  "td",
                  { class: kind(place) },
                  cell === "·" ? element("span", { class: "nil" }, "0") : cell,
                ),
          ),
        ),
      ),
    ),
  );
}

/**
 * @param {Value} value
 * @param {string | undefined} type
 */
function text(value, type) {
  if (value === null) return "";
  if (type === "time") return dateTime(String(value));
  return typeof value === "number" ? number(value) : value;
}
