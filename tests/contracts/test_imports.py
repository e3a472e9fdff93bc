"""The core runs wherever Python does: it imports what Pyodide has at boot, and nothing else.

That the layers below one another hold is import-linter's to say (pyproject.toml); what Pyodide has
at boot is checked in Pyodide (tests/pyodide/test_boot.py). This says it at the desk, by file.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import tracker

ROOT = Path(tracker.__file__).parent
PACKAGES = ("plan", "privacy")
CORE = sorted(
    {path for folder in ("", *PACKAGES) for path in (ROOT / folder).glob("*.py")}
    - {ROOT / "__main__.py"}
)
BROWSER = sorted((ROOT / "browser").glob("*.py"))

PURE = frozenset(
    {
        *("__future__", "asyncio", "base64", "binascii", "collections", "contextvars"),
        *("dataclasses", "enum"),
        *("functools", "inspect", "itertools", "json", "logging", "math", "re", "typing", "types"),
    }
)
# Of `time`, pure functions alone; which ones is said by name below.
TIME_FUNCTIONS = frozenset({"gmtime"})
# The clock and chance come in through ports; the browser's bridges are where they come from, and
# the package asks once whether it is in a browser.
ALSO = {
    ROOT / "__init__.py": {"sys"},
    ROOT / "browser" / "bridge.py": {"_tracker_host", "random", "time"},
    ROOT / "browser" / "modules.py": {"importlib", "sys"},
    ROOT / "browser" / "page.py": {"js"},
}


def imports(path: Path) -> dict[str, set[str]]:
    """Return the top-level modules that a file imports from outside, with the names taken of them."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found.setdefault(alias.name.split(".")[0], set()).add("*")
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = found.setdefault(str(node.module).split(".")[0], set())
            names.update(alias.name for alias in node.names)
    return found


@pytest.mark.parametrize("path", [*CORE, *BROWSER], ids=lambda path: path.stem)
def test_a_core_module_imports_only_what_is_pure_and_loaded_at_boot(path: Path) -> None:
    found = imports(path)
    found = {name: names for name, names in found.items() if name not in ALSO.get(path, ())}
    clock = found.pop("time", set())

    assert found.keys() - PURE == set()
    assert clock <= TIME_FUNCTIONS
