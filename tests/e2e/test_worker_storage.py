"""Facts are on disk before Python is up; where the disk fails, delivery goes on without it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Error

from tests.browser_finder import launch_arguments
from tests.e2e.files import PYTHON
from tests.e2e.hasty import FAILING_PUTS, HASTY
from tests.e2e.visitor import PATIENCE_SECONDS, name_of
from tests.e2e.worker_page import WorkerPage, world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext

    from tests.collector_process import CollectorProcess
    from tests.e2e.wiretap import Wiretap


# What a browser may do to its workers' IndexedDB, written before the worker's own code.
NO_DATABASES = "Object.defineProperty(self, 'indexedDB', { value: undefined });"
NO_OPENING = (
    """indexedDB.__proto__.open = () => { throw new DOMException('denied', 'SecurityError'); };"""
)
ERASE = "new Promise(resolve => { indexedDB.deleteDatabase('tracker').onsuccess = resolve; })"
FIRST_TROUBLE = "Events are kept in memory only: "


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Yield a browser profile of its own."""
    context = browser.new_context()
    yield context
    context.close()


def assert_said_once(page: WorkerPage, text: str) -> None:
    """Assert that the worker reported this, and nothing else, once."""
    [report] = page.heard("report")
    assert report["text"].startswith(text)
    assert report["ids"] == []


def test_facts_on_disk_survive_the_end_of_the_browser(
    browser: Browser, collector: CollectorProcess, tap: Wiretap, tmp_path: Path
) -> None:
    """Killed before Python was up, so that nothing had been sent; on the next visit all come, once."""
    profile = str(tmp_path / "profile")
    open_profile = browser.browser_type.launch_persistent_context
    context = open_profile(profile, **launch_arguments())
    page = WorkerPage(context.new_page(), tap.url)
    with tap.holding(PYTHON):
        page.connect()
        ids = page.track("first.visit", "last.click")
        page.wait_until("stored", ids)
        kill_browser(profile)
        assert collector.messages() == []
    with contextlib.suppress(Error):
        context.close()  # there is nothing left to close

    context = open_profile(profile, **launch_arguments())
    page = WorkerPage(context.new_page(), tap.url)
    page.connect()
    page.wait_until("settled", [*ids, *page.track("second.visit")])
    names = [name_of(message) for message in collector.messages()]
    assert sorted(names) == ["first.visit", "last.click", "second.visit"]
    assert page.on_disk() == []
    context.close()


def kill_browser(profile: str) -> None:
    """End all processes of the browser that has this profile, at once."""
    found = subprocess.run(
        ["pgrep", "--full", "--", f"--user-data-dir={profile}"],
        capture_output=True,
        text=True,
        check=True,
    )
    for pid in found.stdout.split():
        os.kill(int(pid), signal.SIGKILL)


@pytest.mark.parametrize("fault", [NO_DATABASES, NO_OPENING], ids=["missing", "forbidden"])
def test_without_a_database_delivery_goes_on_in_memory(
    context: BrowserContext, collector: CollectorProcess, tap: Wiretap, fault: str
) -> None:
    """As in some private windows. It is said once, and nothing is called stored."""
    page = WorkerPage(context.new_page(), tap.url)
    source = tap.get(page.worker)
    with tap.replacing(
        page.worker, fault.encode() + source, Content_Type="text/javascript; charset=utf-8"
    ):
        page.connect()
        page.wait_until("settled", page.track("one.a", "one.b"))
    page.wait_until("settled", page.track("one.c"))
    assert_said_once(page, FIRST_TROUBLE)
    assert page.heard("stored") == []
    assert len(collector.messages()) == 3


def test_a_database_of_another_version_is_left_alone(
    context: BrowserContext, collector: CollectorProcess, tap: Wiretap
) -> None:
    """As after the site went back to an older tracker."""
    page = WorkerPage(context.new_page(), tap.url)
    page.page.evaluate(
        """new Promise(resolve => {
            const opening = indexedDB.open('tracker', 7);
            opening.onsuccess = () => { opening.result.close(); resolve(); };
        })"""
    )
    page.connect()
    page.wait_until("settled", page.track("one.a"))
    assert_said_once(page, FIRST_TROUBLE)
    assert len(collector.messages()) == 1
    databases = page.page.evaluate("indexedDB.databases()")
    assert databases == [{"name": "tracker", "version": 7}]


def test_a_database_that_never_opens_keeps_nothing_back(
    context: BrowserContext, collector: CollectorProcess, tap: Wiretap
) -> None:
    """A page holds on to it while it is to be erased, so that whoever opens it waits."""
    page = WorkerPage(context.new_page(), tap.url)
    page.page.evaluate(
        """new Promise(resolve => {
            const opening = indexedDB.open('tracker', 1);
            opening.onsuccess = () => {
                window.held = opening.result;
                indexedDB.deleteDatabase('tracker').onblocked = resolve;
            };
        })"""
    )
    with world(tap, HASTY):
        page.connect()
        page.wait_until("settled", page.track("one.a"))
    page.wait_for("report")
    assert_said_once(page, FIRST_TROUBLE)
    assert page.heard("stored") == []
    assert len(collector.messages()) == 1


def test_with_the_quota_used_up_delivery_goes_on_in_memory(
    context: BrowserContext, collector: CollectorProcess, tap: Wiretap
) -> None:
    """What does not fit is not called stored; once there is room again, the rest is."""
    page = WorkerPage(context.new_page(), tap.url)
    session = context.new_cdp_session(page.page)
    session.send("Storage.overrideQuotaForOrigin", {"origin": tap.url, "quotaSize": 1})
    page.connect()
    page.wait_until("settled", page.track("when.full"))
    assert_said_once(page, FIRST_TROUBLE)
    assert page.heard("stored") == []
    session.send("Storage.overrideQuotaForOrigin", {"origin": tap.url})
    [late] = page.track("with.room")
    page.wait_until("stored", [late])
    page.wait_until("settled", [late])
    assert_said_once(page, FIRST_TROUBLE)
    assert len(collector.messages()) == 2


def test_a_database_that_is_deleted_or_closed_under_it_is_opened_again(
    context: BrowserContext, collector: CollectorProcess, tap: Wiretap
) -> None:
    """By a page, which asks first, and by the browser, which does not."""
    page = WorkerPage(context.new_page(), tap.url)
    with tap.holding(PYTHON):
        page.connect()
        ids = page.track("one.a")
        page.wait_until("stored", ids)
        page.page.evaluate(ERASE)
        ids += page.track("one.b")
        page.wait_until("stored", ids)
        session = context.new_cdp_session(page.page)
        session.send("Storage.clearDataForOrigin", {"origin": tap.url, "storageTypes": "indexeddb"})
        ids += page.track("one.c")
        page.wait_until("stored", ids)
        assert page.on_disk() == ids[2:]
    page.wait_until("settled", ids)
    assert page.heard("report") == []
    assert sorted(map(name_of, collector.messages())) == ["one.a", "one.b", "one.c"]
    collector.wait_for(lambda _messages: page.on_disk() == [], seconds=PATIENCE_SECONDS)


def test_a_database_that_fails_half_way_is_said_once_and_used_again_when_it_recovers(
    context: BrowserContext, collector: CollectorProcess, tap: Wiretap
) -> None:
    """What it did not take is not called stored, and is delivered all the same."""
    page = WorkerPage(context.new_page(), tap.url)
    with world(tap, FAILING_PUTS):
        page.connect()
        ids = page.track("before.fault")
        page.wait_until("stored", ids)
        failed = page.track("disk.fails", "in.fault")
        page.wait_until("settled", failed)
    assert_said_once(page, FIRST_TROUBLE)
    assert page.ids("stored") == ids
    late = page.track("disk.recovers")
    page.wait_until("stored", late)
    page.wait_until("settled", late)
    assert_said_once(page, FIRST_TROUBLE)
    assert sorted(map(name_of, collector.messages())) == [
        "before.fault",
        "disk.fails",
        "disk.recovers",
        "in.fault",
    ]
    page.wait_until_erased()
