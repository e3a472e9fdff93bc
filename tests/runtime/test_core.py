"""The core's own tests, and the files of a build."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tools.console import BuildError
from tools.runtime import build, pinned
from tools.runtime.steps import node
from tools.wheels import download_wheels, unpack

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SNAPSHOT = ROOT / "tools" / "runtime" / "snapshot.mjs"


def test_the_core_passes_its_tests_in_the_lean_runtime(runtime: Path, tmp_path: Path) -> None:
    """With the cold part in use: nothing of the module was lost or mixed up in the split."""
    unpack(download_wheels(ROOT / "tools" / "pyodide-tests.txt"), tmp_path)
    script = ["node", HERE / "run_core.mjs", runtime, tmp_path]

    answer = subprocess.run(
        [*script, "-q", "tests/unit", "tests/properties"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.returncode == 0, answer.stdout[-3000:] + answer.stderr[-3000:]


def test_another_pyodide_is_refused_and_the_mend_named(monkeypatch: pytest.MonkeyPatch) -> None:
    pinned.check()
    monkeypatch.setitem(pinned.HASHES, "pyodide.asm.wasm", "0" * 64)

    with pytest.raises(BuildError, match=r"Upgrading Pyodide"):
        pinned.check()


def test_glue_of_another_shape_is_refused_with_what_is_not_there(tmp_path: Path) -> None:
    glue = tmp_path / "glue.mjs"
    glue.write_text(pinned.GLUE.read_text("utf-8").replace("LDSO.init()", "LDSO.begin()"), "utf-8")
    (tmp_path / "imports.json").write_text("[]", "utf-8")
    script = ROOT / "tools" / "runtime" / "glue.mjs"

    answer = subprocess.run(
        ["node", script, glue, tmp_path / "imports.json", tmp_path / "out"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.returncode == 1
    assert "The glue has 0 of" in answer.stderr
    assert "LDSO" in answer.stderr


def test_the_same_sources_give_the_same_picture_wherever_they_are(tmp_path: Path) -> None:
    parts = build.base()
    again = tmp_path / "snapshot"
    inputs = [tmp_path / "in another place" / path.name for path in (parts.stdlib, parts.tracker)]
    shutil.copytree(parts.pyodide, tmp_path / "in another place")
    for source, target in zip((parts.stdlib, parts.tracker), inputs, strict=True):
        shutil.copyfile(source, target)

    arguments = [tmp_path / "in another place", *inputs, again, parts.needed]
    node(SNAPSHOT, *arguments, step_name="snapshot")

    for name in ("snapshot", "absent"):
        assert (again / name).read_bytes() == (parts.snapshot / name).read_bytes()
