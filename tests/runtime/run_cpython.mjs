/**
 * Runs CPython's own tests in Node and writes what became of each, as a JSON object by their ids:
 *
 *     node tests/runtime/run_cpython.mjs RUNTIME TESTS OUT MODULE [TEST LEFT OUT…]
 *
 * RUNTIME is the folder of a build, whose cold part is in use then, or `stock`; TESTS the folder of the
 * package `test` of some CPython.
 */
import { writeFileSync } from "node:fs";
import process from "node:process";
import { loadPyodide } from "pyodide";
import { bootInNode } from "./node.mjs";

const [runtime, tests, out, module, ...leftOut] = process.argv.slice(2);
if (!runtime || !tests || !out || !module) {
  console.error(
    "usage: node tests/runtime/run_cpython.mjs RUNTIME|stock TESTS OUT MODULE [TEST LEFT OUT…]",
  );
  process.exit(2);
}

const python = runtime === "stock" ? await loadPyodide() : (await bootInNode(runtime)).python;
python.FS.mkdirTree("/cpython/test");
python.mountNodeFS("/cpython/test", tests);
python.globals.set("module", module);
python.globals.set("left_out", python.toPy(leftOut));
const outcomes = python.runPython(`
import asyncio, io, json, sys, unittest, warnings

asyncio._set_running_loop(None)  # Pyodide's own counts as running, and tests run loops of their own
sys.path.insert(0, "/cpython")
sys.dont_write_bytecode = True
warnings.simplefilter("ignore")

import decimal  # as good as any function of the cold part

class Outcomes(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.found = {}

    def startTest(self, test):
        super().startTest(test)
        self.found[test.id()] = "passed"

    def addError(self, test, error):
        self.found[test.id()] = f"{error[0].__name__}: {error[1]}"[:300]

    addFailure = addError

    def addSubTest(self, test, subtest, error):
        if error:
            self.addError(test, error)

    def addSkip(self, test, reason):
        self.found[test.id()] = f"skipped: {reason}"

    addExpectedFailure = lambda self, test, error: None

def each(suite):
    for test in suite:
        yield from each(test) if isinstance(test, unittest.TestSuite) else (test,)

def run():
    outcomes = Outcomes()
    said, sys.stdout, sys.stderr = (sys.stdout, sys.stderr), io.StringIO(), io.StringIO()
    try:
        tests = unittest.defaultTestLoader.loadTestsFromName(module)
        unittest.TestSuite(test for test in each(tests) if test.id() not in left_out).run(outcomes)
    finally:
        sys.stdout, sys.stderr = said
    return json.dumps(outcomes.found)

run()
`);
writeFileSync(out, outcomes);
process.exit();
