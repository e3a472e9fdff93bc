import posthog from "posthog-js";

const { plane, ready } = globalThis.lab;
posthog.init("phc_write_key", {
  api_host: plane,
  opt_out_useragent_filter: true, // or it would take an automated browser for a bot, and send nothing
  loaded: ready,
});
globalThis.track = (name) => posthog.capture(name);
