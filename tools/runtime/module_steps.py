"""The steps that take apart: which functions and data visitors need at once, and which later or never."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from tools.console import ROOT
from tools.runtime import pinned
from tools.runtime.binaryen import optimize
from tools.runtime.coverage import instrumented
from tools.runtime.early import with_early
from tools.runtime.python_steps import LIBRARY, SITE_PACKAGES
from tools.runtime.reduce import GLUE, MODULE, reduce
from tools.runtime.sparse import Picture, pack
from tools.runtime.split import Data, split
from tools.runtime.steps import node, once
from tools.runtime.unread import Range, blanked, unread
from tools.runtime.wasm import Module

HERE = Path(__file__).parent
TRAIN = [HERE / name for name in ("train.mjs", "train.py", "still.mjs")]
EXAMPLES = [ROOT / "tests" / "privacy" / name for name in ("leaks.tsv", "benign.tsv")]
BOOT = sorted((ROOT / "web" / "runtime").glob("*.js"))
ERRORS_JS = ROOT / "web" / "runtime" / "errors.js"


def reduced() -> tuple[Path, Path]:
    """The glue and the module, each without what the other one does not use."""
    made_from = [pinned.GLUE, pinned.WASM]
    made_from += [HERE / name for name in ("reduce.py", "glue.mjs", "binaryen.py", "wasm.py")]
    folder = once("reduced", made_from, reduce)
    return folder / GLUE, folder / MODULE


def constructed_by(glue: Path, whole: Path) -> Path:
    """What the module's constructors leave besides memory, as JSON."""
    script = HERE / "constructed.mjs"

    def make(target: Path) -> None:
        node(script, glue, whole / "hot.wasm", target, step_name="constructed")

    return once("constructed", [glue, whole, script, ERRORS_JS], make)


def picture_of(
    snapshot: Path, constructed: Path, *, unread: Path | None = None, filler: int = 0
) -> Path:
    """The file that a worker restores memory from, with nothing but ``filler`` where it is ``unread``."""

    def make(target: Path) -> None:
        picture = Picture.parse((snapshot / "snapshot").read_bytes())
        head = {
            "state": picture.state,
            "constructed": json.loads(constructed.read_text("utf-8")),
            "pythonVersion": pinned.python_version(),
            "sitePackages": SITE_PACKAGES.format(*pinned.python_version()),
            "library": LIBRARY.format(*pinned.python_version()),
            "lockFile": pinned.lock_file(),
        }
        target.write_bytes(pack(blanked(picture.memory, _ranges(unread), filler), head))

    tools = [HERE / name for name in ("sparse.py", "unread.py")]
    inputs = [snapshot / "snapshot", constructed, str(filler), *([unread] if unread else [])]
    return once("picture", [*inputs, *tools], make)


def needed_of_python(glue: Path, whole: Path, watching: Path, library: Path) -> Path:
    """Which functions of Python visitors need, by their names."""

    def make(target: Path) -> None:
        node(TRAIN[0], glue, whole / "hot.wasm", watching, library, target, step_name="needed")

    return once("needed", [glue, whole, watching, library, *TRAIN, *EXAMPLES, *BOOT], make)


def hot_of_module(
    glue: Path, whole: Path, picture: Path, library: Path, *, mended: tuple[Path, ...] = ()
) -> Path:
    """Which functions of the module visitors need, by their indices."""

    def make(target: Path) -> None:
        watched = target.with_suffix(".wasm")
        watched.write_bytes(instrumented(Module((whole / "hot.wasm").read_bytes())))
        node(TRAIN[0], glue, watched, picture, library, target, *mended, step_name="hot")
        watched.unlink()

    made_from = [glue, whole, picture, library, *mended, *TRAIN, *EXAMPLES, *BOOT]
    made_from.append(HERE / "coverage.py")
    return once("hot", made_from, make)


def unread_by(module: Path, hot: Path, snapshot: Path) -> Path:
    """Which ranges of the module's constant data the hot part cannot come to read, as JSON."""

    def make(target: Path) -> None:
        memory = Picture.parse((snapshot / "snapshot").read_bytes()).memory
        found = unread(Module(module.read_bytes()), _indices(hot), memory)
        target.write_text(json.dumps(found), "utf-8")

    tools = [HERE / name for name in ("unread.py", "instructions.py", "wasm.py")]
    return once("unread", [module, hot, snapshot / "snapshot", *tools], make)


def parts_of(
    module: Path,
    *,
    hot: Path | None,
    snapshot: Path | None = None,
    unread: Path | None = None,
) -> Path:
    """``hot.wasm`` and ``cold.wasm``; without ``hot``, all of the module and its data is in the hot part."""
    cold_data: Data = []
    if snapshot:
        memory = Picture.parse((snapshot / "snapshot").read_bytes()).memory
        cold_data = [(start, memory[start:end]) for start, end in _ranges(unread)]

    def make(target: Path) -> None:
        target.mkdir()
        whole = Module(module.read_bytes())
        if hot is None:
            data = whole.data()
            parts = split(whole, set(range(len(whole.bodies()))), hot_data=data, cold_data=[])
            (target / "hot.wasm").write_bytes(parts.hot)
            return
        early = with_early(whole, _indices(hot, "first"))
        parts = split(early, _indices(hot), hot_data=[], cold_data=cold_data)
        for name, content, passes in (
            ("hot", parts.hot, ["-O2", "--shrink-level=2"]),
            ("cold", parts.cold, ["--remove-unused-module-elements"]),
        ):
            (target / name).write_bytes(content)
            optimize(target / name, target / f"{name}.wasm", *passes)
            (target / name).unlink()

    tools = [HERE / name for name in ("wasm.py", "early.py", "split.py", "binaryen.py")]
    inputs = [module, *(each for each in (hot, unread) if each)]
    inputs += [hashlib.sha256(content).hexdigest() for _, content in cold_data]
    return once("parts" if hot else "whole", [*inputs, *tools], make)


def _ranges(file: Path | None) -> list[Range]:
    if file is None:
        return []
    return [(start, end) for start, end in json.loads(file.read_text("utf-8"))]


def _indices(hot: Path, which: str = "ran") -> set[int]:
    return {int(index) for index in json.loads(hot.read_text("utf-8"))[which]}
