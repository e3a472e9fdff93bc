/** Fits a specification to the answer and the room it has: the time unit, the width, the colours of the series. */

/**
 * @typedef {object} Room
 * @property {import("./api.js").Table} table
 * @property {import("./plot.js").Datum[]} rows
 * @property {string[]} series
 * @property {number} width in px
 * @property {(series: string) => string} colour
 */

/** @type {Record<string, string>} */
const TIME_UNITS = { minute: "yearmonthdatehoursminutes", hour: "yearmonthdatehours", day: "yearmonthdate" };

/** @type {Record<string, string>} */
const TIME_FORMATS = { minute: "%-d %b %H:%M", hour: "%-d %b %H:%M", day: "%-d %b %Y" };

/** Width of one letter of an axis label, about. */
const LETTER = 6.6;

/**
 * A copy of `spec` for this room. A specification is data of the server, and its shape is known here only by
 * the encodings that it may have.
 *
 * @param {import("vega-lite").TopLevelSpec} spec
 * @param {Room} room
 * @returns {import("vega-lite").TopLevelSpec}
 */
export function fit(spec, room) {
  /** @type {any} */
  const fitted = structuredClone(spec);
  fitted.width = room.width;
  fitted.autosize = { type: "fit-x", contains: "padding" };
  const { x, y, color, tooltip } = fitted.encoding;
  if (x?.timeUnit) {
    x.timeUnit = TIME_UNITS[room.table.interval];
    x.axis.tickCount = Math.max(2, Math.floor(room.width / 110));
    for (const field of tooltip) {
      if (!field.timeUnit) continue;
      field.timeUnit = x.timeUnit;
      field.format = TIME_FORMATS[room.table.interval];
    }
    // The whole period, whether or not anything happened at its ends.
    const times = room.rows.map((row) => Date.parse(String(row["time"])));
    x.scale = { domain: [Math.min(...times), Date.parse(room.table.to)] };
  }
  if (color?.field === "event") {
    color.scale = { domain: room.series, range: room.series.map(room.colour) };
    color.legend.columns = Math.max(1, Math.floor(room.width / 240));
    // The order of the stack is the order of the legend.
    fitted.transform.push({
      calculate: `indexof(${JSON.stringify(room.series)}, datum.event)`,
      as: "rank",
    });
    fitted.encoding.order = { field: "rank", type: "quantitative", sort: "descending" };
  }
  if (y?.field === "event" || y?.field === "page") {
    y.axis.labelLimit = Math.min(240, Math.floor(room.width * 0.4));
  }
  if (x?.field === "section") {
    const names = [...new Set(room.rows.map((row) => String(row["section"])))];
    const longest = Math.max(...names.map((name) => name.length)) * LETTER;
    const step = (room.width * 0.72) / names.length;
    x.axis.labelAngle = longest > step ? -35 : 0;
    x.axis.labelLimit = 160;
  }
  if (x?.field === "events" && x.axis === null) {
    // Room for the number at the end of the longest bar.
    const most = Math.max(...room.rows.map((row) => Number(row["events"])));
    x.scale = { ...x.scale, domain: [0, most * 1.12] };
  }
  return fitted;
}
