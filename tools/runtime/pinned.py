"""The Pyodide that the lean runtime is made from, and what the steps take for granted about it.

An upgrade: change the version in package.json and here, run ``python -m tools.runtime --pin`` and
put what it prints below; then let the tests of the runtime say whether the rest still holds.
"""

from __future__ import annotations

import hashlib
import json

from tools.console import ROOT, BuildError

PYODIDE = ROOT / "node_modules" / "pyodide"
GLUE = PYODIDE / "pyodide.asm.mjs"
WASM = PYODIDE / "pyodide.asm.wasm"
STDLIB = PYODIDE / "python_stdlib.zip"
LOADER = PYODIDE / "pyodide.mjs"
LOCK = PYODIDE / "pyodide-lock.json"

VERSION = "314.0.7"
HASHES = {
    "pyodide.asm.mjs": "f7cdc8ece80678ceb712f8e65ebe6d3a83203a180c399865f49612a051693635",
    "pyodide.asm.wasm": "cc36e3cab04fdfc9a63ff13eb52eae2b911bf46c025cc7b281f394bd3de1d5e6",
    "pyodide.mjs": "6f1d60f7bf529beb300f0f47983c921d3982363640ba20af0e38efdddbc66109",
    "python_stdlib.zip": "fa1957e5777068fc4f7437f96d860ae2fbe9c19732ba06c84e004ec16dd7dd7a",
}


def check() -> None:
    """See that the installed Pyodide is the one that the steps were written for.

    Raises:
        BuildError: it is not; the message says what to do.
    """
    version = json.loads((PYODIDE / "package.json").read_text("utf-8"))["version"]
    if version != VERSION or hashes() != HASHES:
        raise BuildError(
            f"The lean runtime is made from Pyodide {VERSION}, and node_modules has {version} "
            f"with other files. Read docs/runtime.md, 'Upgrading Pyodide'."
        )


def hashes() -> dict[str, str]:
    """The hashes of the installed files."""
    return {name: hashlib.sha256((PYODIDE / name).read_bytes()).hexdigest() for name in HASHES}


def python_version() -> tuple[int, int, int]:
    """The version of Pyodide's Python."""
    lock = json.loads(LOCK.read_text("utf-8"))
    major, minor, micro = (int(part) for part in lock["info"]["python"].split("."))
    return major, minor, micro


def lock_file() -> dict[str, object]:
    """Pyodide's list of packages without any: nothing comes from elsewhere."""
    lock = json.loads(LOCK.read_text("utf-8"))
    return {"info": lock["info"], "packages": {}}
