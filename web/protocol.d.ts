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
}

/** The first message of a page to its worker. */
export interface Open {
  type: "open";
  environment: Environment;
  settings: Settings;
}

/** Facts, as the JSON text of a list: the page wrote it once, at the call. */
export interface Facts {
  type: "facts";
  facts: string;
}

/** Send what waits now, without lingering for company. */
export interface Flush {
  type: "flush";
}

export type PageToWorker = Open | Facts | Flush;

/** Python is up and knows the environment. */
export interface Ready {
  type: "ready";
}

/** These facts are accepted, duplicate, or refused for good: the page drops them. */
export interface Settled {
  type: "settled";
  ids: string[];
}

/** A sentence for the console, such as why an event was refused. */
export interface Report {
  type: "report";
  text: string;
}

/** Python cannot run here, or runs no more: the page delivers raw facts itself from now on. */
export interface Failed {
  type: "failed";
  text: string;
}

/** The messages that the collector took just now; only where the page set `debug`. */
export interface Sent {
  type: "sent";
  messages: Json[];
}

export type WorkerToPage = Ready | Settled | Report | Failed | Sent;

/** The answer to a `post`; status 0 is no answer at all. */
export interface Answer {
  type: "answer";
  request: number;
  status: number;
  /** The Retry-After header, if there was one. */
  retryAfter: string | null;
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

/** What Python is given, as JSON text: the page's messages, with their facts as a list, and the
 * worker's own. */
export type ToPython = Open | Flush | { type: "facts"; facts: Fact[] } | Answer | Wake | Online;

/** POST `body` to `url`, then `answer` under the same `request`. */
export interface Post {
  type: "post";
  request: number;
  url: string;
  body: string;
}

/** Send `wake` after so many ms. There is one timer: a later wish replaces an earlier one. */
export interface WakeAfter {
  type: "wakeAfter";
  ms: number;
}

/** What Python says through `_tracker_host.send`, as JSON text. */
export type FromPython = Post | WakeAfter | WorkerToPage;

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
  refused: number;
  refusals: {
    index: number;
    messageId: string | null;
    code: string;
    field: string;
    message: string;
  }[];
}
