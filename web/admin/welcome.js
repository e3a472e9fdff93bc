/** What to do when nothing was ever stored: the script tag to paste. */

import { element } from "./dom.js";

/** A plan would set it apart, for it knows other names. */
const EXAMPLE = [
  ``,
  `<track-page name="welcome">`,
  `  <button data-track="hello_button">Say hello</button>`,
  `</track-page>`,
];

/**
 * @param {HTMLElement} place
 * @param {boolean} needed
 * @param {{ writeKey: string, plannedApp: string | null }} tag
 */
export function showWelcome(place, needed, { writeKey, plannedApp }) {
  place.hidden = !needed;
  if (!needed || place.firstChild) return;
  const snippet = [
    `<script async src="${location.origin}/tracker.js"`,
    `        data-write-key="${writeKey}" data-app="${plannedApp ?? "my_app"}"></script>`,
    ...(plannedApp ? [] : EXAMPLE),
  ].join("\n");
  const copy = element("button", { type: "button" }, "Copy");
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(snippet);
      copy.textContent = "Copied";
    } catch {
      copy.textContent = "Select and copy by hand";
    }
  });
  place.replaceChildren(
    element("h2", { id: "welcome-title" }, "No events yet"),
    element(
      "p",
      {},
      plannedApp
        ? "Paste this into a page. The first event that the plan knows shows up here within a second."
        : "Paste this into a page. The first click shows up here within a second.",
    ),
    element(
      "div",
      { class: "snippet" },
      element("pre", { tabindex: "0" }, element("code", {}, snippet)),
      copy,
    ),
  );
}
