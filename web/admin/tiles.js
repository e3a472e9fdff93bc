/** The totals of the period, as tiles. */

import { element } from "./dom.js";
import { number, tileNumber } from "./format.js";

/** @typedef {import("./api.js").Totals} Totals */

/** @type {[keyof Totals, string][]} */
const TILES = [
  ["events", "Events"],
  ["pageViews", "Page views"],
  ["visitors", "Visitors"],
  ["sessions", "Sessions"],
];

/**
 * @param {HTMLElement} place
 * @param {Totals | null} totals `null` while they load
 */
export function showTiles(place, totals) {
  place.replaceChildren(
    ...TILES.map(([name, title]) =>
      element(
        "div",
        { "data-total": name },
        element("dt", {}, title),
        element(
          "dd",
          totals ? { title: number(totals[name]) } : {},
          totals ? tileNumber(totals[name]) : "–",
        ),
      ),
    ),
  );
}
