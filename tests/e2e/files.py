"""Where the built files are that a visitor asks the collector for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import tracker.collector

ASSETS = Path(tracker.collector.__file__).parent / "assets"
PYTHON = "/assets/py"
"""How the paths of all of Python's files begin: the lean runtime's, and Pyodide's as published."""
NOT_FOR_A_VISIT = (
    *("/assets/python/cold-", "/assets/python/library-"),
    *("/assets/pyodide-", "/assets/wheels/"),
)
"""How the paths begin of what the lean runtime fetches for other people's code, or when it fails."""


def path_of(role: str) -> str:
    """Return the path at the collector of the file that the build's manifest calls ``role``."""
    return "/" + _manifest()["files"][role]


def is_lean() -> bool:
    """Return whether visitors of this build boot the lean runtime."""
    return _manifest()["runtime"] == "lean"


def _manifest() -> dict[str, Any]:
    return json.loads((ASSETS / "manifest.json").read_text("utf-8"))
