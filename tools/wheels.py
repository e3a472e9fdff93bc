"""The wheels: the browser's, made here, and pure Python ones from the registry, checked against their hashes."""

from __future__ import annotations

import ast
import hashlib
import io
import re
import shutil
import sys
import tokenize
import tomllib
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.wheel import WheelBuilder

from tools.console import CACHE, ROOT, BuildError, run, step

PYODIDE_PYTHON = "3.14"
REQUIREMENT = re.compile(
    r"^(?P<name>[\w-]+)==(?P<version>[\w.]+) --hash=sha256:(?P<digest>[0-9a-f]{64})$", re.MULTILINE
)

# What a visitor downloads: the core and the worker's entry, nothing of the command line or the collector.
BROWSER_FILES = [
    *("tracker/*.py", "tracker/browser/**/*.py", "tracker/plan/*.py", "tracker/privacy/*.py"),
]
BROWSER_EXCEPT = ["tracker/__main__.py", "tracker/plan/compare.py"]


def build_browser_wheel(directory: Path) -> Path:
    """Build the wheel that the worker installs into ``directory``; the same sources give the same bytes.

    It is the distribution without what a browser has no use for: extras, scripts, README, and in the
    modules what is there for their readers. That is two fifths of what a visitor would wait for.
    """
    config: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    project = config["project"]
    for key in ("readme", "optional-dependencies", "scripts", "classifiers"):
        project.pop(key, None)
    config["tool"]["hatch"]["build"] = {
        "targets": {
            "wheel": {"include": BROWSER_FILES, "exclude": BROWSER_EXCEPT, "reproducible": True}
        }
    }
    directory.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as staging:
        shutil.copyfile(ROOT / "LICENSE", f"{staging}/LICENSE")
        for pattern in BROWSER_FILES:
            for source in ROOT.glob(pattern):
                target = Path(staging) / source.relative_to(ROOT)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(without_prose(source.read_text("utf-8")), "utf-8")
        (path,) = WheelBuilder(staging, config=config).build(
            directory=str(directory.resolve()), versions=["standard"]
        )
    return directory / path


def without_prose(source: str) -> str:
    """Return Python source without comments and docstrings, each line still under its own number.

    A level of indentation is one space, and what goes on in brackets has none.
    """
    lines = source.splitlines()
    tokens = [*tokenize.generate_tokens(io.StringIO(source).readline)]
    prose: list[tuple[int, int, int, int]] = [
        (*token.start, *token.end) for token in tokens if token.type == tokenize.COMMENT
    ]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                end = (first.end_lineno or first.lineno, first.end_col_offset or 0)
                prose.append((first.lineno, first.col_offset, *end))
    for row, column, end_row, end_column in sorted(prose, reverse=True):
        is_comment = lines[row - 1][column] == "#"
        tail = lines[end_row - 1][end_column:]
        # Something has to be left of a docstring: it may be all that a body has.
        lines[row - 1] = (lines[row - 1][:column] + ("" if is_comment else '""') + tail).rstrip()
        lines[row:end_row] = [""] * (end_row - row)
    for row, depth in _indentation(tokens).items():
        lines[row - 1] = (" " * depth + lines[row - 1].lstrip()).rstrip()
    return "\n".join(lines) + "\n"


def _indentation(tokens: list[tokenize.TokenInfo]) -> dict[int, int]:
    """How deep the blocks are that lines begin in, by row; nothing of rows that begin in a text."""
    depths: dict[int, int] = {}
    depth = 0
    begins = True
    for token in tokens:
        depth += (token.type == tokenize.INDENT) - (token.type == tokenize.DEDENT)
        if token.type in (tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER):
            continue
        depths.setdefault(token.start[0], depth if begins else 0)
        depths |= dict.fromkeys(range(token.start[0] + 1, token.end[0] + 1), -1)
        begins = token.type == tokenize.NEWLINE or (
            begins and token.type in (tokenize.NL, tokenize.COMMENT)
        )
    return {row: depth for row, depth in depths.items() if depth >= 0}


def build_distribution_wheel(directory: Path) -> Path:
    """Build the wheel that people install, browser assets included, into ``directory``."""
    with step("Building the distribution wheel"):
        (path,) = WheelBuilder(str(ROOT)).build(directory=str(directory), versions=["standard"])
    return directory / path


def download_wheels(requirements: Path) -> list[Path]:
    """Return the wheels that ``requirements`` pins, in its order, from the cache or else from the registry."""
    pins = list(REQUIREMENT.finditer(requirements.read_text("utf-8")))
    directory = CACHE / "wheels"
    if any(_cached(directory, pin) is None for pin in pins):
        with step(f"Downloading the wheels of {requirements.relative_to(ROOT)}"):
            run(
                [
                    *(
                        sys.executable,
                        "-m",
                        "pip",
                        "--disable-pip-version-check",
                        "download",
                        "--quiet",
                        "--no-deps",
                    ),
                    *(
                        "--only-binary=:all:",
                        "--python-version",
                        PYODIDE_PYTHON,
                        "--require-hashes",
                    ),
                    *("--dest", directory, "--requirement", requirements),
                ],
                mend="Is a Python package index reachable?",
            )
    wheels = [_cached(directory, pin) for pin in pins]
    if None in wheels:
        raise BuildError(
            f"The downloaded wheels do not match {requirements.relative_to(ROOT)}; delete {directory}."
        )
    return [wheel for wheel in wheels if wheel is not None]


def _cached(directory: Path, pin: re.Match[str]) -> Path | None:
    """Return the cached wheel of ``pin``; one whose bytes are not the pinned ones does not count."""
    for path in directory.glob(f"{pin['name']}-{pin['version']}-*-none-any.whl"):
        if hashlib.sha256(path.read_bytes()).hexdigest() == pin["digest"]:
            return path
        path.unlink()
    return None


def unpack(wheels: list[Path], directory: Path) -> None:
    """Lay the contents of ``wheels`` out in ``directory``, as site-packages has them."""
    shutil.rmtree(directory, ignore_errors=True)
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(directory)
