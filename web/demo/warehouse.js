/** The sample warehouse: two tables of made-up rows, the same at each start, and the one query over them. */

/** @typedef {Record<string, string | number>} Row */
/** @typedef {{id: string, label: string}} Dimension */
/** @typedef {{id: string, label: string, format: Intl.NumberFormat, of: (rows: Row[]) => number}} Metric */
/** @typedef {{id: string, label: string, dimensions: Dimension[], metrics: Metric[], rows: Row[]}} Table */
/** @typedef {{table: string, dimension: string, metrics: string[]}} Query */
/** @typedef {{dimension: Dimension, metrics: Metric[], rows: {label: string, values: number[]}[]}} Result */

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const COUNTRIES = ["Germany", "United States", "Kenya", "Brazil", "Japan", "Norway"];
const COUNT = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const MONEY = new Intl.NumberFormat("en", {
  style: "currency",
  currency: "EUR",
  maximumFractionDigits: 0,
});

const random = sequence(20261123);

/** @type {Table[]} */
export const TABLES = [
  {
    id: "orders",
    label: "Orders",
    dimensions: [
      { id: "month", label: "Order month" },
      { id: "country", label: "Country" },
      { id: "channel", label: "Channel" },
      { id: "status", label: "Status" },
    ],
    metrics: [
      { id: "revenue", label: "Revenue", format: MONEY, of: (rows) => sum(rows, "amount") },
      { id: "orders", label: "Orders", format: COUNT, of: (rows) => rows.length },
      {
        id: "average",
        label: "Average order",
        format: MONEY,
        of: (rows) => sum(rows, "amount") / rows.length,
      },
      {
        id: "customers",
        label: "Customers",
        format: COUNT,
        of: (rows) => new Set(rows.map((row) => row.customer)).size,
      },
    ],
    rows: rowsByMonth(120, (month) => ({
      month,
      country: pick(COUNTRIES),
      channel: pick(["Web shop", "Partner", "Field sales", "Phone"]),
      status: pick(["Shipped", "Delivered", "Delivered", "Delivered", "Returned"]),
      customer: Math.floor(random() * 480),
      amount: Math.round(25 + 640 * random() ** 2.2),
    })),
  },
  {
    id: "subscriptions",
    label: "Subscriptions",
    dimensions: [
      { id: "month", label: "Start month" },
      { id: "plan", label: "Plan" },
      { id: "country", label: "Country" },
    ],
    metrics: [
      { id: "started", label: "Started", format: COUNT, of: (rows) => rows.length },
      { id: "seats", label: "Seats", format: COUNT, of: (rows) => sum(rows, "seats") },
      { id: "value", label: "Monthly value", format: MONEY, of: (rows) => sum(rows, "value") },
    ],
    rows: rowsByMonth(30, (month) => {
      const seats = 1 + Math.floor(40 * random() ** 3);
      return {
        month,
        plan: pick(["Team", "Team", "Business", "Enterprise"]),
        country: pick(COUNTRIES),
        seats,
        value: seats * 12,
      };
    }),
  },
];

/**
 * @param {string} id
 * @returns {Table} the table, or the first one for an id that is not known
 */
export function tableOf(id) {
  return TABLES.find((table) => table.id === id) ?? /** @type {Table} */ (TABLES[0]);
}

/**
 * Group the rows of a table by a dimension and measure each group. Months keep their order; other
 * groups come with the largest first measure at the top.
 * @param {Query} query
 * @returns {Result}
 */
export function run(query) {
  const table = tableOf(query.table);
  const dimension =
    table.dimensions.find(({ id }) => id === query.dimension) ??
    /** @type {Dimension} */ (table.dimensions[0]);
  const metrics = table.metrics.filter(({ id }) => query.metrics.includes(id));
  const groups = Map.groupBy(table.rows, (row) => String(row[dimension.id]));
  const rows = [...groups].map(([label, members]) => ({
    label,
    values: metrics.map((metric) => metric.of(members)),
  }));
  rows.sort((a, b) =>
    dimension.id === "month"
      ? MONTHS.indexOf(a.label) - MONTHS.indexOf(b.label)
      : (b.values[0] ?? 0) - (a.values[0] ?? 0),
  );
  return { dimension, metrics, rows };
}

/**
 * Make rows for each month, more of them as the year goes on.
 * @param {number} perMonth
 * @param {(month: string) => Row} makeRow
 * @returns {Row[]}
 */
function rowsByMonth(perMonth, makeRow) {
  return MONTHS.flatMap((month, index) => {
    const count = Math.round(perMonth * (1 + index * 0.09 + random() * 0.35));
    return Array.from({ length: count }, () => makeRow(month));
  });
}

/**
 * @param {Row[]} rows
 * @param {string} column
 */
function sum(rows, column) {
  return rows.reduce((total, row) => total + Number(row[column]), 0);
}

/**
 * @param {string[]} choices
 * @returns {string}
 */
function pick(choices) {
  return /** @type {string} */ (choices[Math.floor(random() * choices.length)]);
}

/**
 * Make a repeatable source of numbers in [0, 1): mulberry32.
 * @param {number} seed
 */
function sequence(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
