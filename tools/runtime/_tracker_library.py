"""The standard library, later: part of the picture, and so of the visitor's Python.

The picture has the modules that the tracker needs. Of the others, those that Pyodide imports as it
starts are postponed: what is in their place becomes the module when somebody asks it for something.
Any further one is found when it is imported. Both fetch the archive of the standard library, once.
So does the first call of a function whose code is not in the picture (absent.py took it out): the
archive begins with all such code.
"""

from __future__ import annotations

import gc
import marshal
import posix
import sys
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder
from types import FunctionType, ModuleType
from typing import Any

ARCHIVE = "/lib/python314.zip"
SITE_PACKAGES = "/lib/python3.14/site-packages"
PYODIDE = ("pyodide", "_pyodide")


class Folder:
    """As much of a path as Pyodide asks for while it starts."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __str__(self) -> str:
        return self._path


held: list[Any] = []

# The functions whose code is at the beginning of the archive, in its order, and how long that is.
absent: list[FunctionType] = []
absent_bytes = 0


def hold() -> None:
    """Hold what a restored picture takes for granted that Python holds, in this order.

    The two modules that would have imported it by then are postponed.
    """
    for module, name in (("pyodide_js._api", "scheduleCallback"), ("pyodide_js", "loadedPackages")):
        held.append(getattr(import_module(module), name))


def no_docstring(_: object) -> str:
    """As everywhere in this Python."""
    return ""


# What is given is what Pyodide asks of a module while it starts.
POSTPONED: dict[str, dict[str, Any]] = {
    "pyodide.webloop": {"_initialize_event_loop": hold},
    "pyodide._package_loader": {
        "SITE_PACKAGES": Folder(SITE_PACKAGES),
        "DSO_DIR": Folder("/usr/lib"),
        "init_loaded_packages": lambda: None,
    },
    "asyncio": {"current_task": lambda: None},  # which logging asks where it finds asyncio
    "_pyodide.docstring": {
        "get_cmeth_docstring": no_docstring,
        "dedent_docstring": no_docstring,
    },
} | {
    name: {}
    for name in (
        *("ast", "base64", "bz2", "dis", "fnmatch", "glob", "locale", "logging"),
        *("lzma", "ntpath", "pathlib", "pyodide.code", "selectors", "shutil", "signal"),
        *("socket", "ssl", "string", "subprocess", "tempfile", "threading", "tokenize"),
        *("traceback", "zipfile"),
    )
}
PACKAGES = ("asyncio", "logging", "pathlib", "string", "zipfile")
# Pyodide, or the build, needs these until the picture is taken, and nobody after that.
POSTPONED_AGAIN = ("ast", "dis", "pyodide.code", "tokenize", "traceback")
# Functions of theirs that types written in C keep; they use nothing of their module.
HELD_BY_C = ("ast._dims_getter", "ast._dims_setter")


class Postponed(ModuleType):
    """Stands for a module until it is asked for anything but what is ``given``; then it is the module."""

    def __init__(self, name: str, given: dict[str, Any]) -> None:
        super().__init__(name)
        vars(self).update(given)

    def __getattr__(self, name: str) -> Any:
        is_path = name == "__path__" and self.__name__ in PACKAGES
        if name.startswith("__") and not is_path:
            raise AttributeError(name)  # the import machinery looks whether it is there
        complete(self)
        return getattr(self, name)


def postpone() -> None:
    """Put the stand-ins where imports find them, before Pyodide starts."""
    for name, given in POSTPONED.items():
        sys.modules[name] = Postponed(name, given)


def postpone_again() -> None:
    """Postpone what is not needed any more.

    Raises:
        ImportError: something holds a function of such a module, which would not work until the module is back.
    """
    for name in POSTPONED_AGAIN:
        module = sys.modules[name]
        vars(module).clear()
        module.__class__ = Postponed
        Postponed.__init__(module, name, POSTPONED[name])  # type: ignore[arg-type]
    for name in POSTPONED:
        package, _, child = name.rpartition(".")
        if package:
            setattr(
                sys.modules[package], child, sys.modules[name]
            )  # as importing it would have done
    gc.collect()
    functions = [
        f"{each.__module__}.{each.__qualname__}"
        for each in gc.get_objects()
        if isinstance(each, FunctionType) and each.__module__ in POSTPONED_AGAIN
    ]
    if still_held := sorted({*functions} - {*HELD_BY_C}):
        raise ImportError(f"cannot be postponed, since something holds them: {still_held}")


def complete(module: ModuleType) -> None:
    """Make a stand-in the module itself: the same object, so whoever holds it has it."""
    name = module.__name__
    spec = find(name)
    module.__class__ = ModuleType
    module.__spec__ = spec
    module.__loader__ = spec.loader
    module.__file__ = spec.origin
    if spec.submodule_search_locations is not None:
        module.__path__ = spec.submodule_search_locations
    if spec.loader is not None:
        spec.loader.exec_module(module)
    if name == "asyncio":
        # Pyodide's start would have given it the browser's event loop.
        webloop: Any = sys.modules["pyodide.webloop"]
        if isinstance(webloop, Postponed):
            complete(webloop)
            webloop._initialize_event_loop()


def find(name: str) -> ModuleSpec:
    """Where the module ``name`` is, whoever finds it."""
    parent, _, _ = name.rpartition(".")
    path = sys.modules[parent].__path__ if parent else None
    for finder in list(sys.meta_path):
        spec = finder.find_spec(name, path)
        if spec is not None:
            return spec
    raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def fetch() -> None:
    """Have the archive where it belongs, and the code of each absent function where it was.

    Nothing in here may itself be absent: of Python's own it uses what is written in C.
    """
    host: Any = sys.modules["_tracker_host"]
    host.fetch_library()
    archive = posix.open(ARCHIVE, posix.O_RDONLY)
    codes = marshal.loads(posix.read(archive, absent_bytes)) if absent_bytes else ()
    posix.close(archive)
    for function, code in zip(absent, codes, strict=True):
        function.__code__ = code
    for entry in [entry for entry in sys.path_importer_cache if entry.startswith(ARCHIVE)]:
        del sys.path_importer_cache[entry]  # what is cached is that nothing was there
    if finder in sys.meta_path:
        sys.meta_path.remove(finder)


def restored() -> FunctionType:
    """The absent function whose placeholder calls this, with its code again."""
    private: Any = sys
    number: int = private._getframe(1).f_code.co_firstlineno
    fetch()
    return absent[number]


class LibraryFinder:
    """The last of the finders, asked for what no other one has."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Fetch the archive if ``name`` may be in it, then look there; asked only once."""
        top, _, _ = name.partition(".")
        if top not in sys.stdlib_module_names and top not in PYODIDE:
            return None
        fetch()
        return PathFinder.find_spec(name, path, target)


finder = LibraryFinder()
