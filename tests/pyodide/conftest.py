"""These tests are about Pyodide, so only its own run (run.mjs) collects them."""

import sys

collect_ignore = [] if sys.platform == "emscripten" else ["test_boot.py"]
