import { guarded } from "./loader/warn.js";

/** @typedef {ReturnType<typeof import("./loader/pages.js").createPages>} Pages */

/**
 * Define `<track-page>` and `<track-section>`. Wrapping with them never changes a layout: they are
 * `display: contents`, unless hidden. A style of the page's own wins over that.
 *
 * @param {Pages} pages
 */
export function defineElements(pages) {
  const changed = guarded((/** @type {Element} */ element) => pages.changed(element));
  const style = guarded(showContents());

  class TrackSection extends HTMLElement {
    connectedCallback() {
      style(this);
    }
  }

  class TrackPage extends HTMLElement {
    static observedAttributes = ["name", "type", "category", "hidden"];

    connectedCallback() {
      style(this);
      changed(this);
    }

    disconnectedCallback() {
      changed(this);
    }

    attributeChangedCallback(/** @type {string} */ name) {
      changed(this);
      if (name === "hidden") this.querySelectorAll("track-page").forEach(changed);
    }
  }

  customElements.define("track-section", TrackSection);
  customElements.define("track-page", TrackPage);
}

/** A constructed style sheet passes any content security policy, and reaches into shadow roots. */
function showContents() {
  /** @type {CSSStyleSheet} */
  let sheet;
  return (/** @type {Element} */ element) => {
    const root = /** @type {Document | ShadowRoot} */ (element.getRootNode());
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(":where(track-page,track-section):where(:not([hidden])){display:contents}");
    }
    if (!root.adoptedStyleSheets.includes(sheet)) {
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    }
  };
}
