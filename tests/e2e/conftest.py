"""Visitors of the demo: one of its own for a test, or one that stays.

Whatever a test is about, at its end it has also shown that no other host was asked for anything,
and that the console is clean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.collector_process import CollectorProcess
from tests.e2e.visitor import Visitor
from tests.e2e.wiretap import Wiretap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser


@pytest.fixture
def collector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CollectorProcess]:
    """Yield a running collector that takes the demo's own write key."""
    collector = CollectorProcess(tmp_path_factory.mktemp("collector"), write_key="demo")
    collector.start()
    yield collector
    collector.stop()


@pytest.fixture
def tap(collector: CollectorProcess) -> Iterator[Wiretap]:
    """Yield the relay through which the visitor reaches the collector."""
    tap = Wiretap(collector.url)
    yield tap
    tap.close()


@pytest.fixture
def visitor(browser: Browser, collector: CollectorProcess, tap: Wiretap) -> Iterator[Visitor]:
    """Yield a new visitor, with a browser profile, a relay and a collector of its own."""
    visitor = Visitor(browser, collector, tap)
    yield visitor
    visitor.close()
    visitor.check()


@pytest.fixture(scope="session")
def _resident(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    collector = CollectorProcess(tmp_path_factory.mktemp("collector"), write_key="demo")
    collector.start()
    tap = Wiretap(collector.url)
    visitor = Visitor(browser, collector, tap)
    visitor.open("welcome")
    yield visitor
    visitor.close()
    tap.close()
    collector.stop()


@pytest.fixture
def resident(_resident: Visitor) -> Iterator[Visitor]:
    """Yield the visitor who has been here all the time, with Python up: begin with ``visit``."""
    yield _resident
    _resident.check()
