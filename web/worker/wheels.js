import { bytesOf } from "./stock.js";

/** @import { PyodideAPI } from "pyodide" */

/**
 * For wheels of the page's own: micropip is fetched for the first of them.
 *
 * @param {PyodideAPI} python
 * @param {string[]} tools the wheels of micropip and of what it needs
 * @returns {(url: string) => Promise<void>} installs the pure Python wheel at an absolute URL, and
 *   nothing that it depends on: that would come from elsewhere
 */
export function wheelLoader(python, tools) {
  /** @type {Promise<any> | undefined} */
  let ready;
  /** One after the other: two pages may bring two versions of one. @type {Promise<unknown>} */
  let last = Promise.resolve();
  const micropip = async () => {
    for (const archive of await Promise.all(tools.map(bytesOf))) {
      python.unpackArchive(archive, "whl");
    }
    return python.pyimport("micropip");
  };
  const install = async (/** @type {string} */ url) => {
    ready ??= micropip();
    ready.catch(() => (ready = undefined)); // the next wheel tries again
    await (await ready).install.callKwargs(url, { deps: false, reinstall: true });
  };
  return (url) => {
    const installed = last.then(() => install(url));
    last = installed.catch(() => {});
    return installed;
  };
}
