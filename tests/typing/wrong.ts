// Each line that ends in a code has to fail with it, and no other line may fail.
import { TrackPage, TrackSection, useTracking } from "https://t.example.com/react.js";
import { EventName } from "./names";

// Names that the plan does not have.
tracker.track({ name: "run_query_button.clicked" }); // TS2820
tracker.track({ name: "export_everything_button.click" }); // TS2322
tracker.track({ name: EventName.RUN_QUERY_BUTTON_CLICKED }); // TS2551
tracker.track("run_query_button.click"); // TS2345
// The server's events are not the page's to send.
tracker.track({ name: "project.created", properties: {} }); // TS2322
// Properties that are missing, wrong, or too many.
tracker.track({ name: "help_article.open" }); // TS2345
tracker.track({ name: "help_article.open", properties: { article_id: "a-1" } }); // TS2322
tracker.track({ name: "help_article.open", properties: { article_id: 1, from_search: true } }); // TS2322
tracker.track({ name: "feedback.submit", properties: { score: 6 } }); // TS2322
tracker.track({ name: "feedback.submit", properties: { email: "a" } }); // TS2322
tracker.track({ name: "run_query_button.click", properties: { sql: "select 1" } }); // TS2322
// Pages, sections, categories, traits.
tracker.page({ name: "billing" }); // TS2322
tracker.page({ name: "welcome", type: "drawer" }); // TS2322
tracker.page({ name: "welcome", category: "money" }); // TS2322
tracker.identify("user-1", { email: "ada@example.com" }); // TS2353
tracker.identify("user-1", { role: "owner" }); // TS2322
tracker.consent("perhaps"); // TS2345
tracker.pages({ name: "welcome" }); // TS2551
TrackPage({ name: "billing" }); // TS2322
TrackSection({ name: "billing" }); // TS2322
useTracking().track({ name: "billing.click" }); // TS2322
useTracking().identify("user-1", { role: "owner" }); // TS2322
