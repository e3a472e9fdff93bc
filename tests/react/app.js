/**
 * Applications that tests render, each under its name: `render("settings", { enabled: true })`. What
 * a button does is the test's own: it clicks.
 */
import { Component, StrictMode, createElement as h, useState } from "react";
import { createPortal, flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { TrackPage, TrackSection, TrackingProvider, useTracking } from "../../web/react.js";

/** @type {any} */
const page = window;
/** The handles that `Button` has had, in order. @type {unknown[]} */
page.handles = [];

/** @param {{ name: string, id?: string }} props */
const Button = ({ name, id = name }) => {
  const tracking = useTracking();
  page.handles.push(tracking);
  return h("button", { id, onClick: () => tracking.track({ name: name + ".click" }) }, name);
};

const Modal = () =>
  h(
    TrackPage,
    { name: "organization_settings", type: "modal", category: "settings" },
    h(TrackSection, { name: "members" }, h(Button, { name: "invite_button" })),
    h("button", { id: "marked", "data-track": "marked_button" }, "marked"),
  );

const Explorer = () => {
  const [count, setCount] = useState(0);
  const [isOpen, setOpen] = useState(false);
  const [isRemoved, setRemoved] = useState(false);
  return h(
    TrackPage,
    { name: "explorer" },
    h("button", { id: "again", onClick: () => setCount(count + 1) }, "again"),
    h("button", { id: "modal", onClick: () => setOpen(!isOpen) }, "modal"),
    h("button", { id: "remove", onClick: () => setRemoved(true) }, "remove"),
    isRemoved ||
      h(
        TrackSection,
        { name: "toolbar" },
        h(TrackSection, { name: "filters" }, h(Button, { name: "apply_button" })),
        h("button", { id: "marked_filter", "data-track": "marked_filter" }, "marked"),
        isOpen && createPortal(h(Modal), document.body),
      ),
  );
};

const Routes = () => {
  const [route, setRoute] = useState("welcome");
  return h(
    TrackPage,
    { name: route },
    h(Button, { name: "next_button" }),
    ...["welcome", "explorer"].map((name) =>
      h("button", { id: name, key: name, onClick: () => setRoute(name) }, name),
    ),
  );
};

/** Shows what a component throws as it renders. */
class Boundary extends Component {
  /** @type {{ error?: Error }} */
  state = {};

  static getDerivedStateFromError(/** @type {Error} */ error) {
    return { error };
  }

  render() {
    const { children } = /** @type {{ children?: import("react").ReactNode }} */ (this.props);
    return this.state.error ? h("output", null, this.state.error.message) : children;
  }
}

/** @type {Record<string, any>} */
const applications = { Explorer, Routes, Modal, Button };

page.render = (
  /** @type {string} */ name,
  /** @type {{ enabled?: boolean, inner?: boolean, provider?: boolean }} */ {
    enabled = true,
    inner = true,
    provider = true,
  } = {},
  root = document.getElementById("root"),
) => {
  const application = h(applications[name], { name: "lone_button" });
  const provided = h(
    TrackingProvider,
    { enabled },
    h(TrackingProvider, { enabled: inner }, application),
  );
  flushSync(() =>
    createRoot(/** @type {Element} */ (root)).render(
      h(StrictMode, null, h(Boundary, null, provider ? provided : application)),
    ),
  );
};
