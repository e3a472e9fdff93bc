/**
 * Compiles Python files with the Python that will run them:
 *
 *     node tools/runtime/compile.mjs FOLDER ARCHIVE PREFIX
 *
 * Each `.py` below FOLDER becomes a `.pyc` in ARCHIVE, a zip that compresses nothing (brotli does it
 * better, over the whole file). PREFIX is the folder that tracebacks name. Docstrings and assertions
 * are left out (`-OO`), columns too: nobody sees them in a visitor's worker, and all of them wait.
 */
import { writeFileSync } from "node:fs";
import process from "node:process";
import { loadPyodide } from "pyodide";
import "./brief.mjs";

const [folder, archive, prefix] = process.argv.slice(2);
if (!folder || !archive || !prefix) {
  console.error("usage: node tools/runtime/compile.mjs FOLDER ARCHIVE PREFIX");
  process.exit(2);
}

const python = await loadPyodide({ env: { PYTHONNODEBUGRANGES: "1", PYTHONHASHSEED: "0" } });
python.FS.mkdirTree("/source");
python.mountNodeFS("/source", folder);
python.globals.set("prefix", prefix);
python.runPython(`
import importlib.util, marshal, pathlib, zipfile

HEADER = importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little") + bytes(8)  # by hash, and never checked
MADE = (1980, 1, 1, 0, 0, 0)

source = pathlib.Path("/source")
with zipfile.ZipFile("/archive.zip", "w", zipfile.ZIP_STORED) as archive:
    for path in sorted(source.rglob("*.py")):
        name = path.relative_to(source).as_posix()
        code = compile(path.read_bytes(), prefix + name, "exec", dont_inherit=True, optimize=2)
        archive.writestr(zipfile.ZipInfo(name + "c", MADE), HEADER + marshal.dumps(code))
`);
writeFileSync(archive, python.FS.readFile("/archive.zip"));
