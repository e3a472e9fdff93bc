import { AnalyticsBrowser } from "@segment/analytics-next";

/** With the option "keepalive", events go by `fetch(keepalive)`. The settings are given, not fetched. */
const { plane, option, ready } = globalThis.lab;
const [protocol, host] = plane.split("://");
const analytics = AnalyticsBrowser.load(
  {
    writeKey: "write-key",
    cdnSettings: { integrations: { "Segment.io": { apiKey: "write-key" } } },
  },
  {
    integrations: {
      "Segment.io": {
        apiHost: host + "/v1",
        protocol,
        deliveryStrategy:
          option === "keepalive"
            ? { strategy: "standard", config: { keepalive: true } }
            : undefined,
      },
    },
  },
);
analytics.ready(ready);
analytics.page("leave");
globalThis.track = (name) => analytics.track(name);
