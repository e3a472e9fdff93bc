// The hook of the React binding, typed by the plan; and the names as constants.
import {
  TrackPage,
  TrackSection,
  TrackingProvider,
  useTracking,
} from "https://t.example.com/react.js";
import { CategoryName, EventName, PageName, PageType, SectionName } from "./names";

const { track, identify } = useTracking();
identify("user-1", { role: "editor" });
TrackingProvider({ enabled: true });
track({ name: EventName.RUN_QUERY_BUTTON_CLICK });
track({ name: "help_article.open", properties: { article_id: "a-1", from_search: false } });
TrackPage({
  name: PageName.ORGANIZATION_SETTINGS,
  type: PageType.MODAL,
  category: CategoryName.SETTINGS,
});
TrackSection({ name: SectionName.PAGE_FOOTER });
const event: EventName = EventName.RUN_QUERY_BUTTON_CLICK;
track({ name: event });
