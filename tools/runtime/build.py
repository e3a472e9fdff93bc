"""The lean runtime: all the steps, in their order."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from tools.console import BuildError
from tools.runtime import pinned
from tools.runtime.module_steps import (
    constructed_by,
    hot_of_module,
    needed_of_python,
    parts_of,
    picture_of,
    reduced,
    unread_by,
)
from tools.runtime.python_steps import (
    library_of,
    snapshot_of,
    stdlib_archive,
    tracker_archive,
    zeroing_pyodide,
)
from tools.runtime.steps import once

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


_RUBBISH = 0xAA


class File(TypedDict):
    """One file of the runtime: its ``name`` has its content's hash, so that it may be cached for ever."""

    name: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Base:
    """What is made before anything is taken apart."""

    pyodide: Path
    stdlib: Path
    tracker: Path
    glue: Path
    module: Path
    whole: Path
    constructed: Path
    needed: Path
    snapshot: Path


def base() -> Base:
    """Make everything up to the picture of a Python that has only what visitors need."""
    pinned.check()
    stdlib, tracker = stdlib_archive(), tracker_archive()
    glue, module = reduced()
    whole = parts_of(module, hot=None)
    constructed = constructed_by(glue, whole)
    pyodide = zeroing_pyodide()
    watching = picture_of(snapshot_of(pyodide, stdlib, tracker, needed=None), constructed)
    needed = needed_of_python(glue, whole, watching, stdlib)
    snapshot = snapshot_of(pyodide, stdlib, tracker, needed=needed)
    return Base(pyodide, stdlib, tracker, glue, module, whole, constructed, needed, snapshot)


def build_runtime() -> Path:
    """Build the lean runtime unless nothing changed; return the folder with its files.

    ``manifest.json`` in it says under ``files`` which is the glue, the hot part (``wasm``) and the
    cold part of the module, the picture, and the library.

    Raises:
        BuildError: Pyodide is another than the pinned one, or a step failed, which is named.
    """
    made = base()
    library = library_of(made.snapshot, made.stdlib)
    whole_picture = picture_of(made.snapshot, made.constructed)
    hot = hot_of_module(made.glue, made.whole, whole_picture, library)
    apart = unread_by(made.module, hot, made.snapshot)
    _check(made, hot, whole_picture, apart, library)
    picture = picture_of(made.snapshot, made.constructed, unread=apart)
    parts = parts_of(made.module, hot=hot, snapshot=made.snapshot, unread=apart)
    return _lay_out(
        {
            "glue": (made.glue, ".mjs"),
            "wasm": (parts / "hot.wasm", ".wasm"),
            "cold": (parts / "cold.wasm", ".wasm"),
            "picture": (picture, ".bin"),
            "library": (library, ".bin"),
        }
    )


def _check(made: Base, hot: Path, picture: Path, apart: Path, library: Path) -> None:
    """Train once more, with rubbish in the ranges that are apart and no cold part to mend them.

    Raises:
        BuildError: another function ran, or something else came of it: one of the ranges is read.
    """

    def make(target: Path) -> None:
        poisoned = picture_of(made.snapshot, made.constructed, unread=apart, filler=_RUBBISH)
        again = hot_of_module(made.glue, made.whole, poisoned, library, mended=(picture, apart))
        if again.read_bytes() != hot.read_bytes():
            raise BuildError(
                "The step 'unread' of the lean runtime takes data away that hot functions read."
            )
        target.touch()

    once("checked", [made.glue, made.whole, picture, hot, apart, library], make)


def _lay_out(files: dict[str, tuple[Path, str]]) -> Path:
    """Put the files under names that have their hashes into one folder, with the manifest."""

    def make(target: Path) -> None:
        target.mkdir()
        manifest = {"pyodide": pinned.VERSION, "files": dict(_copied(files, target))}
        (target / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")

    return once("files", [*files, *(path for path, _ in files.values())], make)


def _copied(files: dict[str, tuple[Path, str]], target: Path) -> Iterable[tuple[str, File]]:
    for role, (path, suffix) in files.items():
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        name = f"{role}-{digest[:8]}{suffix}"
        (target / name).write_bytes(content)
        yield role, File(name=name, sha256=digest, bytes=len(content))
