/** The demo app: routes, the actions that every page offers, and the panel beside it. */

import { showDashboard, showDashboards } from "./dashboards.js";
import { showExplorer } from "./explorer.js";
import { go, start } from "./router.js";
import { watchMessages } from "./sent.js";
import { openSettings } from "./settings.js";
import { showWelcome } from "./welcome.js";
import { createDashboard, dashboardOf } from "./workspace.js";

/** @type {Record<string, () => void>} */
const ACTIONS = {
  "open-settings": openSettings,
  "create-dashboard": () => go(`dashboards/${createDashboard().id}`),
};

watchMessages();

document.addEventListener("click", (event) => {
  const control = event.target instanceof Element && event.target.closest("[data-action]");
  if (control instanceof HTMLElement) ACTIONS[control.dataset.action ?? ""]?.();
});

start((parts) => {
  const [first = "welcome", second] = parts;
  if (first === "welcome") return { page: "welcome", title: "Welcome", show: showWelcome };
  if (first === "explorer") return { page: "explorer", title: "Explorer", show: showExplorer };
  if (first === "dashboards" && !second) {
    return { page: "dashboards", title: "Dashboards", show: showDashboards };
  }
  const dashboard = first === "dashboards" && dashboardOf(second);
  if (dashboard) {
    return {
      page: "dashboard",
      title: dashboard.name,
      show: (root) => showDashboard(root, dashboard),
    };
  }
  return { page: "not_found", title: "Not found", show: () => {} };
});
