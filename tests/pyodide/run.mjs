/**
 * Runs the core's tests in the browser's Python: boots the same Pyodide that visitors get, in Node,
 * mounts the repository and calls pytest.
 *
 *     node tests/pyodide/run.mjs SITE_PACKAGES REPORT [pytest arguments]
 *
 * SITE_PACKAGES has pytest and hypothesis unpacked (tools/checks.py sees to that); REPORT is where
 * pytest writes its JUnit file.
 */
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { loadPyodide } from "pyodide";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const [sitePackages, report, ...pytestArguments] = process.argv.slice(2);
if (!sitePackages || !report) {
  console.error("usage: node tests/pyodide/run.mjs SITE_PACKAGES REPORT [pytest arguments]");
  process.exit(2);
}

const python = await loadPyodide({ env: { HOME: "/tmp", PYTHONDONTWRITEBYTECODE: "1" } });
// What the worker registers; a test that wants to see what Python sends puts its own in its place.
python.registerJsModule("_tracker_host", { send() {} });
mount("/site-packages", sitePackages);
mount("/repository", root);
mount("/report", dirname(report));

python.globals.set("report", `/report/${report.split("/").at(-1)}`);
python.globals.set("chosen", pytestArguments);
const program = `
import asyncio, json, os, sys

# Pyodide's own loop always counts as running, and tests run loops of their own.
asyncio._set_running_loop(None)

loaded_at_boot = set(sys.modules)
sys.path[:0] = ["/repository", "/site-packages"]
os.chdir("/repository")

import tracker.browser.bridge

# tests/pyodide/test_boot.py looks at what the import added; pytest itself would hide it.
os.environ["TRACKER_IMPORTED"] = json.dumps(sorted(set(sys.modules) - loaded_at_boot))

import pytest

pytest.main([
    "tests/unit", "tests/properties", "tests/pyodide",
    "--junitxml", report, "-o", "cache_dir=/tmp/pytest", *chosen.to_py(),
])
`;
try {
  process.exitCode = Number(python.runPython(program));
} catch (error) {
  console.error(String(error)); // the message alone: Node would print a megabyte of source with it
  process.exitCode = 3;
}

function mount(/** @type {string} */ path, /** @type {string} */ directory) {
  python.FS.mkdirTree(path);
  python.mountNodeFS(path, directory);
}
