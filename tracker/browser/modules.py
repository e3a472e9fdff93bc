"""Python that a page brings along for its plan: a module's source, or a wheel.

It runs in the worker, beside the tracker: a page's plan is trusted like the script tag that names it.
"""

from __future__ import annotations

import sys
from importlib import import_module, invalidate_caches
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


def import_installed(name: str) -> ModuleType:
    """Import a module of the wheel that was just installed.

    Afterwards its package is forgotten, since another page may bring another version of it. Raises
    ``PlanError`` for a package that is called like one that was here before, and whatever the import
    raises.
    """
    package = name.partition(".")[0]
    if package in sys.modules:
        raise PlanError(f"the package {package} is called like one of Python's; rename it")
    invalidate_caches()
    try:
        return import_module(name)
    finally:
        for known in [*sys.modules]:
            if known == package or known.startswith(package + "."):
                del sys.modules[known]
