"""Each click is stored once, however and however soon the visitor leaves; bench/leave.py is the long form."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from tests.browser_finder import launch_arguments
from tests.browser_process import kill_browser
from tests.e2e.files import PYTHON
from tests.e2e.visitor import PATIENCE_SECONDS, name_of

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext

    from tests.collector_process import CollectorProcess
    from tests.e2e.visitor import Visitor
    from tests.e2e.wiretap import Wiretap

DELAYS_MS = (0, 25, 400)
"""From click to leaving. They are what the test is about: nothing is waited for by them."""
CLICK_AND_GO = """([name, url, ms]) => {
    tracker.track(name);
    const go = () => { location.href = url; };
    if (ms) setTimeout(go, ms);
    else go();
}"""
CLICK_AND_WAIT_FOR_DISK = """([name, ms]) => new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error(`${name} is not on disk after ${ms} ms`)), ms);
    let id;
    document.addEventListener("tracker:captured", ({ detail }) => {
        if (detail.name === name) id = detail.id;
    });
    document.addEventListener("tracker:stored", ({ detail }) => {
        if (detail.includes(id)) resolve();
    });
    tracker.track(name);
})"""


def leave(visitor: Visitor, how: str, name: str, milliseconds: int) -> None:
    """Track ``name`` and leave so much later."""
    page = visitor.page
    if how == "closed tab":
        page.evaluate("name => tracker.track(name)", name)
        page.wait_for_timeout(milliseconds)
        page.close(run_before_unload=True)
        visitor.new_tab()
        return
    url = f"{visitor.tap.url}/demo/welcome" if how == "next page" else "about:blank"
    with page.expect_navigation(url=url, wait_until="commit"):
        page.evaluate(CLICK_AND_GO, [name, url, milliseconds])


def stored(collector: CollectorProcess) -> list[str]:
    """Return the names of the clicks in the store, in their order, with repetitions."""
    names = [name_of(message) for message in collector.messages()]
    return sorted(name for name in names if name.startswith("left_"))


@pytest.mark.parametrize("how", ["next page", "other site", "closed tab"])
def test_each_click_is_stored_once_however_soon_the_visitor_leaves(
    visitor: Visitor, tap: Wiretap, how: str
) -> None:
    """The first three times Python is not up yet, the others it is, and may survive the page."""
    clicks: list[str] = []
    for python in ("booting", "ready"):
        with tap.holding(PYTHON) if python == "booting" else contextlib.nullcontext():
            for delay in DELAYS_MS:
                visitor.open("explorer", ready=python == "ready")
                clicks.append(f"left_{delay}_{python}.click")
                leave(visitor, how, clicks[-1], delay)
    visitor.open("dashboards")
    visitor.settle()
    assert stored(visitor.collector) == sorted(clicks)


@pytest.mark.parametrize("python", ["booting", "ready"])
def test_who_leaves_while_the_collector_is_away_is_stored_once_after_coming_back(
    visitor: Visitor, tap: Wiretap, python: str
) -> None:
    """The beacon meets nobody; the next page finds the click in the browser's storage."""
    with tap.holding(PYTHON) if python == "booting" else contextlib.nullcontext():
        visitor.open("explorer", ready=python == "ready")
        visitor.collector.kill()
        leave(visitor, "closed tab", "left_offline.click", 0)
        assert stored(visitor.collector) == []
    visitor.collector.start()
    visitor.open("dashboards")
    visitor.settle()
    assert stored(visitor.collector) == ["left_offline.click"]
    visitor.complaints.clear()  # the browser itself says that requests failed


@pytest.mark.parametrize("network", ["online", "offline"])
def test_what_is_on_disk_survives_the_end_of_the_browser(
    browser: Browser, collector: CollectorProcess, tap: Wiretap, tmp_path: Path, network: str
) -> None:
    """A page hears nothing of SIGKILL: what its worker had not written yet is lost, but never doubled."""
    page = _start(browser, tmp_path).new_page()
    page.goto(f"{tap.url}/demo/explorer")
    patience = PATIENCE_SECONDS * 1000
    page.evaluate(CLICK_AND_WAIT_FOR_DISK, ["left_early.click", patience])
    if network == "offline":
        # Not before the worker is there: a page whose worker cannot be loaded has the journal alone.
        collector.kill()
    page.evaluate(CLICK_AND_WAIT_FOR_DISK, ["left_written.click", patience])
    page.evaluate("tracker.track('left_last.click')")
    kill_browser(tmp_path)
    if network == "offline":
        assert "left_written.click" not in stored(collector)
        collector.start()

    context = _start(browser, tmp_path)
    page = context.new_page()
    page.goto(f"{tap.url}/demo/explorer")
    page.wait_for_function("() => window.tracker?.version")  # its policy forbids to evaluate text
    page.evaluate("tracker.track('left_later.click')")
    sure = {"left_early.click", "left_later.click", "left_written.click"}
    collector.wait_for(lambda _: sure <= {*stored(collector)}, seconds=PATIENCE_SECONDS)
    context.close()
    last = {"left_last.click"} & {*stored(collector)}
    assert stored(collector) == sorted(sure | last)


def _start(browser: Browser, profile: Path) -> BrowserContext:
    """Start a browser of its own on a profile that outlives it."""
    return browser.browser_type.launch_persistent_context(profile, **launch_arguments())
