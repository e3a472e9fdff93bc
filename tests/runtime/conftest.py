"""The runtime that is tested: built once, from the cache if nothing changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def runtime() -> Path:
    """Return the folder of the build."""
    from tools.runtime.build import build_runtime

    return build_runtime()


@pytest.fixture(scope="session")
def runtime_files(runtime: Path) -> dict[str, Path]:
    """Return its files by what they are for."""
    files = json.loads((runtime / "manifest.json").read_text("utf-8"))["files"]
    return {role: runtime / file["name"] for role, file in files.items()}
