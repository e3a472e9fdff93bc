/** "SRUN"; tools/runtime/sparse.py writes what is read here. */
const MAGIC = 0x4e555253;
const PREFIX_BYTES = 16;

/**
 * What the module's constructors leave besides memory: the values of globals, and what is in tables
 * of JavaScript values, nothing or an empty Map. Both are by the names of the exports.
 *
 * @typedef {{ globals: Record<string, number>, tables: Record<string, (null | "map")[]> }} Constructed
 */

/**
 * What is to know about a picture besides memory.
 *
 * @typedef {object} Head
 * @property {object} state Pyodide's own: which JavaScript objects Python holds
 * @property {Constructed} constructed
 * @property {[number, number, number]} pythonVersion
 * @property {string} sitePackages
 * @property {string} library where the standard library's archive belongs
 * @property {object} lockFile Pyodide's list of packages, without any
 */

/** A picture of Python's memory without its zeros. */
export class Picture {
  #buffer;
  #runs;
  /** @type {Head} */
  head;

  /** Throws where the bytes are something else, such as the page of a proxy. */
  constructor(/** @type {ArrayBuffer} */ buffer) {
    const [magic, headBytes, runCount] = new Uint32Array(buffer, 0, PREFIX_BYTES / 4);
    if (magic !== MAGIC) throw new Error("The picture of Python's memory is not one.");
    this.#buffer = buffer;
    this.#runs = new Uint32Array(buffer, PREFIX_BYTES + headBytes, 2 * runCount);
    const head = new Uint8Array(buffer, PREFIX_BYTES, headBytes);
    this.head = JSON.parse(new TextDecoder().decode(head));
  }

  /** Copy it over a memory in which nothing is. */
  restore(/** @type {WebAssembly.Memory} */ memory) {
    const target = new Uint8Array(memory.buffer);
    let at = this.#runs.byteOffset + this.#runs.byteLength;
    for (let run = 0; run < this.#runs.length; run += 2) {
      const length = this.#runs[run + 1];
      target.set(new Uint8Array(this.#buffer, at, length), this.#runs[run]);
      at += length;
    }
  }
}
