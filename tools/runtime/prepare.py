"""Makes a Python ready to be kept: runs in Pyodide, once, before the snapshot is taken.

The tracker is imported and has handled messages, so that nothing is left for the visitor's first
one; then everything that was only needed to get here goes.
"""

import gc
import importlib
import json
import linecache
import os
import re
import sys
import types
import zipimport
from typing import Any

BUILD = "/build"  # where snapshot.mjs puts what is not to stay
STREAM_BYTES = 8192
FACTS: list[dict[str, Any]] = [
    {"kind": "page", "name": "explorer", "category": "main", "path": []},
    {
        "kind": "track",
        "name": "run_query_button.click",
        "properties": {"rows": 12, "ratio": 0.5, "cached": True, "note": None, "tags": ["a", "b"]},
        "path": [
            {"page": {"name": "explorer"}},
            {"page": {"name": "settings", "type": "modal", "category": "main"}},
            {"section": {"name": "page_footer"}},
        ],
    },
    {"kind": "identify", "userId": "u-1", "traits": {"plan": "pro"}, "path": []},
    {"kind": "track", "name": "not a name", "path": []},
]
ENVIRONMENT = {
    "app": {"namespace": "web", "name": "acme", "version": "1.0.0", "build": "1"},
    "library": {"name": "tracker.js", "version": "0.1.0"},
    "page": {"hostname": "acme.example"},
    "locale": "en",
    "timezone": "Europe/Berlin",
    "screen": {"width": 1, "height": 1, "density": 1, "innerWidth": 1, "innerHeight": 1},
    "userAgent": "Mozilla/5.0",
}


def import_tracker() -> None:
    """Import every module of the tracker, for its archive does not travel."""
    sys.path.insert(0, "/tracker.zip")
    archive: Any = zipimport.zipimporter("/tracker.zip")
    files: list[str] = [*archive._get_files()]
    for name in sorted(name for name in files if name.endswith(".pyc")):
        importlib.import_module(
            name.removesuffix(".pyc").removesuffix("/__init__").replace("/", ".")
        )
    sys.path.remove("/tracker.zip")
    os.remove("/tracker.zip")  # noqa: PTH107  (pathlib would be in the picture then)


def warm_up(host: Any) -> None:
    """Let the tracker handle what a page sends, so that its code is specialised for it; then forget it all."""
    said: list[str] = []
    host.send = said.append
    browser: Any = sys.modules["tracker.browser"]

    def tell(**message: object) -> None:
        browser.handle_message(json.dumps(message))

    settings = {"endpoint": "https://collector.example", "writeKey": "key", "debug": True}
    tell(type="open", page=1, environment=ENVIRONMENT, settings=settings)
    visit = {"anonymousId": "0190", "sessionId": 1764000000000, "userId": "u-1"}
    for number in range(60):
        fact = {
            "id": f"0190-{number}",
            "at": 1764000000000,
            "visit": visit,
            **FACTS[number % len(FACTS)],
        }
        tell(type="facts", page=1, facts=[fact])
    for _ in range(4):
        tell(type="flush")
        for text in [text for text in said if '"post"' in text]:
            request = json.loads(text)["request"]
            tell(type="answer", request=request, status=200, retryAfter=None, body='{"accepted":1}')
        said.clear()
        tell(type="wake")
    tell(type="online")
    browser._runtime = None
    del host.send


def tidy() -> None:
    """Empty every cache that another process cannot use, and what remembers this machine."""
    os.environ.pop("_", None)  # the path of this build's own program
    os.environ.pop("PYTHONHASHSEED", None)
    for name in ("PYTHONNODEBUGRANGES", "LANG"):
        os.environ.pop(name, None)
    library: Any = sys.modules["_tracker_library"]
    library.postpone_again()
    linecache.clearcache()
    re.purge()
    watch_or_take_out()  # from here on, only what is written in C
    sys.path_importer_cache.clear()
    private: Any = zipimport
    private._zip_directory_cache.clear()
    private = sys
    private._clear_internal_caches()
    for _ in range(3):
        gc.collect()


def watch_or_take_out() -> None:
    """Take out the functions that visitors do not need; where that is not known yet, watch which they do."""
    sys.path.insert(0, BUILD)
    absent = importlib.import_module("absent")
    sys.path.remove(BUILD)
    names = f"{BUILD}/needed.json"
    if not os.path.exists(names):  # noqa: PTH110  (pathlib would be in the picture then)
        absent.watch()
        return
    with open(names, encoding="utf-8") as file:  # noqa: PTH123
        needed = set(json.load(file))
    gc.collect()
    codes = absent.take_out(needed)
    with open(f"{BUILD}/absent.bin", "wb") as file:  # noqa: PTH123
        file.write(codes)
    del sys.modules["absent"]
    gc.collect()
    gc.freeze()  # what is here stays: no later collection has to look at it


def open_streams() -> None:
    """Open the standard streams again: with smaller buffers, which nothing was in before."""
    for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
        old: Any = getattr(sys, name)
        mode = old.mode
        # The file descriptor stays open: it is the next stream's too.
        new: Any = open(  # noqa: SIM115
            descriptor,
            mode,
            buffering=STREAM_BYTES,
            encoding=old.encoding,
            errors=old.errors,
            newline=None if name == "stdin" else "\n",
            closefd=False,
        )
        new.reconfigure(line_buffering=old.line_buffering, write_through=old.write_through)
        new.buffer.raw.name, new.mode = f"<{name}>", mode
        setattr(sys, name, new)
        setattr(sys, f"__{name}__", new)


open_streams()
sys.excepthook = (
    sys.__excepthook__
)  # Pyodide's own needs a whole module, and would be held by others
host = types.ModuleType("_tracker_host")  # the boot puts the worker's own functions into it
sys.modules["_tracker_host"] = host
import_tracker()
warm_up(host)
sys.meta_path.append(sys.modules["_tracker_library"].finder)
tidy()
# The address of an object that is frozen, as good as any; snapshot.mjs asks for it.
(id(globals()), globals().clear())[0]
