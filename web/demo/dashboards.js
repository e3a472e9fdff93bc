import { showChart } from "./chart.js";
import { find, make } from "./dom.js";
import { setTitle } from "./router.js";
import { run, tableOf } from "./warehouse.js";
import { save, workspace } from "./workspace.js";

/** @import { Dashboard, SavedChart } from "./workspace.js" */

/**
 * Fill the list of dashboards.
 * @param {Element} root
 */
export function showDashboards(root) {
  find(root, "#list", HTMLElement).append(...workspace.dashboards.map(dashboardRow));
}

/**
 * Fill the page of one dashboard. Its name goes into the title of the browser's tab: the tracker
 * does not read it from there.
 * @param {Element} root
 * @param {Dashboard} dashboard
 */
export function showDashboard(root, dashboard) {
  const heading = find(root, "#name", HTMLElement);
  const input = find(root, "#new-name", HTMLInputElement);
  heading.textContent = input.value = dashboard.name;
  find(root, "#rename", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    heading.textContent = dashboard.name = input.value.trim() || dashboard.name;
    save();
    setTitle(dashboard.name);
    document.dispatchEvent(new Event("demo:address"));
  });
  const tiles = find(root, "#tiles", HTMLElement);
  for (const chart of dashboard.charts) tiles.append(tile(chart));
  find(root, "#no-tiles", HTMLElement).hidden = dashboard.charts.length > 0;
}

/**
 * One dashboard as a row of a list.
 * @param {Dashboard} dashboard
 */
export function dashboardRow(dashboard) {
  const count = dashboard.charts.length;
  return make(
    "li",
    {},
    make(
      "a",
      { href: `dashboards/${dashboard.id}`, "data-track": "dashboard_link" },
      dashboard.name,
    ),
    make(
      "span",
      { class: "note" },
      count === 1 ? "1 chart" : count ? `${count} charts` : "No charts yet",
    ),
  );
}

/** @param {SavedChart} chart */
function tile({ table, dimension, metric, kind }) {
  const result = run({ table, dimension, metrics: [metric] });
  const measured = result.metrics[0];
  if (!measured) return "";
  const name = `${measured.label} by ${result.dimension.label.toLowerCase()}`;
  const figure = make("figure", { class: "chart" });
  showChart(figure, {
    name,
    kind,
    format: measured.format,
    height: 200,
    points: result.rows.map(({ label, values }) => ({ label, value: values[0] ?? 0 })),
  });
  const note = make("span", { class: "note" }, tableOf(table).label);
  return make("section", { class: "tile" }, make("header", {}, make("h2", {}, name), note), figure);
}
