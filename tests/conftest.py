"""Fixtures shared by all tests: a real browser and a real collector.

What they need is imported when they are used: the unit tests also run in Pyodide, where neither exists.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from playwright.sync_api import Browser, Page

    from tests.collector_process import CollectorProcess

# Helpers assert, too, and are to show what they compared.
pytest.register_assert_rewrite(
    "tests.browser_process",
    "tests.collector.process",
    "tests.collector.running",
    "tests.e2e.visitor",
    "tests.faults.ledger",
    "tests.server.scripted",
    "tests.server.service",
)

# Loaded before any test module is imported, for a test keeps the profile that it was defined under.
settings.register_profile("cpython", deadline=None)
settings.register_profile(  # where each example takes about ten times as long
    "pyodide", deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("pyodide" if sys.platform == "emscripten" else "cpython")


PATIENCE_MS = 60_000
"""What a browser may take for anything: its own defaults are for machines that do nothing else."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of tests that have a long form."""
    parser.addoption("--long", action="store_true", help="run the long form of tests that have one")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None]:
    """Mark the tests that use a browser before ``-m`` selects, and put them last once all are in order.

    Playwright keeps an event loop running in this thread until the browser closes, and no test can
    run one of its own meanwhile.
    """
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
    yield
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Yield a headless Chromium (see ``tests/browser_finder.py`` for which one)."""
    from playwright.sync_api import expect, sync_playwright

    from tests.browser_finder import NoBrowserError, launch_arguments

    try:
        arguments = launch_arguments()
    except NoBrowserError as error:
        pytest.fail(str(error), pytrace=False)
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**arguments)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Yield a page in a browser context of its own: no storage, cookie or worker of another test."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def start_collector(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[..., CollectorProcess]]:
    """Yield ``start(*arguments) -> CollectorProcess``: a real collector each, stopped after the test."""
    from tests.collector_process import CollectorProcess

    started: list[CollectorProcess] = []

    def start(*arguments: str) -> CollectorProcess:
        collector = CollectorProcess(tmp_path_factory.mktemp("collector"), arguments=arguments)
        started.append(collector)
        collector.start()
        return collector

    yield start
    for collector in started:
        collector.stop()


@pytest.fixture
def collector(start_collector: Callable[..., CollectorProcess]) -> CollectorProcess:
    """Return a running ``tracker serve`` with an empty store; see ``tests/collector_process.py``."""
    return start_collector()
