import { RudderAnalytics } from "@rudderstack/analytics-js/bundled";

/** With the option "beacon", events go by `sendBeacon` instead of one XMLHttpRequest each. */
const { plane, option, ready } = globalThis.lab;
const analytics = new RudderAnalytics();
analytics.load("write-key", plane, { configUrl: plane, useBeacon: option === "beacon" });
analytics.ready(ready);
analytics.page("leave");
globalThis.track = (name) => analytics.track(name);
