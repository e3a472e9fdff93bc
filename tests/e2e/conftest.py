"""A visitor of the demo for each test, with a browser profile and a collector of its own.

Whatever a test is about, at its end it has also shown that nothing private left the page, that no
other host was asked for anything, and that the console is clean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

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
    """Yield the relay through which the browser reaches the collector."""
    tap = Wiretap(collector.url)
    yield tap
    tap.close()


@pytest.fixture
def visitor(browser: Browser, collector: CollectorProcess, tap: Wiretap) -> Iterator[Visitor]:
    """Yield a new visitor; afterwards check what must be true of every visit."""
    visitor = Visitor(browser, collector, tap)
    yield visitor
    visitor.close()
    hosts = {urlsplit(url).netloc for url in visitor.requested}
    assert hosts <= {urlsplit(tap.url).netloc}, "only the collector may be asked for anything"
    assert visitor.complaints == []
