/**
 * A random UUID, version 4. `crypto.randomUUID` exists on secure origins only, `getRandomValues` on
 * all of them.
 */
export function newId() {
  return crypto.randomUUID
    ? crypto.randomUUID()
    : "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
        (
          Number(digit) ^
          (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (Number(digit) / 4)))
        ).toString(16),
      );
}
