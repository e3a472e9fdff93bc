"""Make ``.venv`` and ``node_modules`` what the lock files say, and do nothing when they already are.

A stamp inside each folder holds the hash of what it was made from: delete the folder, or change a
dependency, and the next run makes it anew.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING, Any

from tools.console import ROOT, BuildError, run, step

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
NODE_MODULES = ROOT / "node_modules"
CONSTRAINTS = ROOT / "tools" / "constraints.txt"

NODE_AT_LEAST = (20, 19)
NPM_AT_LEAST = (10, 0)


def prepare() -> None:
    """Check the machine's programs, then install what is missing."""
    check_program("node", NODE_AT_LEAST)
    check_program("npm", NPM_AT_LEAST)
    _make_venv()
    _make_node_modules()


def check_program(name: str, at_least: tuple[int, int] = (0, 0)) -> None:
    """Raise a BuildError with the mend when ``name`` is missing or older than ``at_least``."""
    wanted = ".".join(map(str, at_least))
    mend = {
        "node": f"Install Node.js {wanted} or newer (nodejs.org, or your distribution's nodejs package).",
        "npm": f"Install npm {wanted} or newer: it comes with Node.js; to update it alone: npm install -g npm@11.",
        "git": "Install git (Debian, Ubuntu: sudo apt-get install git).",
    }[name]
    if shutil.which(name) is None:
        raise BuildError(f"{name} is not installed. {mend}")
    answer = subprocess.run([name, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"(\d+)\.(\d+)", answer)
    if found is None or (int(found[1]), int(found[2])) < at_least:
        raise BuildError(f"{name} {answer.strip() or '(unknown version)'} is too old. {mend}")


def _make_venv() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    requirements = [*project["build-system"]["requires"], *project["dependency-groups"]["dev"]]
    made_from = _digest(
        [
            sys.version,
            str(VENV),
            CONSTRAINTS.read_text("utf-8"),
            json.dumps(_what_installs(project), sort_keys=True),
        ]
    )
    stamp = VENV / ".made-from"
    if PYTHON.exists() and _read(stamp) == made_from:
        return
    stamp.unlink(missing_ok=True)
    if not PYTHON.exists():
        with step("Making .venv"):
            run(
                [sys.executable, "-m", "venv", VENV],
                mend="Python needs its venv module (Debian, Ubuntu: sudo apt-get install python3-venv).",
            )
    pip = [
        PYTHON,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "install",
        "--quiet",
        "--constraint",
        CONSTRAINTS,
    ]
    with step("Installing Python packages into .venv"):
        run([*pip, *requirements])
        # The package itself, editable, so that `tracker` and the tests run the checkout.
        run([*pip, "--no-build-isolation", "--editable", ".[collector]"])
    stamp.write_text(made_from)


def _what_installs(project: dict[str, Any]) -> list[Any]:
    """Return the tables of pyproject.toml that change what pip installs (the linters' settings do not)."""
    return [project["build-system"], project["project"], project["dependency-groups"]]


def _make_node_modules() -> None:
    made_from = _digest(
        (ROOT / name).read_text("utf-8") for name in ("package.json", "package-lock.json", ".npmrc")
    )
    stamp = NODE_MODULES / ".made-from"
    if _read(stamp) == made_from:
        return
    with step("Installing npm packages into node_modules"):
        # None of the packages needs its install script (esbuild's only saves a few ms a start).
        run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
    stamp.write_text(made_from)


def _digest(texts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def _read(path: Path) -> str | None:
    return path.read_text() if path.exists() else None
