/** Routes with the History API: one `<track-page>` for each, made anew on each navigation. */

import { copyOf, find } from "./dom.js";

/** @typedef {{page: string, title: string, show: (root: Element) => void}} Route */

const base = new URL(document.baseURI);

/** @type {(parts: string[]) => Route} */
let routeOf = () => ({ page: "not_found", title: "Not found", show: () => {} });

/**
 * Show the page of the current address, and follow links and the history from then on.
 * @param {(parts: string[]) => Route} choose the route for the path below the base, split at "/"
 */
export function start(choose) {
  routeOf = choose;
  document.addEventListener("click", followLink);
  addEventListener("popstate", () => show(true));
  show(false);
}

/**
 * Go to another page of the app.
 * @param {string} path below the base
 */
export function go(path) {
  history.pushState(null, "", new URL(path, base));
  show(true);
}

/**
 * Name the page in the browser's title bar and history.
 * @param {string} title
 */
export function setTitle(title) {
  document.title = `${title} · Acme Analytics`;
}

/**
 * Say in the address what the page shows, without a step in the history.
 * @param {URLSearchParams} query
 */
export function setQuery(query) {
  const text = query.toString();
  history.replaceState(null, "", location.pathname + (text && `?${text}`));
  document.dispatchEvent(new Event("demo:address"));
}

/** @param {boolean} moveFocus to the heading, so that a screen reader says where one is now */
function show(moveFocus) {
  document.querySelector("dialog[open]")?.closest("track-page")?.remove();
  const parts = location.pathname.slice(base.pathname.length).split("/").filter(Boolean);
  const route = routeOf(parts);
  const page = document.createElement("track-page");
  page.setAttribute("name", route.page);
  page.append(copyOf("navigation"), copyOf(route.page));
  for (const link of page.querySelectorAll("nav a")) {
    if (link.getAttribute("href") === parts[0]) link.setAttribute("aria-current", "page");
  }
  const key = /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘ Enter" : "Ctrl Enter";
  for (const hint of page.querySelectorAll("[data-mod-enter]")) hint.textContent = key;
  find(document, "#app", HTMLElement).replaceChildren(page);
  setTitle(route.title);
  route.show(page);
  if (moveFocus) {
    scrollTo(0, 0);
    find(page, "h1", HTMLElement).focus({ preventScroll: true });
  }
  document.dispatchEvent(new Event("demo:address"));
}

/** @param {MouseEvent} event */
function followLink(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)
    return;
  const link = event.target instanceof Element && event.target.closest("a[href]");
  if (!(link instanceof HTMLAnchorElement) || !link.href.startsWith(base.href)) return;
  event.preventDefault();
  if (link.href !== location.href) go(link.href.slice(base.href.length));
}
