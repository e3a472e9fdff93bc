import { pageChanged } from "./loader/pages.js";

/**
 * Define `<track-section>` and `<track-page>`, and upgrade those that are in the page. Wrapping never
 * changes a layout: they are `display: contents`, unless hidden, and a style of the page's own wins.
 */
export const defineElements = () => {
  // A constructed style sheet passes any content security policy, and reaches into shadow roots.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(
    "@layer{track-page:not([hidden]),track-section:not([hidden]){display:contents}}",
  );

  class Scope extends HTMLElement {
    static observedAttributes = ["name", "type", "category", "hidden"];

    connectedCallback() {
      const { adoptedStyleSheets } = /** @type {Document | ShadowRoot} */ (this.getRootNode());
      if (!adoptedStyleSheets.includes(sheet)) adoptedStyleSheets.push(sheet);
      pageChanged(this);
    }

    disconnectedCallback() {
      pageChanged(this);
    }

    attributeChangedCallback() {
      pageChanged(this);
      // When a page is hidden, the pages in it are.
      this.querySelectorAll("track-page").forEach(pageChanged);
    }
  }

  customElements.define("track-page", Scope);
  customElements.define("track-section", class extends Scope {});
};
