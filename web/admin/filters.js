/** The form above the charts: period, app and event. */

import { byId, element } from "./dom.js";
import { toLocalField } from "./format.js";
import { PERIODS } from "./view.js";

/** @typedef {import("./view.js").View} View */

export class Filters {
  #form = byId("filters", HTMLFormElement);
  #custom = byId("custom", HTMLDivElement);

  /** @param {(change: Partial<View>) => void} change called with what the viewer chose */
  constructor(change) {
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#applyCustom(change);
    });
    this.#form.addEventListener("change", (event) => {
      const field = event.target;
      if (field instanceof HTMLSelectElement) change({ [field.name]: field.value });
      if (!(field instanceof HTMLInputElement) || field.name !== "period") return;
      if (field.value === "custom") this.#offerCustom();
      else change({ period: field.value, from: "", to: "" });
    });
  }

  /** @param {View} view */
  show(view) {
    for (const radio of this.#form.querySelectorAll("input[name=period]")) {
      if (radio instanceof HTMLInputElement) radio.checked = radio.value === view.period;
    }
    this.#custom.hidden = view.period !== "custom";
    if (view.period === "custom") {
      this.#field("from").value = toLocalField(new Date(view.from));
      this.#field("to").value = toLocalField(new Date(view.to));
    }
    this.#choose("app", view.app);
    this.#choose("event", view.event);
  }

  /**
   * The choices that there are.
   *
   * @param {string[]} apps
   * @param {string[]} events
   * @param {string} prefix what all events begin with, and need not be said
   */
  offer(apps, events, prefix) {
    this.#fill("app", "All apps", apps, "");
    this.#fill("event", "All events", events, prefix);
  }

  /** @param {(change: Partial<View>) => void} change */
  #applyCustom(change) {
    const [from, to] = [new Date(this.#field("from").value), new Date(this.#field("to").value)];
    this.#field("to").setCustomValidity(from < to ? "" : "Must be later than the start.");
    if (!this.#form.reportValidity()) {
      this.#field("to").setCustomValidity("");
      return;
    }
    change({ period: "custom", from: from.toISOString(), to: to.toISOString() });
  }

  /** Show the two fields, filled with the last day; nothing is loaded before Apply. */
  #offerCustom() {
    this.#custom.hidden = false;
    const now = Date.now();
    this.#field("from").value ||= toLocalField(new Date(now - (PERIODS["24h"] ?? 0)));
    this.#field("to").value ||= toLocalField(new Date(now));
    this.#field("from").focus();
  }

  /**
   * @param {string} name
   * @param {string} all
   * @param {string[]} values
   * @param {string} prefix
   */
  #fill(name, all, values, prefix) {
    const select = this.#select(name);
    const chosen = select.value;
    const known = [...select.options].map((option) => option.value);
    const wanted = ["", ...values, ...(chosen && !values.includes(chosen) ? [chosen] : [])];
    if (known.join("\n") === wanted.join("\n")) return;
    select.replaceChildren(
      ...wanted.map((value) =>
        element(
          "option",
          { value },
          value.startsWith(prefix) ? value.slice(prefix.length) || all : value || all,
        ),
      ),
    );
    select.value = chosen;
  }

  /**
   * @param {string} name
   * @param {string} value
   */
  #choose(name, value) {
    const select = this.#select(name);
    if (![...select.options].some((option) => option.value === value)) {
      select.append(element("option", { value }, value));
    }
    select.value = value;
  }

  /** @param {string} name */
  #field(name) {
    const field = this.#form.elements.namedItem(name);
    if (!(field instanceof HTMLInputElement)) throw new Error(`index.html has no field ${name}`);
    return field;
  }

  /** @param {string} name */
  #select(name) {
    const field = this.#form.elements.namedItem(name);
    if (!(field instanceof HTMLSelectElement)) throw new Error(`index.html has no list ${name}`);
    return field;
  }
}
