import { dashboardRow } from "./dashboards.js";
import { showChart } from "./chart.js";
import { find, make } from "./dom.js";
import { run } from "./warehouse.js";
import { workspace } from "./workspace.js";

/** @type {[label: string, table: string, metric: string][]} */
const FIGURES = [
  ["Revenue in December", "orders", "revenue"],
  ["Orders in December", "orders", "orders"],
  ["New seats in December", "subscriptions", "seats"],
];

/**
 * Fill the welcome page: the last month's key figures and the first dashboards.
 * @param {Element} root
 */
export function showWelcome(root) {
  find(root, "#figures", HTMLElement).append(...FIGURES.map((each) => figure(...each)));
  showRevenue(find(root, "#revenue", HTMLElement));
  const rows = workspace.dashboards.slice(0, 3).map((dashboard) => dashboardRow(dashboard));
  find(root, "#recent", HTMLElement).append(...rows);
}

/** @param {HTMLElement} container */
function showRevenue(container) {
  const { rows, metrics } = run({ table: "orders", dimension: "month", metrics: ["revenue"] });
  const picture = make("div");
  container.append(make("figcaption", {}, "Revenue by order month"), picture);
  const points = rows.map(({ label, values }) => ({ label, value: values[0] ?? 0 }));
  if (metrics[0]) {
    showChart(picture, {
      name: "Revenue",
      points,
      format: metrics[0].format,
      kind: "line",
      height: 200,
    });
  }
}

/**
 * @param {string} label
 * @param {string} table
 * @param {string} metric
 */
function figure(label, table, metric) {
  const { rows, metrics } = run({ table, dimension: "month", metrics: [metric] });
  const [now = 0, before = 0] = rows.map(({ values }) => values[0] ?? 0).reverse();
  const change = new Intl.NumberFormat("en", {
    style: "percent",
    signDisplay: "exceptZero",
    maximumFractionDigits: 1,
  }).format(before ? now / before - 1 : 0);
  return make(
    "li",
    {},
    make("span", { class: "figure-label" }, label),
    make("strong", { class: "figure-value" }, metrics[0]?.format.format(now) ?? ""),
    make("span", { class: "figure-note" }, `${change} on November`),
  );
}
