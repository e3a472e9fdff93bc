"""Pyodide's glue and module, each without what the other one does not use."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from tools.console import run
from tools.runtime import pinned
from tools.runtime.binaryen import keep_reachable
from tools.runtime.steps import node
from tools.runtime.wasm import Module

if TYPE_CHECKING:
    from tools.runtime.wasm import Kind

GLUE = "glue.mjs"
MODULE = "module.wasm"
_SCRIPT = Path(__file__).with_name("glue.mjs")


def reduce(target: Path) -> None:
    """Put both into the folder ``target``.

    Fewer imports need less glue, less glue uses fewer exports, and fewer exports need fewer imports:
    in turns, until nothing changes.
    """
    target.mkdir()
    readable, module, listed = target / "glue.full.mjs", target / MODULE, target / "imports.json"
    shutil.copyfile(pinned.WASM, module)
    imports: dict[str, Kind] | None = None
    while (found := Module(module.read_bytes()).imports()) != imports:
        imports = found
        listed.write_text(json.dumps(sorted(imports)), "utf-8")
        exports = json.loads(node(_SCRIPT, pinned.GLUE, listed, readable, step_name="reduced"))
        keep_reachable(pinned.WASM, module, exports)
    minify = ["--module", "--ecma=2022", "--mangle", "--compress=passes=2,pure_getters=true"]
    run(["node_modules/.bin/terser", readable, *minify, "--output", target / GLUE])
    readable.unlink()
    listed.unlink()
