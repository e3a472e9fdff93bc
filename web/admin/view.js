/** The view: what is shown, kept in the address, so that each view can be sent, kept and gone back to. */

const HOUR = 3_600_000;

/** Lengths of the periods that end now, in ms. @type {Record<string, number>} */
export const PERIODS = { "1h": HOUR, "24h": 24 * HOUR, "7d": 7 * 24 * HOUR, "30d": 30 * 24 * HOUR };

/** @type {Record<string, string>} */
export const PERIOD_NAMES = {
  "1h": "the last hour",
  "24h": "the last 24 hours",
  "7d": "the last 7 days",
  "30d": "the last 30 days",
  custom: "this period",
};

/**
 * @typedef {object} View
 * @property {string} period a key of PERIODS, or `custom`
 * @property {string} from ISO time, with `custom`
 * @property {string} to ISO time, with `custom`
 * @property {string} app empty for all
 * @property {string} event empty for all
 * @property {string[]} tables names of the charts whose table is open
 */

/** @type {View} */
const DEFAULT = { period: "24h", from: "", to: "", app: "", event: "", tables: [] };

/**
 * The view of an address; what it does not say, or says wrongly, is as at first.
 *
 * @param {string} search
 * @returns {View}
 */
export function readView(search) {
  const query = new URLSearchParams(search);
  const from = query.get("from") ?? "";
  const to = query.get("to") ?? "";
  const asked = query.get("period") ?? "";
  const custom = asked === "custom" && isTime(from) && isTime(to);
  return {
    period: custom ? "custom" : asked in PERIODS ? asked : DEFAULT.period,
    from: custom ? from : "",
    to: custom ? to : "",
    app: query.get("app") ?? "",
    event: query.get("event") ?? "",
    tables: (query.get("tables") ?? "").split(",").filter(Boolean),
  };
}

/**
 * The shortest query string that says the view; empty, or from the question mark on.
 *
 * @param {View} view
 */
export function writeView(view) {
  const query = new URLSearchParams();
  if (view.period !== DEFAULT.period) query.set("period", view.period);
  if (view.period === "custom") {
    query.set("from", view.from);
    query.set("to", view.to);
  }
  if (view.app) query.set("app", view.app);
  if (view.event) query.set("event", view.event);
  if (view.tables.length) query.set("tables", view.tables.join(","));
  const text = query.toString();
  return text ? `?${text}` : "";
}

/**
 * The parameters that the API takes for a view.
 *
 * @param {View} view
 * @param {number} now ms since the epoch
 * @param {string} zone
 */
export function toParameters(view, now, zone) {
  const length = PERIODS[view.period];
  const query = new URLSearchParams({
    from: length === undefined ? view.from : new Date(now - length).toISOString(),
    to: length === undefined ? view.to : new Date(now).toISOString(),
    zone,
  });
  if (view.app) query.set("app", view.app);
  if (view.event) query.set("event", view.event);
  return query;
}

/** @param {string} text */
function isTime(text) {
  return text !== "" && !Number.isNaN(Date.parse(text));
}
