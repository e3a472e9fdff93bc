"""binaryen's programs, as its npm package has them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tools.console import ROOT, run

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

BIN = ROOT / "node_modules" / "binaryen" / "bin"
# What Pyodide's module uses. `--all-features` would let binaryen write what browsers do not read.
FEATURES = [
    f"--enable-{feature}"
    for feature in (
        *("bulk-memory", "bulk-memory-opt", "call-indirect-overlong", "exception-handling"),
        *("multivalue", "mutable-globals", "nontrapping-float-to-int", "reference-types"),
        *("sign-ext", "simd"),
    )
]


def optimize(source: Path, target: Path, *passes: str) -> None:
    """Run ``passes`` of wasm-opt over ``source``."""
    _run("wasm-opt", source, *passes, "-o", target)


def keep_reachable(source: Path, target: Path, exports: Iterable[str]) -> None:
    """Take out of ``source`` what is reachable neither from ``exports`` nor through its tables."""
    names = sorted(exports)
    graph = [
        {"name": "outside", "root": True, "reaches": names},
        *({"name": name, "export": name} for name in names),
    ]
    file = target.with_suffix(".graph")
    file.write_text(json.dumps(graph), "utf-8")
    _run("wasm-metadce", source, f"--graph-file={file}", "-o", target)
    file.unlink()


def _run(program: str, *arguments: Path | str) -> None:
    run(["node", BIN / program, *arguments, *FEATURES])
