/** Colours and type for Vega-Lite, taken from the style sheet so that there is one place to change them. */

/** As many colours as the server names events; they differ in lightness too. */
const SERIES = 8;

/** @typedef {{config: import("vega-lite").Config, colour: (series: string) => string}} Theme */

/** Colours stay with their events for as long as the page is open. @type {Map<string, number>} */
const taken = new Map();

/**
 * The theme as it is now: again after a change between light and dark.
 *
 * @returns {Theme}
 */
export function readTheme() {
  const style = getComputedStyle(document.documentElement);
  /** @param {string} name */
  const token = (name) => style.getPropertyValue(`--${name}`).trim();
  const text = { labelColor: token("muted"), titleColor: token("muted") };
  return {
    colour: (series) => token(colourToken(series)),
    config: {
      background: "transparent",
      font: token("font"),
      padding: 0,
      view: { stroke: null },
      axis: {
        ...text,
        labelFontSize: 12,
        labelPadding: 8,
        domain: false,
        ticks: false,
        grid: false,
        gridColor: token("line"),
      },
      axisQuantitative: { grid: true },
      axisTemporal: { labelFlush: true, labelOverlap: "greedy", labelSeparation: 16 },
      axisBand: { labelFlush: false, labelOverlap: false },
      axisY: { labelLimit: 240 },
      legend: {
        ...text,
        orient: "top",
        labelColor: token("text"),
        labelFontSize: 12,
        labelLimit: 280,
        symbolType: "square",
        symbolSize: 90,
        columnPadding: 20,
        rowPadding: 6,
        offset: 20,
      },
      range: {
        heatmap: [token("cell-least"), token("cell-most")],
        ramp: [token("cell-least"), token("cell-most")],
      },
      scale: { bandPaddingInner: 0.08, rectBandPaddingInner: 0.06 },
      style: {
        cell: { cornerRadius: 3 },
        "cell-pale": { fontSize: 12, color: token("text") },
        "cell-strong": { fontSize: 12, fontWeight: 600, color: token("cell-ink") },
        ranked: { color: token("accent"), cornerRadiusEnd: 2 },
        "ranked-value": {
          align: "left",
          baseline: "middle",
          dx: 7,
          fontSize: 12,
          color: token("text"),
        },
      },
    },
  };
}

/** @param {string} series */
function colourToken(series) {
  if (series === "(other)") return "other";
  if (series.endsWith(" view")) return "view";
  return `series-${taken.get(series) ?? 0}`;
}

/**
 * Give each event of a chart a colour, keeping those that it already has.
 *
 * @param {string[]} series
 */
export function assignColours(series) {
  const events = series.filter((name) => name !== "(other)" && !name.endsWith(" view"));
  for (const name of [...taken.keys()])
    if (!events.includes(name) && taken.size >= SERIES) taken.delete(name);
  const used = new Set(events.map((name) => taken.get(name)));
  for (const name of events) {
    if (taken.has(name)) continue;
    let free = 0;
    while (used.has(free)) free += 1;
    taken.set(name, free % SERIES);
    used.add(free);
  }
}
