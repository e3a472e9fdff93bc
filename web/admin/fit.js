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
const TIME_UNITS = {
  minute: "yearmonthdatehoursminutes",
  hour: "yearmonthdatehours",
  day: "yearmonthdate",
};

/** @type {Record<string, string>} */
const TIME_FORMATS = { minute: "%-d %b %H:%M", hour: "%-d %b %H:%M", day: "%-d %b %Y" };

/** Width of one letter of an axis label, about. */
const LETTER = 6.6;

/** The narrowest column in which a number of four digits can be read. */
const MIN_STEP = 40;

/** The widest, beyond which a cell is no longer taken for one. */
const MAX_STEP = 120;

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
    const hours = (Date.parse(room.table.to) - Date.parse(room.table.from)) / 3_600_000;
    x.timeUnit = TIME_UNITS[room.table.interval];
    const ticks = Math.max(2, Math.floor(room.width / 100));
    // Beyond two days a tick is a day: the same date twice would say nothing.
    x.axis.tickCount =
      hours > 48 ? { interval: "day", step: Math.ceil(hours / 24 / ticks) } : ticks;
    x.axis.format = hours > 48 ? "%-d %b" : "%H:%M";
    for (const field of tooltip) {
      if (!field.timeUnit) continue;
      field.timeUnit = x.timeUnit;
      field.format = TIME_FORMATS[room.table.interval];
    }
    // The whole period, whether or not anything happened at its ends.
    const times = room.rows.map((row) => Number(row["time"]));
    x.scale = { domain: [dateTime(Math.min(...times)), dateTime(Date.parse(room.table.to))] };
  }
  if (color?.field === "event") {
    color.scale = { domain: room.series, range: room.series.map(room.colour) };
    const longest = Math.max(...room.series.map((name) => name.length)) * LETTER + 44;
    color.legend.columns = Math.max(1, Math.floor(room.width / longest));
    // The order of the stack is the order of the legend.
    fitted.transform.push({
      calculate: `indexof(${JSON.stringify(room.series)}, datum.event)`,
      as: "rank",
    });
    fitted.encoding.order = { field: "rank", type: "quantitative", sort: "ascending" };
  }
  if (["event", "page", "what"].includes(y?.field)) {
    y.axis.labelLimit = Math.min(240, Math.floor(room.width * 0.4));
  }
  if (x?.field === "section") {
    const names = [...new Set(room.rows.map((row) => String(row["section"])))];
    const longest = Math.max(...names.map((name) => name.length)) * LETTER;
    const pages = Math.max(...room.rows.map((row) => String(row["page"]).length)) * LETTER;
    const labels = Math.min(240, pages, room.width * 0.4) + 8;
    // Few columns leave room to the right; many, on a narrow screen, make their place scroll.
    const step = Math.min(MAX_STEP, Math.max(MIN_STEP, (room.width - labels) / names.length));
    fitted.width = labels + step * names.length;
    x.axis.labelAngle = longest > step ? -35 : 0;
    x.axis.labelLimit = 160;
    // Slanted labels lean out over the last column.
    const lean = longest > step ? Math.max(0, 0.82 * Math.min(160, longest) - step / 2) : 0;
    fitted.padding = { left: 0, top: 0, right: lean, bottom: 0 };
    if (fitted.width + lean > room.width && step === MIN_STEP) fitted.width += lean;
  }
  if (x?.type === "quantitative" && x.axis === null) {
    // Room for the number at the end of the longest bar.
    const most = Math.max(...room.rows.map((row) => Number(row[x.field])));
    x.scale = { ...x.scale, domain: [0, most * 1.12] };
  }
  return fitted;
}

/**
 * A time as Vega-Lite takes it beside a time unit, where a number would be a year.
 *
 * @param {number} ms
 */
function dateTime(ms) {
  const time = new Date(ms);
  return {
    year: time.getFullYear(),
    month: time.getMonth() + 1,
    date: time.getDate(),
    hours: time.getHours(),
    minutes: time.getMinutes(),
  };
}
