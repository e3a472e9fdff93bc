"""The wheel that every visitor's worker installs: the core, and nothing that a browser has no use for."""

from __future__ import annotations

import zipfile
from email.parser import HeaderParser
from pathlib import Path

import pytest

import tracker
from tools.wheels import build_browser_wheel

ROOT = Path(tracker.__file__).parent
AT_MOST_BYTES = 60_000
INFORMATION = f"tracker-{tracker.__version__}.dist-info/"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_browser_wheel(tmp_path_factory.mktemp("wheel"))


def test_it_has_the_core_and_the_browser_package_alone(wheel: Path) -> None:
    paths = [*ROOT.glob("*.py"), *(ROOT / "browser").rglob("*.py")]
    core = {path.relative_to(ROOT.parent).as_posix() for path in paths}
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if not name.startswith(INFORMATION)}

    assert packed == core - {"tracker/cli.py", "tracker/__main__.py"}
    assert "tracker/browser/__init__.py" in packed


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
