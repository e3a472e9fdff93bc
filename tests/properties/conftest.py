"""Fewer examples in Pyodide, where each takes about ten times as long."""

from __future__ import annotations

import sys

from hypothesis import HealthCheck, settings

settings.register_profile("cpython", deadline=None)
settings.register_profile(
    "pyodide", deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("pyodide" if sys.platform == "emscripten" else "cpython")
