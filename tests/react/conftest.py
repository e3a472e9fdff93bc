"""A page with the loader and a React application in it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.loader.conftest import site, visit

__all__ = ["application", "site", "visit"]

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def application(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the applications of ``app.js`` with React and the binding, as a script for a page."""
    out = tmp_path_factory.mktemp("react") / "app.js"
    subprocess.run(
        [
            *(ROOT / "node_modules/.bin/esbuild", ROOT / "tests/react/app.js", "--bundle"),
            *("--format=iife", '--define:process.env.NODE_ENV="development"', f"--outfile={out}"),
            "--log-level=warning",
        ],
        check=True,
    )
    return out.read_text("utf-8")
