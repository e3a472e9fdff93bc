// Compiles with the declarations of the example plan: see test_typescript.py.
export {};

declare const element: Element;

tracker.track({ name: "run_query_button.click" });
tracker.track({ name: "run_query_button.click", properties: {} });
tracker.track({ name: "help_article.open", properties: { article_id: "a-1", from_search: true } });
tracker.track({ name: "feedback.submit", properties: { score: 5 } });
tracker.track({ name: "feedback.submit", properties: { score: 1, comment: null } });
window.tracker.track({ name: "week_start_select.change" });

tracker.page({ name: "welcome" });
tracker.page({ name: "organization_settings", type: "modal", category: "settings" });
tracker.identify("user-1");
tracker.identify("user-1", { role: "editor" });
tracker.group("organization-1", { member_count: 3 });
tracker.alias("user-1");
tracker.reset();
tracker.flush();
tracker.consent("granted");
const decided: "granted" | "denied" | "required" | undefined = tracker.consent();
const started: "ready" | "failed" | undefined = tracker.python;
void [decided, started];

tracker.useTracking(element).track({ name: "run_query_button.click" });

const name: TrackingPlan.EventName = "create_project_button.click";
tracker.track({ name });

function chosen(properties: TrackingPlan.EventProperties["feedback.submit"]) {
  tracker.track({ name: "feedback.submit", properties });
}
chosen({ score: 3 });
