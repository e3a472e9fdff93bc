import { draw } from "./dom.js";

/** @typedef {{label: string, value: number}} Point */
/** @typedef {{name: string, points: Point[], format: Intl.NumberFormat, kind: string, height?: number}} Chart */

const MARGIN = { top: 16, right: 8, bottom: 26, left: 62 };

/**
 * Draw a chart into a container, again whenever the container's width changes.
 * @param {Element} container
 * @param {Chart} chart
 */
export function showChart(container, chart) {
  let width = 0;
  new ResizeObserver(([entry]) => {
    const next = Math.floor(entry?.contentRect.width ?? 0);
    if (next === width || next === 0 || !container.isConnected) return;
    width = next;
    container.replaceChildren(picture(chart, width));
  }).observe(container);
}

/**
 * @param {Chart} chart
 * @param {number} width in CSS pixels
 */
function picture(chart, width) {
  const { points } = chart;
  const fits = longest(points) <= (width - MARGIN.left - MARGIN.right) / points.length;
  return chart.kind === "bars" && !fits && points.length < 12
    ? lying(chart, width)
    : standing(chart, width);
}

/**
 * Bars from left to right, for names that do not fit beneath standing ones.
 * @param {Chart} chart
 * @param {number} width
 */
function lying(chart, width) {
  const { points, format } = chart;
  const height = chart.height ?? 260;
  const band = (height - MARGIN.top) / points.length;
  const left = longest(points) + 8;
  const most = Math.max(...points.map(({ value }) => value)) || 1;
  const svg = frame(chart, width, height);
  points.forEach(({ label, value }, index) => {
    const length = Math.max(1, ((width - left - 76) * value) / most);
    const middle = band * (index + 0.5) + MARGIN.top / 2;
    const thick = Math.min(26, band * 0.68);
    svg.append(
      draw("text", { class: "name", x: left - 12, y: middle + 4, "text-anchor": "end" }, label),
      draw("rect", {
        class: "bar",
        x: left,
        y: middle - thick / 2,
        width: length,
        height: thick,
        rx: 2,
      }),
      draw("text", { class: "amount", x: left + length + 8, y: middle + 4 }, format.format(value)),
    );
  });
  return svg;
}

/**
 * Standing bars or a line over a grid.
 * @param {Chart} chart
 * @param {number} width
 */
function standing(chart, width) {
  const height = chart.height ?? 260;
  const { points } = chart;
  const steps = ticks(Math.max(0, ...points.map(({ value }) => value)));
  const top = steps.at(-1) || 1;
  const band = (width - MARGIN.left - MARGIN.right) / Math.max(1, points.length);
  const x = (/** @type {number} */ index) => MARGIN.left + band * (index + 0.5);
  const y = (/** @type {number} */ value) =>
    height - MARGIN.bottom - ((height - MARGIN.top - MARGIN.bottom) * value) / top;

  const svg = frame(chart, width, height);
  for (const step of steps) {
    const at = y(step);
    svg.append(
      draw("line", { class: "grid", x1: MARGIN.left, x2: width - MARGIN.right, y1: at, y2: at }),
      draw(
        "text",
        { class: "tick", x: MARGIN.left - 10, y: at + 4, "text-anchor": "end" },
        short(step, chart.format),
      ),
    );
  }
  svg.append(...(chart.kind === "line" ? line(points, x, y) : bars(chart, x, y, band)));
  const every = Math.ceil(longest(points) / Math.max(1, band));
  points.forEach((point, index) => {
    if (index % every) return;
    svg.append(
      draw(
        "text",
        { class: "tick", x: x(index), y: height - 7, "text-anchor": "middle" },
        point.label,
      ),
    );
  });
  return svg;
}

/**
 * @param {Chart} chart
 * @param {(index: number) => number} x
 * @param {(value: number) => number} y
 * @param {number} band
 */
function bars({ points, format }, x, y, band) {
  const width = Math.min(64, band * 0.68);
  return points.map(({ label, value }, index) =>
    draw(
      "rect",
      { class: "bar", x: x(index) - width / 2, y: y(value), width, height: y(0) - y(value), rx: 2 },
      draw("title", {}, `${label}: ${format.format(value)}`),
    ),
  );
}

/**
 * @param {Point[]} points
 * @param {(index: number) => number} x
 * @param {(value: number) => number} y
 */
function line(points, x, y) {
  const path = points.map(({ value }, index) => `${x(index)},${y(value)}`).join(" ");
  const area = `${x(0)},${y(0)} ${path} ${x(points.length - 1)},${y(0)}`;
  return [
    draw("polygon", { class: "area", points: area }),
    draw("polyline", { class: "line", points: path }),
  ];
}

/**
 * Choose about four round steps from zero to at least `most`.
 * @param {number} most
 * @returns {number[]}
 */
function ticks(most) {
  if (most <= 0) return [0];
  const rough = most / 4;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * unit >= rough) ?? 10) * unit;
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, index) => index * step);
}

/**
 * @param {number} value
 * @param {Intl.NumberFormat} format
 */
function short(value, format) {
  const { style, currency } = format.resolvedOptions();
  return new Intl.NumberFormat("en", { notation: "compact", style, currency }).format(value);
}

/** @param {Point[]} points */
function longest(points) {
  return Math.max(0, ...points.map(({ label }) => label.length)) * 7 + 8;
}

/**
 * An empty picture that says in words what will be in it.
 * @param {Chart} chart
 * @param {number} width
 * @param {number} height
 */
function frame({ name, points, format }, width, height) {
  const values = points.map(({ label, value }) => `${label} ${format.format(value)}`);
  const label = `${name}: ${values.join(", ")}`;
  return draw("svg", {
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: "img",
    "aria-label": label,
  });
}
