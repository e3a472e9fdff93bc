"""CPython's own tests: what passes in Pyodide as published passes in the lean runtime, its cold part in use.

They are those of the CPython that runs this, an older one perhaps than Pyodide's: what does not fit
that, or WebAssembly, fails or is skipped in both. Not here at all: ``test_json`` and ``test_functools``,
which recurse until either Python aborts, and what needs threads, processes, sockets or a terminal.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SHORT = [
    "base64",
    "collections",
    "context",
    "dataclasses",
    "dict",
    "generators",
    "string",
    "struct",
]
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
    *("float", "format", "fractions", "frozen", "fstring", "genericpath", "hash", "heapq", "hmac"),
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
    *("richcmp", "set", "slice", "sort", "statistics", "strftime", "strtod", "super", "textwrap"),
    *("tuple", "typechecks", "unicode", "unicodedata", "unpack", "urlparse", "userdict", "uuid"),
    *("weakset", "with", "zlib"),
]


def outcomes(runtime: Path | str, modules: list[str], out: Path) -> dict[str, str]:
    """Run the modules in one Python; return what became of each test, by its id."""
    found = importlib.util.find_spec("test.test_dict")
    if found is None or found.origin is None:
        pytest.fail("This Python has no tests of its own (Debian, Ubuntu: libpython3-testsuite).")
    script = ["node", HERE / "run_cpython.mjs", runtime, Path(found.origin).parent, out]
    names = [f"test.test_{module}" for module in modules]
    answer = subprocess.run([*script, *names], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr[-2000:]
    return json.loads(out.read_text("utf-8"))


def test_what_passes_in_pyodide_as_published_passes_in_the_lean_runtime(
    runtime: Path, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    """All but the examples in docstrings, which the lean runtime does not have."""
    modules = SHORT + (LONG if pytestconfig.getoption("--long") else [])
    lean = outcomes(runtime, modules, tmp_path / "lean.json")
    stock = outcomes("stock", modules, tmp_path / "stock.json")

    passed = {name for name, outcome in stock.items() if outcome == "passed"}
    assert len(passed) > 500
    worse = {name: lean.get(name, "not run") for name in passed if lean.get(name) != "passed"}
    assert {name: outcome for name, outcome in worse.items() if name.startswith("test.")} == {}
