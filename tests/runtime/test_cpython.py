"""CPython's own tests: what passes in Pyodide as published passes in the lean runtime, its cold part in use.

They are those of the CPython that runs this, an older one perhaps than Pyodide's: what does not fit
that, or WebAssembly, fails, is skipped or aborts in both, as the deep recursion of ``test_json`` does. Not
here at all: what needs threads, processes, sockets or a terminal.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SHORT = ["collections", "context", "dataclasses", "dict", "struct"]
LONG = [
    *(
        "array",
        "bigmem",
        "binascii",
        "bisect",
        "bool",
        "bytes",
        "charmapcodec",
        "codecs",
        "colorsys",
    ),
    *("compare", "complex", "contains", "copy", "coroutines", "datetime", "decimal", "decorators"),
    *("defaultdict", "deque", "descr", "difflib", "dictviews", "enum", "enumerate", "exceptions"),
    *(
        "float",
        "format",
        "fractions",
        "frozen",
        "fstring",
        "generators",
        "genericpath",
        "hash",
        "heapq",
        "hmac",
    ),
    *("html", "htmlparser", "index", "int", "isinstance", "iter", "itertools", "keyword", "list"),
    *(
        "long",
        "math",
        "memoryview",
        "operator",
        "ordered_dict",
        "pprint",
        "property",
        "random",
        "re",
    ),
    *(
        "richcmp",
        "set",
        "slice",
        "sort",
        "statistics",
        "strftime",
        "string",
        "strtod",
        "super",
        "textwrap",
    ),
    *("tuple", "typechecks", "unicode", "unicodedata", "unpack", "urlparse", "userdict", "uuid"),
    *("weakset", "with", "zlib"),
]
LEFT_OUT = [
    # `ctypes` asks the module for functions by their names, and the lean one exports none to it.
    "test.test_bytes.BytesTest.test_from_format",
    # It counts the examples in docstrings.
    "test.test_statistics.DocTests.test_doc_tests",
]


def outcomes(runtime: Path | str, module: str, out: Path) -> dict[str, str]:
    """Run one module in a Python of its own; return what became of each test by its id, nothing if Python aborted."""
    found = importlib.util.find_spec("test.test_dict")
    if found is None or found.origin is None:
        pytest.fail("This Python has no tests of its own (Debian, Ubuntu: libpython3-testsuite).")
    script = ["node", HERE / "run_cpython.mjs", runtime, Path(found.origin).parent, out]
    subprocess.run([*script, f"test.test_{module}", *LEFT_OUT], capture_output=True, check=False)
    return json.loads(out.read_text("utf-8")) if out.exists() else {}


def test_what_passes_in_pyodide_as_published_passes_in_the_lean_runtime(
    runtime: Path, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    """All but the examples in docstrings, which the lean runtime does not have."""
    modules = SHORT + (LONG if pytestconfig.getoption("--long") else [])
    passed: set[str] = set()
    worse: dict[str, str] = {}
    for module in modules:
        lean = outcomes(runtime, module, tmp_path / f"{module}-lean.json")
        stock = outcomes("stock", module, tmp_path / f"{module}-stock.json")
        for name, outcome in stock.items():
            if outcome == "passed" and name.startswith("test."):
                passed.add(name)
                if lean.get(name) != "passed":
                    worse[name] = lean.get(name, "not run")

    print(f"{len(passed)} tests of {len(modules)} modules pass in Pyodide as published")
    assert len(passed) > 400
    assert worse == {}
