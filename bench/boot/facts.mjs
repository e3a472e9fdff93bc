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

const BATCHES = 60;
const BATCH = 100;

/** What one fact takes, and how many come through in a second, in messages of 100; each is made anew. */
function speed(handleMessage, said) {
  const facts = (count) =>
    JSON.stringify({
      type: "facts",
      page: 1,
      facts: Array.from({ length: count }, () => ({ ...fact, id: crypto.randomUUID() })),
    });
  const timed = (count) => {
    const text = facts(count);
    const start = performance.now();
    handleMessage(text);
    return performance.now() - start;
  };
  const settle = () => {
    for (let post; (post = said.find(({ type }) => type === "post"));) {
      said.length = 0;
      const { request } = post;
      const answer = { type: "answer", request, status: 200, retryAfter: null, body: "{}" };
      handleMessage(JSON.stringify(answer));
      handleMessage('{"type":"flush"}');
    }
    said.length = 0;
  };
  settle();
  const ones = Array.from({ length: 200 }, () => timed(1)).sort((a, b) => a - b);
  settle();
  let ms = 0;
  for (let batch = 0; batch < BATCHES; batch++) {
    ms += timed(BATCH);
    settle();
  }
  return { oneMs: ones[100], perSecond: (BATCHES * BATCH * 1000) / ms };
}

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
    postMessage({ speed: speed(handleMessage, said) });
  } catch (error) {
    postMessage({ error: String(error?.stack ?? error) });
  }
}
