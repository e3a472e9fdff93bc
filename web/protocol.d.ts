/**
 * Every message that the page, the worker and the worker's Python may send each other, and the
 * facts inside them. All of it is JSON: nothing but text crosses into Python and out of it.
 */

/** A JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A screen, or with `type: "modal"` a screen above another. */
export interface PageScope {
  name: string;
  type?: "page" | "modal";
  category?: string;
}

/** One scope around a call. */
export type Scope = { page: PageScope } | { section: { name: string } };

/** Whose call it is, as known at the call. */
export interface Visit {
  /** Made once per visitor and device. */
  anonymousId: string;
  /** The application's own id, after `identify`. */
  userId?: string;
  /** Whether that user goes without a name, as `identify` last said of it. */
  is_tracking_anonymized?: boolean;
  /** The session's start, in ms since the epoch. */
  sessionId: number;
}

export type Kind = "track" | "page" | "identify" | "group" | "alias";

/** What the code of the page says in one call. */
export interface Call {
  kind: Kind;
  /** `<element>.<action>` of a track, the page's name of a page. */
  name?: string;
  /** Of a page, like its name. */
  type?: "page" | "modal";
  category?: string;
  properties?: Record<string, unknown>;
  traits?: Record<string, unknown>;
  groupId?: string;
  previousId?: string;
  userId?: string;
  /** The scopes around the call, outermost first. */
  path: readonly Scope[];
}

/** A call with everything that is known only at its instant; its `id` becomes the messageId. */
export interface Fact extends Call {
  id: string;
  /** In ms since the epoch. */
  at: number;
  visit: Visit;
  /** Only where the page's tag asks for some: see docs/privacy.md. */
  pageFacts?: PageFacts;
}

/** What was read of the page at the call; a URL has its query only where `query` is asked for, too. */
export interface PageFacts {
  url?: string;
  path?: string;
  title?: string;
  referrer?: string;
  query?: string;
  /** The parameters whose names begin with `utm_`. */
  utm?: [name: string, value: string][];
}

/** What is the same for all facts of one page load. It has no field for URL, path, title, referrer
 * or query: what cannot be written down cannot leak. */
export interface Environment {
  app: { namespace?: string; name: string; version?: string; build?: string };
  library: { name: "tracker.js"; version: string };
  page: { hostname?: string };
  locale?: string;
  timezone?: string;
  /** Sizes in CSS pixels; `density` is device pixels per CSS pixel. */
  screen: {
    width: number;
    height: number;
    density: number;
    innerWidth: number;
    innerHeight: number;
  };
  userAgent?: string;
}

/** Where messages go, and under which key. */
export interface Settings {
  /** An absolute URL without a slash at its end; `/v1/batch` is added to it. */
  endpoint: string;
  writeKey: string;
  /** Whether the page wants `sent` messages. */
  debug: boolean;
  /** Where the page's own plan is: JSON, a Python module or a wheel. */
  plan?: string;
}

/** A fact's id and its JSON text, which the page wrote once, at the call. */
export type FactText = [id: string, text: string];

/** The first message of a page to its worker. */
export interface Open {
  type: "open";
  environment: Environment;
  settings: Settings;
}

/** Facts of this page. */
export interface Facts {
  type: "facts";
  facts: FactText[];
}

/** Facts that an earlier page journalled as it was left, and the environment they happened in. */
export interface Replay {
  type: "replay";
  environment: Environment;
  facts: FactText[];
}

/** The page has loaded and is idle, so Python may boot; with `python: false` it asks for none. */
export interface Start {
  type: "start";
  python: boolean;
}

/** Send what waits now, without lingering for company. */
export interface Flush {
  type: "flush";
}

/** The page may be frozen from now on: post nothing to it until it says `show`. */
export interface Hide {
  type: "hide";
}

/** The page came back from the back/forward cache. */
export interface Show {
  type: "show";
}

/** The page is gone. */
export interface Close {
  type: "close";
}

/** Consent was denied: erase every fact, in memory and in storage. */
export interface Forget {
  type: "forget";
}

export type PageToWorker = Open | Facts | Replay | Start | Flush | Hide | Show | Close | Forget;

/** The worker is there; it answers each `open` with this at once. */
export interface Opened {
  type: "opened";
}

/** These facts are on disk: another page or worker of this origin delivers them if need be. */
export interface Stored {
  type: "stored";
  ids: string[];
}

/** Python is up. */
export interface Ready {
  type: "ready";
}

/** These facts are accepted, duplicate, or refused for good: they are dropped everywhere. */
export interface Settled {
  type: "settled";
  ids: string[];
}

/** A sentence for the console, such as why an event was refused. It is for the pages that know one
 * of the facts it is about; for all, when it is about none. */
export interface Report {
  type: "report";
  text: string;
  ids: string[];
}

/** Python cannot run here, or runs no more: the worker delivers raw facts from now on. */
export interface Failed {
  type: "failed";
  text: string;
}

/** The messages that the collector took just now; only where a page set `debug`. */
export interface Sent {
  type: "sent";
  messages: Json[];
}

export type WorkerToPage = Opened | Stored | Ready | Settled | Report | Failed | Sent;

/** The page load that the facts of the same number come from, before the first of them. */
export interface OpenPage {
  type: "open";
  page: number;
  environment: Environment;
  settings: Settings;
  /** Where the collector says the plan and the privacy policy of the key. */
  rules?: string;
}

/** Facts, of which a courier may be told more than once. */
export interface FactsOfPage {
  type: "facts";
  page: number;
  facts: Fact[];
}

/** The answer to a `post`; status 0 is no answer at all. */
export interface Answer {
  type: "answer";
  request: number;
  status: number;
  /** The Retry-After header, if there was one. */
  retryAfter: string | null;
  body: string;
}

/** The answer to a `load`; status 0 is no answer within 10 s, or none at all. */
export interface Loaded {
  type: "loaded";
  request: number;
  status: number;
  /** The file as text; nothing for a wheel that was installed, and why not where `status` is 0. */
  body: string;
}

/** The time that `wakeAfter` asked for has passed. */
export interface Wake {
  type: "wake";
}

/** The network came back. */
export interface Online {
  type: "online";
}

/** What a courier (Python, or RawCourier in its place) is told, as JSON text. On `forget` it drops
 * all that waits, and ignores the answers to what is under way. */
export type ToCourier = OpenPage | FactsOfPage | Flush | Forget | Answer | Loaded | Wake | Online;

/** POST `body` to `url`, then `answer` under the same `request`. */
export interface Post {
  type: "post";
  request: number;
  url: string;
  body: string;
}

/** Get the file at `url`, or install it if it is a `wheel`, then `loaded` under the same `request`. */
export interface Load {
  type: "load";
  request: number;
  url: string;
  wheel: boolean;
}

/** Send `wake` after so many ms. There is one timer: a later wish replaces an earlier one. */
export interface WakeAfter {
  type: "wakeAfter";
  ms: number;
}

/** What a courier says, as JSON text; Python through `_tracker_host.send`. */
export type FromCourier = Post | Load | WakeAfter | Ready | Settled | Report | Failed | Sent;

/** The body of `POST /v1/raw`. */
export interface RawBody {
  environment: Environment;
  facts: Fact[];
  /** ISO 8601; the collector corrects the visitor's clock by it. */
  sentAt: string;
}

/** What the collector answers to `/v1/batch` and `/v1/raw`. */
export interface CollectorAnswer {
  accepted: number;
  duplicate: number;
  quarantined: number;
  refused: number;
  refusals: CollectorReason[];
  /** Why what is quarantined was set apart by the plan. */
  unplanned: CollectorReason[];
}

export interface CollectorReason {
  index: number;
  messageId: string | null;
  code: string;
  field: string;
  message: string;
}
