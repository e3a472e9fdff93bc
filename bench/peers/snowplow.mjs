import { newTracker, trackPageView, trackStructEvent } from "@snowplow/browser-tracker";

/** With the option "keepalive", events go by `fetch(keepalive)`. */
const { plane, option, ready } = globalThis.lab;
newTracker("sp", plane, { appId: "leave", keepalive: option === "keepalive" });
trackPageView();
globalThis.track = (name) => trackStructEvent({ category: "leave", action: "click", label: name });
ready();
