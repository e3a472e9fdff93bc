/** A word's length; a collector's head is two of them, before the object. */
const WORD = 4;
/** What the collector keeps in the lowest bits of a pointer. */
const FLAGS = 3;

/**
 * Take all frozen objects from the garbage collector, as if it had never known them.
 *
 * A frozen object is not looked at and never collected; still it has its place in a list, and the
 * two pointers of each place are a good part of what a picture weighs. Without them the object is
 * what CPython calls untracked, which is as good: nothing else reads that list.
 *
 * @param {{ HEAPU8: Uint8Array }} module
 * @param {number} frozen the address of any frozen object
 * @param {number} firstObject where the heap begins; the head of the list lies below
 */
export function untrackWhatIsFrozen(module, frozen, firstObject) {
  const words = new Uint32Array(module.HEAPU8.buffer);
  let head;
  const begin = frozen / WORD - 2;
  for (let at = begin, next; ; at = next) {
    next = (words[at] & ~FLAGS) >>> 2;
    if (at * WORD < firstObject) {
      if (head !== undefined) throw new Error("The list of frozen objects has two heads.");
      head = at;
    } else {
      words.fill(0, at, at + 2);
    }
    if (next === begin) break;
    if (words[next + 1] >>> 2 !== at) throw new Error("The list of frozen objects is no list.");
  }
  if (head === undefined) throw new Error("The list of frozen objects has no head.");
  words.fill(head * WORD, head, head + 2);
}
