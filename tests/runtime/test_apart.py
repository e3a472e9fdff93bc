"""Data that comes with the cold part is not missed before: what Python says without it is what Pyodide says."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.runtime.wasm import Module

if TYPE_CHECKING:
    import pytest

HERE = Path(__file__).parent


def outcomes(runtime: Path | str, ranges: Path, every: int, out: Path) -> dict[str, Any]:
    """What the probes of apart.py came to."""
    script = ["node", HERE / "run_apart.mjs", runtime, HERE / "apart.py", ranges, str(every), out]
    subprocess.run(script, check=True)
    return json.loads(out.read_text("utf-8"))


def test_calls_right_and_wrong_come_to_the_same_without_the_data_of_the_cold_part(
    runtime: Path, runtime_files: dict[str, Path], tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    """Messages of errors, letters of two planes of Unicode, numbers of all sizes: a sample, and with ``--long`` a larger one."""
    every = 16 if pytestconfig.getoption("--long") else 40
    ranges = tmp_path / "ranges.json"
    data = Module(runtime_files["cold"].read_bytes()).data()
    ranges.write_text(json.dumps([(start, start + len(content)) for start, content in data]))

    lean = outcomes(runtime, ranges, every, tmp_path / "lean.json")
    stock = outcomes("stock", ranges, every, tmp_path / "stock.json")

    expected = dict(stock["results"])
    count, needed = len(lean["results"]), lean["fetched"]
    print(f"{count} probes, of which {needed} needed the cold part")
    assert count == len(stock["results"]) > 100
    assert needed < count * 0.9  # else this shows nothing
    assert {name: it for name, it in lean["results"] if it != expected[name]} == {}
