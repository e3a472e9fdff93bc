"""The wheel that every visitor's worker installs: the core, and nothing that a browser has no use for."""

from __future__ import annotations

import ast
import zipfile
from email.parser import HeaderParser
from pathlib import Path

import pytest

import tracker
from tools.wheels import build_browser_wheel

ROOT = Path(tracker.__file__).parent
AT_MOST_BYTES = 99_500
INFORMATION = f"tracker-{tracker.__version__}.dist-info/"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_browser_wheel(tmp_path_factory.mktemp("wheel"))


def test_it_has_the_core_and_the_browser_package_alone(wheel: Path) -> None:
    folders = (ROOT, ROOT / "browser", ROOT / "plan", ROOT / "privacy")
    paths = [path for folder in folders for path in folder.glob("*.py")]
    core = {path.relative_to(ROOT.parent).as_posix() for path in paths}
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if not name.startswith(INFORMATION)}

    assert packed == core - {"tracker/__main__.py", "tracker/plan/compare.py"}
    assert "tracker/browser/__init__.py" in packed


def test_its_modules_are_the_same_code_on_the_same_lines(wheel: Path) -> None:
    """Without comments and docstrings: an error in a visitor's console still names the right line."""
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.startswith("tracker/"):
                packed = archive.read(name).decode()
                source = (ROOT.parent / name).read_text("utf-8")
                assert packed.count("\n") == source.count("\n"), name
                assert shape(packed) == shape(source), name
                assert "#" not in {line.strip()[:1] for line in packed.splitlines()}, name


def shape(source: str) -> str:
    """Return the code with its lines, and with every docstring empty."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                first.value = ast.Constant("", lineno=first.lineno, col_offset=0)
                first.end_lineno = first.lineno
    return ast.dump(tree, include_attributes=False) + str(
        [node.lineno for node in ast.walk(tree) if isinstance(node, ast.stmt)]
    )


def test_it_depends_on_nothing_and_installs_no_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        metadata = HeaderParser().parsestr(archive.read(f"{INFORMATION}METADATA").decode())
        names = archive.namelist()

    assert metadata["Version"] == tracker.__version__
    assert metadata.get_all("Requires-Dist") is None
    assert f"{INFORMATION}entry_points.txt" not in names


def test_the_same_sources_give_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    assert build_browser_wheel(tmp_path).read_bytes() == wheel.read_bytes()


def test_it_stays_small(wheel: Path) -> None:
    """Every visitor downloads it; the loader's budget has a test of its own."""
    assert wheel.stat().st_size <= AT_MOST_BYTES
