/**
 * Bundles what browsers load, with esbuild. `tools/assets.py` calls it:
 *
 *     node web/build.mjs '{"out": …, "version": …, "python": {"lean": …, "pyodide": …, "wheel": …, "micropip": […]}}'
 *
 * and reads from its output, as JSON, where the worker and the loader's second file are. Paths are relative to the origin's root.
 */
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { minify } from "terser";

const web = dirname(fileURLToPath(import.meta.url));
/** @type {{ out: string, version: string, python: object }} */
const { out, version, python } = JSON.parse(process.argv[2] ?? "{}");

/** @type {import("esbuild").BuildOptions & { metafile: true }} */
const common = {
  absWorkingDir: dirname(web),
  bundle: true,
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
  metafile: true,
  minify: true,
  target: ["chrome109", "firefox115", "safari16.4"], // module workers and all that Pyodide asks for
};

const worker = await bundleWorker();
const delivery = await bundleDelivery(worker);
await bundleLoader(delivery);
await bundleSite("admin");
await bundleSite("demo");
console.log(JSON.stringify({ worker, delivery }));

/** The worker knows where Python is. Its name has its content's hash, so that it may be cached for ever. */
async function bundleWorker() {
  const result = await build({
    ...common,
    entryPoints: [join(web, "worker.js")],
    entryNames: "worker-[hash]",
    outdir: join(out, "assets"),
    format: "esm",
    define: { __PYTHON__: JSON.stringify(python) },
  });
  return relative(out, outputOf(result, "worker.js"));
}

/** What the loader imports. It knows where the worker is, and is cached like it. */
async function bundleDelivery(/** @type {string} */ workerPath) {
  const result = await build({
    ...common,
    entryPoints: [join(web, "delivery.js")],
    outfile: join(out, "delivery.js"),
    format: "esm",
    write: false,
    define: {
      __TRACKER_VERSION__: JSON.stringify(version),
      __WORKER_PATH__: JSON.stringify(workerPath),
    },
  });
  const code = await smaller(result.outputFiles[0].text);
  const hash = createHash("sha256").update(code).digest("hex").slice(0, 8);
  const path = `assets/tracker-${hash}.js`;
  await writeFile(join(out, path), code);
  return path;
}

/** The loader knows its version and its second file; its own name is for script tags and never changes. */
async function bundleLoader(/** @type {string} */ deliveryPath) {
  const result = await build({
    ...common,
    entryPoints: [join(web, "tracker.js")],
    outfile: join(out, "tracker.js"),
    format: "iife",
    write: false,
    define: {
      __TRACKER_VERSION__: JSON.stringify(version),
      __DELIVERY_PATH__: JSON.stringify(deliveryPath),
    },
  });
  await writeFile(join(out, "tracker.js"), await smaller(result.outputFiles[0].text));
}

/**
 * terser inlines what is used once, which esbuild leaves: 4 % of the loader's bytes. To inline anything
 * else makes it longer.
 */
async function smaller(/** @type {string} */ bundled) {
  const { code } = await minify(bundled, {
    ecma: 2022,
    module: true,
    compress: {
      passes: 4,
      inline: 1,
      unsafe: true,
      unsafe_arrows: true,
      unsafe_methods: true,
    },
  });
  return code ?? "";
}

/** A site is `index.html` with one `main.js` and one `main.css`; the page is given their hashed names. */
async function bundleSite(/** @type {string} */ name) {
  const source = join(web, name);
  const target = join(out, name);
  const result = await build({
    ...common,
    entryPoints: [join(source, "main.js"), join(source, "main.css")],
    entryNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    outdir: join(target, "assets"),
    format: "esm",
    loader: { ".svg": "file", ".woff2": "file" },
  });
  let html = await readFile(join(source, "index.html"), "utf8");
  for (const file of ["main.js", "main.css"]) {
    const attribute = new RegExp(`(\\s(?:src|href)=")(?:\\./)?${file.replace(".", "\\.")}"`, "g");
    if (!attribute.test(html)) throw new Error(`web/${name}/index.html does not load ${file}.`);
    html = html.replaceAll(attribute, `$1${relative(target, outputOf(result, file))}"`);
  }
  await mkdir(target, { recursive: true });
  await writeFile(join(target, "index.html"), html);
}

/**
 * @param {import("esbuild").BuildResult<typeof common>} result
 * @param {string} entry the entry point's file name
 * @returns {string} the full path of what was made from it
 */
function outputOf(result, entry) {
  for (const [path, { entryPoint }] of Object.entries(result.metafile.outputs)) {
    if (entryPoint && basename(entryPoint) === entry) return join(dirname(web), path);
  }
  throw new Error(`esbuild made nothing from ${entry}.`);
}
