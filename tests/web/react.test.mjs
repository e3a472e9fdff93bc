import assert from "node:assert/strict";
import { test } from "node:test";
import { createElement as h } from "react";
import { renderToString } from "react-dom/server";
import { TrackPage, TrackSection, TrackingProvider, useTracking } from "../../web/react.js";

const Button = () => {
  useTracking().track("never.send"); // where there is no window, nothing is tracked and nothing thrown
  return h("button");
};

/** @param {{ enabled?: boolean }} props */
const application = ({ enabled }) =>
  h(
    TrackingProvider,
    { enabled },
    h(
      TrackPage,
      { name: "settings", type: "modal", category: "account" },
      h(TrackSection, { name: "footer" }, h(Button)),
    ),
  );

test("a server renders the scopes as elements", () => {
  assert.equal(
    renderToString(application({})),
    '<track-page name="settings" type="modal" category="account">' +
      '<track-section name="footer"><button></button></track-section></track-page>',
  );
});

test("a disabled provider renders its children alone", () => {
  assert.equal(renderToString(application({ enabled: false })), "<button></button>");
});
