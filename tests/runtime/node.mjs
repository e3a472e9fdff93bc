/** Boots a built runtime in Node, where its files are read from a folder. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { start } from "../../web/runtime/start.js";

/**
 * @param {string} folder with `manifest.json` and the files that it names
 * @param {(text: string) => void} [send]
 */
export async function bootInNode(folder, send = () => {}) {
  const { files } = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
  const path = (/** @type {string} */ role) => join(folder, files[role].name);
  const { default: createModule } = await import(pathToFileURL(path("glue")).href);
  return start(
    {
      createModule,
      module: WebAssembly.compile(readFileSync(path("wasm"))),
      picture: Promise.resolve(new Uint8Array(readFileSync(path("picture"))).buffer),
      readCold: () => readFileSync(path("cold")),
      readLibrary: () => readFileSync(path("library")),
      environment: { IN_NODE: true, IN_NODE_ESM: true },
    },
    send,
  );
}
