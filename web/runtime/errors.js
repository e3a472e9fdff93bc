/**
 * Two functions that Pyodide's C code wants for a JavaScript value which says "an error came". It is
 * an object that WebAssembly alone can make and tell from all others; this module is Pyodide's own:
 *
 *     (func (export "Jsv_GetError_import") (result externref) (extern.convert_any (struct.new 0)))
 *     (func (export "JsvError_Check") (param externref) (result i32) (ref.test …))
 */
const MARKERS =
  "AGFzbQEAAAABDANfAGAAAW9gAW8BfwMDAgECBygCE0pzdl9HZXRFcnJvcl9pbXBvcnQAAA5Kc3ZFcnJvcl9DaGVjawABChMCBwD7AQD7GwsJACAA+xr7FAAL";

/** @returns {Promise<WebAssembly.Exports>} */
export async function errorMarkers() {
  try {
    const bytes = Uint8Array.from(atob(MARKERS), (character) => character.charCodeAt(0));
    const { instance } = await WebAssembly.instantiate(bytes);
    return instance.exports;
  } catch {
    // A browser whose WebAssembly has no garbage collection.
    const marker = Symbol("error");
    return {
      Jsv_GetError_import: () => marker,
      JsvError_Check: (/** @type {unknown} */ value) => Number(value === marker),
    };
  }
}
