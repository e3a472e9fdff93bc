"""All the steps, in their order."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from tools.console import CACHE, ROOT, BuildError
from tools.runtime import pinned
from tools.runtime.binaryen import optimize
from tools.runtime.coverage import instrumented
from tools.runtime.early import with_early
from tools.runtime.reduce import GLUE, MODULE, reduce
from tools.runtime.sparse import Picture, pack
from tools.runtime.split import Data, split
from tools.runtime.steps import node, once
from tools.runtime.unread import Range, blanked, unread
from tools.runtime.wasm import Module
from tools.runtime.zeroing import zeroing
from tools.wheels import build_browser_wheel

if TYPE_CHECKING:
    from collections.abc import Iterable

HERE = Path(__file__).parent
_RUBBISH = 0xAA
TRAIN = [HERE / name for name in ("train.mjs", "train.py", "still.mjs")]
EXAMPLES = [ROOT / "tests" / "privacy" / name for name in ("leaks.tsv", "benign.tsv")]
BOOT = sorted((ROOT / "web" / "runtime").glob("*.js"))
ERRORS_JS = ROOT / "web" / "runtime" / "errors.js"
LIBRARY = "/lib/python{}{}.zip"
SITE_PACKAGES = "/lib/python{}.{}/site-packages"


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
    stdlib, tracker = _stdlib(), _tracker()
    glue, module = _reduced()
    whole = _parts(module, hot=None)
    constructed = _constructed(glue, whole)
    pyodide = _pyodide()
    watching = _picture(_snapshot(pyodide, stdlib, tracker, needed=None), constructed)
    needed = _needed(glue, whole, watching, stdlib)
    snapshot = _snapshot(pyodide, stdlib, tracker, needed=needed)
    return Base(pyodide, stdlib, tracker, glue, module, whole, constructed, needed, snapshot)


def build_runtime() -> Path:
    """Build the lean runtime unless nothing changed; return the folder with its files.

    ``manifest.json`` in it says under ``files`` which is the glue, the hot part (``wasm``) and the
    cold part of the module, the picture, and the library.

    Raises:
        BuildError: Pyodide is another than the pinned one, or a step failed, which is named.
    """
    made = base()
    library = _library(made.snapshot, made.stdlib)
    whole_picture = _picture(made.snapshot, made.constructed)
    hot = _hot(made.glue, made.whole, whole_picture, library)
    apart = _unread(made.module, hot, made.snapshot)
    _check(made, hot, whole_picture, apart, library)
    picture = _picture(made.snapshot, made.constructed, unread=apart)
    parts = _parts(made.module, hot=hot, snapshot=made.snapshot, unread=apart)
    return _lay_out(
        {
            "glue": (made.glue, ".mjs"),
            "wasm": (parts / "hot.wasm", ".wasm"),
            "cold": (parts / "cold.wasm", ".wasm"),
            "picture": (picture, ".bin"),
            "library": (library, ".bin"),
        }
    )


def _stdlib() -> Path:
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


def _tracker() -> Path:
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


def _pyodide() -> Path:
    """Pyodide as published, but for memory that has nothing in it when it is given: a folder."""

    def make(target: Path) -> None:
        target.mkdir()
        for path in (pinned.GLUE, pinned.LOADER, pinned.LOCK):
            shutil.copyfile(path, target / path.name)
        (target / pinned.WASM.name).write_bytes(zeroing(Module(pinned.WASM.read_bytes())))

    tools = [HERE / name for name in ("zeroing.py", "wasm.py")]
    return once("pyodide", [pinned.GLUE, pinned.LOADER, pinned.LOCK, pinned.WASM, *tools], make)


def _snapshot(pyodide: Path, stdlib: Path, tracker: Path, *, needed: Path | None) -> Path:
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


def _library(snapshot: Path, stdlib: Path) -> Path:
    """What is fetched when a module or a function is not in the picture: such code, and the archive."""

    def make(target: Path) -> None:
        target.write_bytes((snapshot / "absent").read_bytes() + stdlib.read_bytes())

    return once("library", [snapshot / "absent", stdlib], make)


def _reduced() -> tuple[Path, Path]:
    """The glue and the module, each without what the other one does not use."""
    made_from = [pinned.GLUE, pinned.WASM]
    made_from += [HERE / name for name in ("reduce.py", "glue.mjs", "binaryen.py", "wasm.py")]
    folder = once("reduced", made_from, reduce)
    return folder / GLUE, folder / MODULE


def _constructed(glue: Path, whole: Path) -> Path:
    """What the module's constructors leave besides memory, as JSON."""
    script = HERE / "constructed.mjs"

    def make(target: Path) -> None:
        node(script, glue, whole / "hot.wasm", target, step_name="constructed")

    return once("constructed", [glue, whole, script, ERRORS_JS], make)


def _picture(
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


def _unread(module: Path, hot: Path, snapshot: Path) -> Path:
    """Which ranges of the module's constant data the hot part cannot come to read, as JSON."""

    def make(target: Path) -> None:
        memory = Picture.parse((snapshot / "snapshot").read_bytes()).memory
        found = unread(Module(module.read_bytes()), _indices(hot), memory)
        target.write_text(json.dumps(found), "utf-8")

    tools = [HERE / name for name in ("unread.py", "instructions.py", "wasm.py")]
    return once("unread", [module, hot, snapshot / "snapshot", *tools], make)


def _check(made: Base, hot: Path, picture: Path, apart: Path, library: Path) -> None:
    """Train once more, with rubbish in the ranges that are apart and no cold part to mend them.

    Raises:
        BuildError: another function ran, or something else came of it: one of the ranges is read.
    """

    def make(target: Path) -> None:
        poisoned = _picture(made.snapshot, made.constructed, unread=apart, filler=_RUBBISH)
        again = _hot(made.glue, made.whole, poisoned, library, mended=(picture, apart))
        if again.read_bytes() != hot.read_bytes():
            raise BuildError(
                "The step 'unread' of the lean runtime takes data away that hot functions read."
            )
        target.touch()

    once("checked", [made.glue, made.whole, picture, hot, apart, library], make)


def _ranges(file: Path | None) -> list[Range]:
    if file is None:
        return []
    return [(start, end) for start, end in json.loads(file.read_text("utf-8"))]


def _indices(hot: Path, which: str = "ran") -> set[int]:
    return {int(index) for index in json.loads(hot.read_text("utf-8"))[which]}


def _needed(glue: Path, whole: Path, watching: Path, library: Path) -> Path:
    """Which functions of Python visitors need, by their names."""

    def make(target: Path) -> None:
        node(TRAIN[0], glue, whole / "hot.wasm", watching, library, target, step_name="needed")

    return once("needed", [glue, whole, watching, library, *TRAIN, *EXAMPLES, *BOOT], make)


def _hot(
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


def _parts(
    module: Path,
    *,
    hot: Path | None,
    snapshot: Path | None = None,
    unread: Path | None = None,
) -> Path:
    """``hot.wasm`` and ``cold.wasm``; without ``hot``, all of the module and its data is in the hot part."""

    def make(target: Path) -> None:
        target.mkdir()
        whole = Module(module.read_bytes())
        if hot is None:
            data = whole.data()
            parts = split(whole, set(range(len(whole.bodies()))), hot_data=data, cold_data=[])
            (target / "hot.wasm").write_bytes(parts.hot)
            return
        cold_data: Data = []
        if snapshot:
            memory = Picture.parse((snapshot / "snapshot").read_bytes()).memory
            cold_data = [(start, memory[start:end]) for start, end in _ranges(unread)]
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
    return once("parts" if hot else "whole", [*inputs, *tools], make)


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
