/** The admin API. Its types are those of tracker/collector/admin.py. */

/**
 * @typedef {object} Column
 * @property {string} name
 * @property {"time" | "text" | "number"} type
 *
 * @typedef {string | number | null} Value
 *
 * @typedef {object} Table
 * @property {Column[]} columns
 * @property {Value[][]} rows
 * @property {string} from
 * @property {string} to
 * @property {"minute" | "hour" | "day"} interval
 * @property {number} behind stored requests that the charts have not read yet
 *
 * @typedef {{down: string, across: string, value: string}} Spread
 *
 * @typedef {object} Chart
 * @property {string} name
 * @property {string} title
 * @property {string} description
 * @property {import("vega-lite").TopLevelSpec} spec
 * @property {Spread | null} table
 * @property {string | null} empty what to say without rows, where that is good news
 *
 * @typedef {object} Totals
 * @property {number} events
 * @property {number} pageViews
 * @property {number} visitors
 * @property {number} sessions
 * @property {number} stored messages in the store, of any time
 *
 * @typedef {object} Summary
 * @property {Totals} totals
 * @property {string[]} apps
 * @property {string[]} events
 * @property {number} behind
 * @property {string} writeKey for the script tag, while there are no events
 * @property {string | null} plannedApp what the tag is to call the application, where a plan has a say
 */

/** What went wrong, in the collector's words where it has some. */
export class ApiError extends Error {}

/**
 * @param {AbortSignal} signal
 * @returns {Promise<Chart[]>}
 */
export async function getCharts(signal) {
  return (await getJson("api/charts", signal)).charts;
}

/**
 * @param {string} name
 * @param {URLSearchParams} parameters
 * @param {AbortSignal} signal
 * @returns {Promise<Table>}
 */
export function getTable(name, parameters, signal) {
  return getJson(`api/charts/${name}?${parameters}`, signal);
}

/**
 * @param {URLSearchParams} parameters
 * @param {AbortSignal} signal
 * @returns {Promise<Summary>}
 */
export function getSummary(parameters, signal) {
  return getJson(`api/summary?${parameters}`, signal);
}

/**
 * Where the rows of a chart are as CSV.
 *
 * @param {string} name
 * @param {URLSearchParams} parameters
 */
export const csvAddress = (name, parameters) => `api/charts/${name}.csv?${parameters}`;

/**
 * @param {string} address
 * @param {AbortSignal} signal
 * @returns {Promise<any>}
 */
async function getJson(address, signal) {
  let answer;
  try {
    answer = await fetch(address, { signal, headers: { Accept: "application/json" } });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new ApiError(
      "The collector does not answer. Is it still running? Trying again every few seconds.",
    );
  }
  if (answer.ok) return answer.json();
  const problem = await answer.json().catch(() => null);
  throw new ApiError(problem?.message ?? `The collector answered ${answer.status}.`);
}
