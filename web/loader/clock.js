let last = 0;
let elapsed = 0;

/**
 * The time in ms since the epoch, by the visitor's clock, and never before what it was: while that
 * clock is behind, as after it was set back, it goes on by the page's own. Facts keep their order.
 */
export const clock = () => {
  const before = elapsed;
  elapsed = performance.now();
  const wall = Date.now();
  // The page's own clock may have stood still while the machine slept, so the other may run ahead.
  last = wall < last ? last + elapsed - before : wall;
  return Math.floor(last);
};
