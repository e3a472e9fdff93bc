"""Finds the plan that a command line names: in a module, in a file, or as JSON."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

from ..errors import ConfigurationError, PlanError
from ..plan import Plan


class NoPlan(ConfigurationError):
    """What was named is no plan, or cannot be found; the text says what to write instead."""


def load_plan(named: str) -> Plan:
    """The plan at ``acme.plan:plan``, ``path/to/plan.py:plan`` or ``plan.json``.

    Without ``:name``, the name is ``plan``. Raises ``NoPlan`` when there is none, and ``PlanError``
    when the plan breaks its own rules.
    """
    where, _, name = named.partition(":")
    # A drive's letter is no module: C:\plans\plan.py:plan
    if len(where) == 1 and where.isalpha() and name:
        drive, (where, _, name) = where, name.partition(":")
        where = f"{drive}:{where}"
    path = Path(where)
    if path.suffix == ".json":
        return _from_json(path)
    if path.suffix == ".py" or "/" in where:
        where = _importable(path)
    elif "" not in sys.path:
        sys.path.insert(0, "")  # as for `python -m`: a plan in the current directory is found
    return _from_module(where, name or "plan", named)


def _from_json(path: Path) -> Plan:
    try:
        return Plan.from_json(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError) as error:
        raise NoPlan(f"{path}: cannot be read as a plan's JSON: {error}") from None


def _importable(path: Path) -> str:
    """The module's name of a file, with the folder around its packages on the path."""
    if not path.is_file():
        raise NoPlan(f"{path}: there is no such file")
    path = path.resolve()
    name, folder = path.stem, path.parent
    while (folder / "__init__.py").exists():
        name, folder = f"{folder.name}.{name}", folder.parent
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    loaded = sys.modules.get(name)
    if loaded and Path(loaded.__file__ or "").resolve() != path:
        raise NoPlan(f"{path}: a module named {name} is there already, from {loaded.__file__}")
    return name


def _from_module(where: str, name: str, named: str) -> Plan:
    try:
        module = importlib.import_module(where)
    except PlanError:
        raise
    except ModuleNotFoundError as error:
        if error.name and (where == error.name or where.startswith(error.name + ".")):
            raise NoPlan(
                f'there is no module "{where}" here; write --plan package.module:name, run from '
                "where it can be imported, or --plan path/to/file.py:name"
            ) from None
        raise NoPlan(f'importing "{where}" failed: {error}') from error
    except Exception as error:
        raise NoPlan(f'importing "{where}" failed: {type(error).__name__}: {error}') from error
    found = getattr(module, name, None)
    if isinstance(found, Plan):
        return found
    plans = [key for key, value in vars(module).items() if isinstance(value, Plan)]
    has = f"it has {', '.join(plans)}" if plans else "it has no Plan"
    raise NoPlan(f'"{named}": expected {name} to be a Plan; {has}')
