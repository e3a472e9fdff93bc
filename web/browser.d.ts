/** What some browsers have and TypeScript's library does not. */

interface Navigator {
  /** https://w3c.github.io/gpc/ */
  readonly globalPrivacyControl?: boolean;
  /** https://wicg.github.io/netinfo/ */
  readonly connection?: { readonly saveData?: boolean; readonly effectiveType?: string };
  /** In GiB: https://www.w3.org/TR/device-memory/ */
  readonly deviceMemory?: number;
}

interface Window {
  /** What the page calls; the snippet's stub before the loader is there. */
  tracker: any;
}

interface Document {
  /** https://wicg.github.io/nav-speculation/prerendering.html */
  readonly prerendering?: boolean;
}
