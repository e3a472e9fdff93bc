/** Numbers and times as the viewer reads them: their language, their time zone. */

/** The viewer's time zone, in which days and hours begin. */
export const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

const whole = new Intl.NumberFormat();
const short = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 });

/** @param {number} value */
export const number = (value) => whole.format(value);

/** Short from a million on, where the last digits say nothing any more.
 * @param {number} value */
export const tileNumber = (value) => (value < 1_000_000 ? whole : short).format(value);

/** @type {Record<string, Intl.DateTimeFormat>} */
const points = {
  minute: new Intl.DateTimeFormat(undefined, {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }),
  hour: new Intl.DateTimeFormat(undefined, {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }),
  day: new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" }),
};
const clock = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23", // as the axes of the charts
});
const full = new Intl.DateTimeFormat(undefined, {
  dateStyle: "medium",
  timeStyle: "medium",
  hourCycle: "h23",
});

/**
 * A point of a time series.
 *
 * @param {string} iso
 * @param {string} interval `minute`, `hour` or `day`
 */
export const point = (iso, interval) => (points[interval] ?? full).format(new Date(iso));

/** @param {string} iso */
export const dateTime = (iso) => full.format(new Date(iso));

/** Today's times without their day. @param {string} iso */
export function liveTime(iso) {
  const time = new Date(iso);
  return time.toDateString() === new Date().toDateString() ? clock.format(time) : full.format(time);
}

/**
 * The value of a `datetime-local` field, which has no zone, for an instant.
 *
 * @param {Date} time
 */
export function toLocalField(time) {
  const local = new Date(time.getTime() - time.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}
