/**
 * Runs Python tests in the lean runtime, in Node, with the cold part of the module in use:
 *
 *     node tests/runtime/run_core.mjs RUNTIME SITE_PACKAGES [pytest arguments]
 *
 * RUNTIME is the folder of a build; SITE_PACKAGES has pytest and hypothesis unpacked. The tracker that
 * is tested is the one in the picture.
 */
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { bootInNode } from "./node.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const [runtime, packages, ...chosen] = process.argv.slice(2);
if (!runtime || !packages) {
  console.error("usage: node tests/runtime/run_core.mjs RUNTIME SITE_PACKAGES …");
  process.exit(2);
}

const { python } = await bootInNode(runtime);
for (const [path, folder] of [
  ["/repository", root],
  ["/packages", packages],
]) {
  python.FS.mkdirTree(path);
  python.mountNodeFS(path, folder);
}
python.globals.set("chosen", python.toPy(chosen));
try {
  process.exitCode = Number(
    python.runPython(`
import asyncio, os, sys

asyncio._set_running_loop(None)  # Pyodide's own counts as running, and tests run loops of their own
sys.path[:0] = ["/repository", "/packages"]
sys.dont_write_bytecode = True
os.chdir("/repository")
sys.modules["_tracker_host"].send = lambda text: None
for name, module in list(sys.modules.items()):
    if name.partition(".")[0] == "tracker" and hasattr(module, "__path__"):
        # What visitors do not have, and tests are about too.
        module.__path__.append("/repository/" + name.replace(".", "/"))

import decimal  # as good as any function of the cold part

import pytest

pytest.main(["-p", "no:cacheprovider", *chosen])
`),
  );
} catch (error) {
  console.error(String(error)); // the message alone: Node would print a megabyte of source with it
  process.exitCode = 3;
}
process.exit();
