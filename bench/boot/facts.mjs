/** What the bench lets Python do: the page of a visitor, one fact, and a flush that makes a batch of it. */
const settings = { endpoint: "https://collector.example", writeKey: "bench", debug: false };
const environment = {
  app: { namespace: "web", name: "acme", version: "1.0.0" },
  library: { name: "tracker.js", version: "0.1.0" },
  page: { hostname: "acme.example" },
  locale: "en-GB",
  timezone: "Europe/London",
  screen: { width: 1920, height: 1080, density: 1, innerWidth: 1200, innerHeight: 800 },
  userAgent: navigator.userAgent,
};
const fact = {
  id: crypto.randomUUID(),
  kind: "track",
  name: "run_query_button.click",
  at: Date.now(),
  properties: { rows: 12, cached: true },
  path: [{ page: { name: "explorer" } }, { section: { name: "page_footer" } }],
  visit: { anonymousId: crypto.randomUUID(), sessionId: Date.now() },
};
export const MESSAGES = [
  { type: "open", page: 1, environment, settings },
  { type: "facts", page: 1, facts: [fact] },
  { type: "flush" },
];

const now = () => performance.timeOrigin + performance.now();
/** When what happened, in ms since the epoch. */
export const marks = { began: now() };
export const mark = (name) => (marks[name] = now());

/**
 * Boot, hand Python the messages, and tell the page when the batch was there.
 *
 * @param {(send: (text: string) => void) => Promise<(text: string) => void>} boot
 */
export async function measure(boot) {
  const said = [];
  try {
    const handleMessage = await boot((text) => said.push(JSON.parse(text)));
    mark("booted");
    for (const message of MESSAGES) handleMessage(JSON.stringify(message));
    const post = said.find(({ type }) => type === "post");
    if (JSON.parse(post.body).batch.length !== 1) throw new Error("the batch is not there");
    mark("result");
    postMessage({ marks });
  } catch (error) {
    postMessage({ error: String(error?.stack ?? error) });
  }
}
