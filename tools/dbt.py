"""The environment of the test that runs dbt: ``.cache/dbt``, apart from ``.venv``.

dbt brings fifty packages with opinions on the versions of others, and one test needs it. So only who
runs that test pays for it (half a minute, once), and the versions here stay free.
"""

from __future__ import annotations

import hashlib
import sys
from typing import TYPE_CHECKING

from tools.console import CACHE, ROOT, run, step

if TYPE_CHECKING:
    from pathlib import Path

CONSTRAINTS = ROOT / "tools" / "dbt-constraints.txt"
ENVIRONMENT = CACHE / "dbt"


def prepare() -> Path:
    """Make the environment unless it is there already; return the ``dbt`` command in it."""
    made_from = hashlib.sha256((sys.version + CONSTRAINTS.read_text("utf-8")).encode()).hexdigest()
    stamp = ENVIRONMENT / ".made-from"
    command = ENVIRONMENT / "bin" / "dbt"
    if stamp.exists() and stamp.read_text() == made_from:
        return command
    with step("Installing dbt into .cache/dbt"):
        run(
            [sys.executable, "-m", "venv", "--clear", ENVIRONMENT],
            mend="Python needs its venv module (Debian, Ubuntu: sudo apt-get install python3-venv).",
        )
        python = ENVIRONMENT / "bin" / "python"
        pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        run(
            [*pip, "--no-deps", "--requirement", CONSTRAINTS],
            mend="Is a Python package index reachable?",
        )
        # Without dependencies above, so that nothing but what is pinned comes; this says whether it is all.
        run([python, "-m", "pip", "check"], mend="Is tools/dbt-constraints.txt complete?")
    stamp.write_text(made_from)
    return command
