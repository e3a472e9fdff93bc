"""What a visitor waits for beyond Python itself; runs in Pyodide alone (tests/pyodide/run.mjs)."""

from __future__ import annotations

import json
import os


def test_the_tracker_imports_nothing_that_pyodide_has_not_loaded_at_boot() -> None:
    """Each further module of the standard library costs every visitor milliseconds.

    ``js`` is Pyodide's view of JavaScript's global scope, there from the start and made of nothing.
    """
    imported = json.loads(os.environ["TRACKER_IMPORTED"])

    assert "tracker.browser.bridge" in imported
    assert [
        name for name in imported if name.split(".")[0] not in {"tracker", "_tracker_host", "js"}
    ] == []
