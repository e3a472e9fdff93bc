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
    linecache.clearcache()
    re.purge()
    sys.path_importer_cache.clear()
    private: Any = zipimport
    private._zip_directory_cache.clear()
    private = sys
    private._clear_internal_caches()
    library: Any = sys.modules["_tracker_library"]
    library.postpone_again()
    for _ in range(3):
        gc.collect()
    gc.freeze()  # what is here stays: no later collection has to look at it


sys.excepthook = (
    sys.__excepthook__
)  # Pyodide's own needs a whole module, and would be held by others
host = types.ModuleType("_tracker_host")  # the boot puts the worker's own functions into it
sys.modules["_tracker_host"] = host
import_tracker()
warm_up(host)
sys.meta_path.append(sys.modules["_tracker_library"].LibraryFinder(host))
tidy()
globals().clear()
