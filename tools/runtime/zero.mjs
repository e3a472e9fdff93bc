/** Larger than any free chunk between used ones can be; what lies above is free to the end. */
const LARGEST = 2 << 20;
/** The smallest chunk that the allocator hands out. */
const SMALLEST = 12;
const HEADER = 16;

/**
 * Zero all memory that is not in use, so that it compresses to nothing and needs not be stored.
 *
 * Pyodide's CPython allocates everything with dlmalloc, whose lists are not ours to walk. But what is
 * free can be had: allocate chunks of every size until the allocator would have to go beyond what is
 * in use, zero each, then give them all back.
 *
 * @param {{ HEAPU8: Uint8Array, _malloc(size: number): number, _free(at: number): void,
 *   _emscripten_stack_get_current(): number, _emscripten_stack_get_end(): number }} module
 */
export function zeroWhatIsFree(module) {
  const size = LARGEST + (LARGEST >> 1);
  const top = module._malloc(size) >>> 0;
  const next = module._malloc(size) >>> 0;
  module._free(next);
  module._free(top);
  if (next - top > size + HEADER || next < top) {
    throw new Error("The heap has a larger hole than the build takes for possible.");
  }
  const taken = [];
  for (let size = LARGEST; size >= SMALLEST; size = smaller(size)) {
    for (;;) {
      const at = module._malloc(size) >>> 0;
      if (!at || at >= top - HEADER) {
        if (at) module._free(at);
        break;
      }
      module.HEAPU8.fill(0, at, at + size);
      taken.push(at);
    }
  }
  for (const at of taken.reverse()) module._free(at);
  module.HEAPU8.fill(0, top + 4 * HEADER);
  // The stack grows downwards; below its pointer lies what earlier calls left.
  const end = module._emscripten_stack_get_end() >>> 0;
  module.HEAPU8.fill(0, end + 4 * HEADER, module._emscripten_stack_get_current() >>> 0);
}

/** The next size to try: every one of the small ones, where the chunks are, and fewer of the large. */
function smaller(/** @type {number} */ size) {
  return size > 2048 ? Math.floor(size * 0.97) & ~7 : size - 4;
}
