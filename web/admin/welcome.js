/** What to do when nothing was ever stored: the script tag to paste. */

import { element } from "./dom.js";

/**
 * @param {HTMLElement} place
 * @param {boolean} needed
 * @param {string} writeKey
 */
export function showWelcome(place, needed, writeKey) {
  place.hidden = !needed;
  if (!needed || place.firstChild) return;
  const snippet = [
    `<script async src="${location.origin}/tracker.js"`,
    `        data-write-key="${writeKey}" data-app="my_app"></script>`,
    ``,
    `<track-page name="welcome">`,
    `  <button data-track="hello_button">Say hello</button>`,
    `</track-page>`,
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
    element("p", {}, "Paste this into a page. The first click shows up here within a second."),
    element(
      "div",
      { class: "snippet" },
      element("pre", { tabindex: "0" }, element("code", {}, snippet)),
      copy,
    ),
  );
}
