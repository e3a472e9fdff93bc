"""What is committed says nothing about the machine that it was made on."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# An absolute path of somebody's machine; the system's own (/usr, /dev, /tmp, /bin, /etc) are everybody's,
# and so is the home directory inside Pyodide's own file system.
PERSONAL_PATH = re.compile(
    rb"(?<![\w./:-])/(?!home/pyodide\b)(?:home|Users|root|work|mnt|srv|farm[\w-]*)/[\w.-]+"
)
REGISTRY = re.compile(
    rb"https?://[\w.-]*(?:pypi|npmjs|registry|artifactory|nexus)[\w.-]*", re.IGNORECASE
)


def tracked() -> list[str]:
    answer = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [path for path in answer.stdout.split("\0") if path and (ROOT / path).is_file()]


@pytest.mark.parametrize("pattern", [PERSONAL_PATH, REGISTRY], ids=["path", "registry"])
def test_no_file_names_a_machine_or_a_registry(pattern: re.Pattern[bytes]) -> None:
    found = {
        path: matches
        for path in tracked()
        if path != "tests/contracts/test_repository.py"
        and (matches := sorted(set(pattern.findall((ROOT / path).read_bytes()))))
    }

    assert found == {}


def test_the_npm_lock_names_packages_and_not_where_they_came_from() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]

    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []


def test_nothing_built_is_tracked() -> None:
    built = ("node_modules/", ".venv/", "dist/", ".cache/", "tracker/collector/assets/")

    assert [path for path in tracked() if path.startswith(built)] == []
