"""The steps that make Python: its library, the tracker, and a snapshot of both in memory."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

from tools.console import CACHE
from tools.runtime import pinned
from tools.runtime.steps import node, once
from tools.runtime.wasm import Module
from tools.runtime.zeroing import zeroing
from tools.wheels import build_browser_wheel

HERE = Path(__file__).parent
LIBRARY = "/lib/python{}{}.zip"
SITE_PACKAGES = "/lib/python{}.{}/site-packages"


def stdlib_archive() -> Path:
    """The standard library, and what postpones some of it, as an archive of bytecode."""
    added = [HERE / name for name in ("sitecustomize.py", "_tracker_library.py")]

    def make(target: Path) -> None:
        source = target.with_suffix(".source")
        with zipfile.ZipFile(pinned.STDLIB) as archive:
            archive.extractall(source)
        for module in added:
            shutil.copyfile(module, source / module.name)
        prefix = LIBRARY.format(*pinned.python_version()) + "/"
        node(HERE / "compile.mjs", source, target, prefix, step_name="stdlib")
        shutil.rmtree(source)

    made_from = [pinned.STDLIB, pinned.WASM, HERE / "compile.mjs", *added]
    return once("stdlib", made_from, make)


def tracker_archive() -> Path:
    """What the browser's wheel has, as an archive of bytecode."""
    wheel = build_browser_wheel(CACHE / "browser-wheel")

    def make(target: Path) -> None:
        source = target.with_suffix(".source")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(source)
        prefix = SITE_PACKAGES.format(*pinned.python_version()) + "/"
        node(HERE / "compile.mjs", source, target, prefix, step_name="tracker")
        shutil.rmtree(source)

    return once("tracker", [wheel, pinned.WASM, HERE / "compile.mjs"], make)


def zeroing_pyodide() -> Path:
    """Pyodide as published, but for memory that has nothing in it when it is given: a folder."""

    def make(target: Path) -> None:
        target.mkdir()
        for path in (pinned.GLUE, pinned.LOADER, pinned.LOCK):
            shutil.copyfile(path, target / path.name)
        (target / pinned.WASM.name).write_bytes(zeroing(Module(pinned.WASM.read_bytes())))

    tools = [HERE / name for name in ("zeroing.py", "wasm.py")]
    return once("pyodide", [pinned.GLUE, pinned.LOADER, pinned.LOCK, pinned.WASM, *tools], make)


def snapshot_of(pyodide: Path, stdlib: Path, tracker: Path, *, needed: Path | None) -> Path:
    """Pyodide's own picture of its memory, with the tracker imported: a folder.

    With ``needed``, the code of all other functions is apart in it; without, Python watches which are.
    """
    names = ("snapshot.mjs", "prepare.py", "absent.py", "still.mjs", "untrack.mjs", "zero.mjs")
    scripts = [HERE / name for name in names]
    inputs = [needed] if needed else []

    def make(target: Path) -> None:
        node(scripts[0], pyodide, stdlib, tracker, target, *inputs, step_name="snapshot")

    name = "snapshot" if needed else "watching"
    return once(name, [pyodide, stdlib, tracker, *inputs, *scripts], make)


def library_of(snapshot: Path, stdlib: Path) -> Path:
    """What is fetched when a module or a function is not in the picture: such code, and the archive."""

    def make(target: Path) -> None:
        target.write_bytes((snapshot / "absent").read_bytes() + stdlib.read_bytes())

    return once("library", [snapshot / "absent", stdlib], make)
