/** The explorer: a query put together from fields, its chart and its table. */

import { showChart } from "./chart.js";
import { find, make } from "./dom.js";
import { setQuery } from "./router.js";
import { TABLES, run, tableOf } from "./warehouse.js";
import { save, workspace } from "./workspace.js";

/** @import { Query, Result } from "./warehouse.js" */

/**
 * Fill the explorer with the query that the address names, and run it.
 * @param {Element} root
 */
export function showExplorer(root) {
  const address = new URLSearchParams(location.search);
  const filter = find(root, "#filter", HTMLInputElement);
  const kind = find(root, "#chart-kind", HTMLSelectElement);
  const saveTo = find(root, "#save-to", HTMLSelectElement);
  let query = queryFrom(address);
  let shown = query;
  let result = run(query);
  filter.value = address.get("q") ?? "";
  kind.value = address.get("chart") === "line" ? "line" : "bars";

  const showResult = () => {
    showTable(root, result, filter.value);
    showFigure(root, shown, result, kind.value);
    setQuery(addressOf(shown, kind.value, filter.value));
  };
  const runQuery = () => {
    shown = query;
    result = run(query);
    markStale(root, false);
    showResult();
  };

  showBuilder(root, query, (next) => {
    query = next;
    markStale(root, JSON.stringify(query) !== JSON.stringify(shown));
  });
  filter.addEventListener("input", () => {
    showTable(root, result, filter.value);
    setQuery(addressOf(shown, kind.value, filter.value));
  });
  kind.addEventListener("change", showResult);
  saveTo.addEventListener("change", () => {
    const dashboard = workspace.dashboards.find(({ id }) => id === saveTo.value);
    dashboard?.charts.push({
      table: shown.table,
      dimension: shown.dimension,
      metric: shown.metrics[0] ?? "",
      kind: kind.value,
    });
    save();
    saveTo.value = "";
    if (dashboard) find(root, "#summary", HTMLElement).textContent = `Saved to ${dashboard.name}.`;
  });
  saveTo.append(
    make("option", { value: "" }, "Choose a dashboard"),
    ...workspace.dashboards.map(({ id, name }) => make("option", { value: id }, name)),
  );
  for (const button of root.querySelectorAll("[data-action=run-query]")) {
    button.addEventListener("click", runQuery);
  }
  root.addEventListener("keydown", (event) => {
    if (
      event instanceof KeyboardEvent &&
      event.key === "Enter" &&
      (event.ctrlKey || event.metaKey)
    ) {
      event.preventDefault();
      runQuery();
    }
  });
  runQuery();
}

/**
 * @param {URLSearchParams} address
 * @returns {Query}
 */
function queryFrom(address) {
  const table = tableOf(address.get("table") ?? "");
  const has = (/** @type {{id: string}[]} */ fields, /** @type {string | undefined} */ id) =>
    fields.some((field) => field.id === id);
  const wanted = address.get("by") ?? "";
  const metrics = (address.get("show") ?? "").split(",").filter((id) => has(table.metrics, id));
  return {
    table: table.id,
    dimension: has(table.dimensions, wanted) ? wanted : "month",
    metrics: metrics.length ? metrics : table.metrics.slice(0, 2).map(({ id }) => id),
  };
}

/**
 * @param {Query} query
 * @param {string} chart
 * @param {string} filter
 */
function addressOf({ table, dimension, metrics }, chart, filter) {
  const address = new URLSearchParams({ table, by: dimension, show: metrics.join(","), chart });
  if (filter) address.set("q", filter);
  return address;
}

/**
 * Draw the choices of table, dimension and measures, and tell of each change.
 * @param {Element} root
 * @param {Query} start
 * @param {(query: Query) => void} changed
 */
function showBuilder(root, start, changed) {
  const form = find(root, "#builder", HTMLFormElement);
  const fill = (/** @type {Query} */ query) => {
    const table = tableOf(query.table);
    const replace = (/** @type {string} */ id, /** @type {HTMLElement[]} */ choices) =>
      find(form, id, HTMLElement).replaceChildren(...choices);
    replace(
      "#dimensions",
      table.dimensions.map(({ id, label }) =>
        choice("radio", "dimension", id, label, id === query.dimension),
      ),
    );
    replace(
      "#metrics",
      table.metrics.map(({ id, label }) =>
        choice("checkbox", "metric", id, label, query.metrics.includes(id)),
      ),
    );
  };
  find(form, "#tables", HTMLElement).append(
    ...TABLES.map(({ id, label }) => choice("radio", "table", id, label, id === start.table)),
  );
  fill(start);
  let query = start;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", () => {
    const fields = new FormData(form);
    const table = String(fields.get("table"));
    if (table !== query.table) {
      query = queryFrom(new URLSearchParams({ table }));
      fill(query);
    } else {
      const metrics = fields.getAll("metric").map(String);
      query = { table, dimension: String(fields.get("dimension")), metrics };
    }
    changed(query);
  });
}

/**
 * A radio button or checkbox. Its tracked name says what kind of field was chosen, never which one.
 * @param {"radio" | "checkbox"} type
 * @param {string} name
 * @param {string} value
 * @param {string} label
 * @param {boolean} checked
 */
function choice(type, name, value, label, checked) {
  const input = make("input", { type, name, value, checked, "data-track": `${name}_choice` });
  return make("label", { class: "choice" }, input, make("span", {}, label));
}

/**
 * @param {Element} root
 * @param {boolean} stale
 */
function markStale(root, stale) {
  find(root, "#stale", HTMLElement).hidden = !stale;
}

/**
 * @param {Element} root
 * @param {Query} query
 * @param {Result} result
 * @param {string} kind
 */
function showFigure(root, query, { dimension, metrics, rows }, kind) {
  find(root, "#explorer-title", HTMLElement).textContent = tableOf(query.table).label;
  const figure = find(root, "#chart", HTMLElement);
  const metric = metrics[0];
  if (!metric) {
    figure.replaceChildren(make("p", { class: "empty" }, "Choose a measure to see a chart."));
    return;
  }
  const name = `${metric.label} by ${dimension.label.toLowerCase()}`;
  const picture = make("div");
  figure.replaceChildren(make("figcaption", {}, name), picture);
  showChart(picture, {
    name,
    kind,
    format: metric.format,
    points: rows.map(({ label, values }) => ({ label, value: values[0] ?? 0 })),
  });
}

/**
 * @param {Element} root
 * @param {Result} result
 * @param {string} filter
 */
function showTable(root, { dimension, metrics, rows }, filter) {
  const wanted = filter.trim().toLowerCase();
  const visible = rows.filter(({ label }) => label.toLowerCase().includes(wanted));
  find(root, "#columns", HTMLElement).replaceChildren(
    make("th", { scope: "col" }, dimension.label),
    ...metrics.map(({ label }) => make("th", { scope: "col", class: "number" }, label)),
  );
  const lines = visible.map(({ label, values }) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, label),
      ...values.map((value, index) =>
        make("td", { class: "number" }, metrics[index]?.format.format(value) ?? ""),
      ),
    ),
  );
  const none = make(
    "tr",
    {},
    make("td", { class: "empty", colspan: metrics.length + 1 }, "No row contains this text."),
  );
  find(root, "#results", HTMLElement).replaceChildren(...(lines.length ? lines : [none]));
  const count = rows.length === 1 ? "1 row" : `${rows.length} rows`;
  find(root, "#summary", HTMLElement).textContent = wanted
    ? `${visible.length} of ${count}`
    : count;
}
