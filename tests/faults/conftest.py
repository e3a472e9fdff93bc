"""The faults' long form.

    python -m pytest tests/faults           # the short form, which is part of the whole suite too
    python -m pytest tests/faults --long    # more of the same, and what takes a C compiler or root

The long form takes some ten minutes. A test that is only in it fails where it cannot run.
"""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Know the marker of tests that have no short form."""
    config.addinivalue_line("markers", "long: has no short form; runs with --long")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the tests without a short form, unless the long one was asked for."""
    if _is_long(config):
        return
    long = [item for item in items if item.get_closest_marker("long")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


@pytest.fixture(scope="session")
def is_long(pytestconfig: pytest.Config) -> bool:
    """Whether the long form was asked for."""
    return _is_long(pytestconfig)


def _is_long(config: pytest.Config) -> bool:
    # Registered only where this folder is named on the command line.
    return bool(config.getoption("--long", default=False))
