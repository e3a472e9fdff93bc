"""Python that a page brings along for its plan: a module's source, or a wheel.

It runs in the worker, beside the tracker: a page's plan is trusted like the script tag that names it.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType

from ..errors import PlanError


def run_source(source: str, name: str, url: str) -> ModuleType:
    """The module that the source is; errors in it are said to be at ``url``.

    Raises whatever the source raises.
    """
    module = ModuleType(name)
    sys.modules[name] = module  # where its classes look up their annotations
    exec(compile(source, url, "exec"), vars(module))  # noqa: S102  (the page's own, as its scripts are)
    return module


def import_from_wheel(archive: bytes, path: str, name: str) -> ModuleType:
    """Import a module out of a wheel of pure Python, kept at ``path``; its dependencies are not fetched.

    Afterwards the package is forgotten, since another page may bring another version of it. Raises
    ``PlanError`` for a package that is called like one that is here, and whatever the import raises.
    """
    package = name.partition(".")[0]
    if package in sys.modules:
        raise PlanError(f"the package {package} is called like one of Python's; rename it")
    with open(path, "wb") as file:  # noqa: PTH123  (pathlib is not among what Pyodide has at boot)
        file.write(archive)
    sys.path.insert(0, path)
    try:
        return import_module(name)
    finally:
        sys.path.remove(path)
        for known in [*sys.modules]:
            if known == package or known.startswith(package + "."):
                del sys.modules[known]
