"""The lean runtime: from the pinned Pyodide and the tracker to the few files that a worker boots from.

``python -m tools.runtime`` builds it; docs/runtime.md says how it works and what it costs.
"""
