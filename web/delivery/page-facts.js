/** @import { FactText } from "../protocol.js" */

/**
 * A fact with what the tag asks to be known of the page in `data-page-facts`, as it is at this instant,
 * and nothing else of it. Whether that may leave in a message is for the privacy guard to say.
 *
 * @param {string | undefined} names separated by spaces
 * @param {FactText} fact
 * @returns {FactText}
 */
export const withPageFacts = (names, fact) => {
  if (!names) return fact;
  const wanted = names.split(" ");
  const { href, pathname, search } = location;
  // Addresses have their query only where that is asked for, too.
  const cut = wanted.includes("query") ? /#.*/ : /[?#].*/;
  const facts = {
    url: href.replace(cut, ""),
    path: pathname,
    title: document.title,
    referrer: document.referrer.replace(cut, ""),
    query: search,
    utm: [...new URLSearchParams(search)].filter(([name]) => /^utm_/.test(name)),
  };
  const [id, text] = fact;
  return [id, `${text.slice(0, -1)},"pageFacts":${JSON.stringify(facts, wanted)}}`];
};

/** Whether the page is still at the address that it was loaded from: a router may have changed it. */
export const isWhereItWas = () =>
  performance.getEntriesByType("navigation")[0]?.name === location.href.replace(/#.*/, "");
