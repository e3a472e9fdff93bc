/** One tooltip for all charts. What it says is in the tables too, so it is hidden from screen readers. */

import { element } from "./dom.js";

const tooltip = element("dl", { class: "tooltip", "aria-hidden": "true", hidden: true });
document.body.append(tooltip);

/**
 * Show the fields of a mark beside the pointer; without any, hide.
 *
 * @param {MouseEvent} event
 * @param {unknown} value an object of titles and texts, as Vega-Lite's tooltip channel gives it
 */
export function showTooltip(event, value) {
  if (value === null || typeof value !== "object") {
    hideTooltip();
    return;
  }
  tooltip.replaceChildren(
    ...Object.entries(value).flatMap(([title, text]) => [
      element("dt", {}, title),
      element("dd", {}, String(text)),
    ]),
  );
  tooltip.hidden = false;
  const { width, height } = tooltip.getBoundingClientRect();
  const left = Math.min(event.clientX + 14, window.innerWidth - width - 8);
  const above = event.clientY - height - 12;
  // Through the object model: a style attribute would need 'unsafe-inline'.
  tooltip.style.left = `${Math.max(8, left)}px`;
  tooltip.style.top = `${above > 8 ? above : event.clientY + 18}px`;
}

/** Take the tooltip away. */
export function hideTooltip() {
  tooltip.hidden = true;
}
