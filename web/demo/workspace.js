/** What the visitor makes in the demo: dashboards and members, kept for the tab. */

/** @typedef {{table: string, dimension: string, metric: string, kind: string}} SavedChart */
/** @typedef {{id: string, name: string, charts: SavedChart[]}} Dashboard */
/** @typedef {{email: string, role: string}} Member */
/** @typedef {{organization: string, weekStart: string, dashboards: Dashboard[], members: Member[]}} Workspace */

const KEY = "acme-workspace";

/** @type {Workspace} */
const START = {
  organization: "Acme Inc.",
  weekStart: "monday",
  dashboards: [
    {
      id: "board-pack",
      name: "Board pack, strictly private",
      charts: [
        { table: "orders", dimension: "month", metric: "revenue", kind: "line" },
        { table: "orders", dimension: "country", metric: "revenue", kind: "bars" },
        { table: "subscriptions", dimension: "plan", metric: "seats", kind: "bars" },
        { table: "subscriptions", dimension: "month", metric: "value", kind: "line" },
      ],
    },
    {
      id: "returns",
      name: "Returns and refunds",
      charts: [
        { table: "orders", dimension: "status", metric: "orders", kind: "bars" },
        { table: "orders", dimension: "channel", metric: "average", kind: "bars" },
      ],
    },
  ],
  members: [
    { email: "ada@acme.example", role: "Admin" },
    { email: "grace@acme.example", role: "Editor" },
  ],
};

/** @type {Workspace} */
export const workspace =
  JSON.parse(sessionStorage.getItem(KEY) ?? "null") ?? structuredClone(START);

/** Keep the workspace as it now is across reloads of this tab. */
export function save() {
  sessionStorage.setItem(KEY, JSON.stringify(workspace));
}

/**
 * Add an empty dashboard at the top of the list.
 * @returns {Dashboard}
 */
export function createDashboard() {
  const dashboard = { id: crypto.randomUUID().slice(0, 8), name: "Untitled dashboard", charts: [] };
  workspace.dashboards.unshift(dashboard);
  save();
  return dashboard;
}

/**
 * @param {string | undefined} id
 * @returns {Dashboard | undefined}
 */
export function dashboardOf(id) {
  return workspace.dashboards.find((dashboard) => dashboard.id === id);
}
