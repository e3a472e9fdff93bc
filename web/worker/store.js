/** @import { Environment, Settings } from "../protocol.js" */

/** A fact as it is on disk, with all that is needed to deliver it. */
/** @typedef {{ id: string, text: string, environment: Environment, settings: Settings }} Row */

const DATABASE = "tracker";
const FACTS = "facts";
/** Opening may hang, as when the browser is about to erase the site's data. */
const OPEN_TIMEOUT_MS = 10_000;
/** A database that cannot be opened so often is done without. */
const MAX_FAILURES = 3;

/**
 * Facts on disk, in IndexedDB. Whatever happens to the database, nothing here throws or rejects:
 * delivery goes on in memory, and `trouble` is told once.
 */
export class Store {
  /** @type {Promise<IDBDatabase> | undefined} */
  #opening;
  #failures = 0;
  #hasToldTrouble = false;
  #trouble;

  constructor(/** @type {(reason: unknown) => void} */ trouble) {
    this.#trouble = trouble;
  }

  /** @returns {Promise<boolean>} whether the rows are on disk now */
  put(/** @type {Row[]} */ rows) {
    return this.#change((facts) => rows.forEach((row) => facts.put(row)));
  }

  /** @returns {Promise<boolean>} */
  delete(/** @type {string[]} */ ids) {
    return this.#change((facts) => ids.forEach((id) => facts.delete(id)));
  }

  /** @returns {Promise<boolean>} */
  clear() {
    return this.#change((facts) => facts.clear());
  }

  /** @returns {Promise<Row[]>} all rows; none where they cannot be read */
  async all() {
    /** @type {IDBRequest<Row[]> | undefined} */
    let request;
    const isRead = await this.#run("readonly", (facts) => {
      request = facts.getAll();
    });
    return isRead && request ? request.result : [];
  }

  /** Close the database, once what was asked for is done; it opens again when it is needed. */
  async close() {
    const opening = this.#opening;
    this.#opening = undefined;
    (await opening?.catch(() => {}))?.close();
  }

  /** @param {(facts: IDBObjectStore) => void} work */
  #change(work) {
    return this.#run("readwrite", work);
  }

  /**
   * @param {IDBTransactionMode} mode
   * @param {(facts: IDBObjectStore) => void} work
   * @returns {Promise<boolean>} whether the transaction is complete
   */
  async #run(mode, work) {
    try {
      await transact(await this.#open(), mode, work).catch(async (error) => {
        // The browser closed it since, as it does when the site's data are erased.
        if (error?.name !== "InvalidStateError") throw error;
        await transact(await this.#open(), mode, work);
      });
      return true;
    } catch (error) {
      if (!this.#hasToldTrouble) this.#trouble(error);
      this.#hasToldTrouble = true;
      return false;
    }
  }

  #open() {
    if (this.#failures >= MAX_FAILURES) return Promise.reject(new Error("it cannot be opened"));
    if (this.#opening) return this.#opening;
    const forget = () => {
      if (this.#opening === opening) this.#opening = undefined;
    };
    const opening = openDatabase(forget);
    this.#opening = opening;
    opening.then(
      () => (this.#failures = 0),
      () => {
        this.#failures++;
        forget();
      },
    );
    return opening;
  }
}

/**
 * @param {() => void} closed called when the database may not be used any more
 * @returns {Promise<IDBDatabase>}
 */
const openDatabase = (closed) =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1); // where there is none, this throws
    let isLate = false;
    setTimeout(() => {
      isLate = true;
      reject(new Error("it does not open"));
    }, OPEN_TIMEOUT_MS);
    request.onupgradeneeded = () => request.result.createObjectStore(FACTS, { keyPath: "id" });
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const database = request.result;
      if (isLate) return database.close();
      database.onclose = closed;
      database.onversionchange = () => {
        database.close();
        closed();
      };
      resolve(database);
    };
  });

/**
 * @param {IDBDatabase} database
 * @param {IDBTransactionMode} mode
 * @param {(facts: IDBObjectStore) => void} work
 * @returns {Promise<void>} resolved once all of it is on disk
 */
const transact = (database, mode, work) =>
  new Promise((resolve, reject) => {
    const transaction = database.transaction(FACTS, mode);
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
    work(transaction.objectStore(FACTS));
  });
