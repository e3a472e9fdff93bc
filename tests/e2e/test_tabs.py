"""Pages and tabs of the demo share one Python, with and without SharedWorker; without any worker they go raw."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.visitor import PATIENCE_SECONDS
from tests.e2e.wiretap import Wiretap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from tests.collector_process import CollectorProcess
    from tests.e2e.visitor import Visitor

NO_SHARED_WORKER = "delete window.SharedWorker"
NO_WORKER = "delete window.SharedWorker; delete window.Worker"


@pytest.fixture
def tap(collector: CollectorProcess) -> Iterator[Wiretap]:
    """Yield a relay that hears of every boot: the browser may not keep Python's files."""
    tap = Wiretap(collector.url, cached=False)
    yield tap
    tap.close()


def boots(tap: Wiretap) -> int:
    """Return how often a Python was started, by the modules that a browser compiled."""
    return sum(heard.target.endswith(".wasm") for heard in tap.to("/assets/"))


def test_the_next_page_does_not_boot_python_again(visitor: Visitor, tap: Wiretap) -> None:
    """Neither after a navigation of the tab nor after a visit elsewhere."""
    visitor.open("welcome")
    visitor.settle()
    visitor.open("explorer")
    visitor.settle()
    visitor.page.goto("about:blank")
    visitor.open("dashboards")
    visitor.settle()
    assert boots(tap) == 1
    assert visitor.names() == ["welcome", "explorer", "dashboards"]
    assert {each.via for each in visitor.stored()} == {"batch"}


@pytest.mark.parametrize("script", ["", NO_SHARED_WORKER], ids=["shared", "dedicated"])
def test_two_tabs_share_one_python(visitor: Visitor, tap: Wiretap, script: str) -> None:
    """Where workers cannot be shared, one of them sends for both, and its heir when it dies."""
    visitor.context.add_init_script(script)
    visitor.open("welcome")
    first = visitor.page
    visitor.new_tab()
    visitor.open("explorer")
    visitor.click("run_query_button", section="explorer_header")
    visitor.settle()
    assert boots(tap) == 1
    first.close(run_before_unload=True)
    visitor.click("run_query_button", section="page_footer")
    visitor.settle()
    assert boots(tap) == (2 if script else 1)
    assert visitor.names() == [
        "welcome",
        "explorer",
        "run_query_button.click",
        "run_query_button.click",
    ]
    assert {each.via for each in visitor.stored()} == {"batch"}


def test_a_script_that_comes_after_the_event_sees_how_python_has_started(
    visitor: Visitor, tap: Wiretap
) -> None:
    """The tracker does not wait for those who watch it: its second file may be there before them."""
    visitor.context.add_init_script(NO_WORKER)
    [script] = re.findall(r'src="(assets/main-[^"]+)"', tap.get("/demo/").decode())
    with tap.holding(f"/demo/{script}"):
        visitor.page.goto(f"{tap.url}/demo/explorer", wait_until="commit")
        visitor.page.wait_for_function("() => window.tracker?.python === 'failed'")
        assert visitor.page.locator("#sent-boot").get_attribute("data-state") == "starting"
    expect(visitor.page.locator("#sent-boot")).to_have_attribute("data-state", "failed")
    visitor.expect_warning("No Python here, sending raw events")


def test_where_no_worker_can_be_had_the_page_itself_delivers_raw(
    visitor: Visitor, tap: Wiretap
) -> None:
    """Degraded, not lost, while the visitor stays and when they leave; the console says so once."""
    visitor.context.add_init_script(NO_WORKER)
    visitor.open("explorer", ready=False)
    expect(visitor.page.locator("#sent-boot")).to_have_attribute("data-state", "failed")
    visitor.click("run_query_button", section="explorer_header")
    visitor.settle()
    visitor.click("run_query_button", section="page_footer")
    visitor.expect_warning("No Python here, sending raw events")
    visitor.page.goto("about:blank")
    visitor.expect_stored(name="run_query_button.click", count=2)
    assert {each.via for each in visitor.stored()} == {"raw"}
    assert boots(tap) == 0


def test_a_shared_worker_that_is_killed_is_replaced(
    visitor: Visitor, browser: Browser, tap: Wiretap
) -> None:
    """It held the lock, and facts that had not arrived. Its pages hear no error, only silence."""
    visitor.page.clock.install()
    visitor.open("explorer")
    visitor.settle()
    before = len(tap.to("/v1/batch"))
    with tap.refusing("/v1/", 503):
        visitor.click("run_query_button", section="explorer_header")
        visitor.collector.wait_for(lambda _: len(tap.to("/v1/batch")) > before)
        kill_shared_workers(browser, tap.url)
        visitor.click("run_query_button", section="page_footer")
    visitor.page.clock.fast_forward(20_000)
    visitor.page.clock.fast_forward(10_000)
    visitor.expect_stored(name="run_query_button.click", count=2)
    visitor.settle()
    assert visitor.names() == ["explorer", "run_query_button.click", "run_query_button.click"]
    assert boots(tap) == 2
    visitor.complaints.clear()  # the browser itself says that requests failed


def kill_shared_workers(browser: Browser, origin: str) -> None:
    """End the shared workers of an origin, as the browser's own tools for developers do."""
    session = browser.new_browser_cdp_session()
    targets = session.send("Target.getTargets", {"filter": [{}]})["targetInfos"]
    workers = [each for each in targets if each["type"] == "shared_worker"]
    ours = [each["targetId"] for each in workers if each["url"].startswith(origin)]
    assert ours, f"there is no shared worker among {[each['type'] for each in targets]}"
    for target in ours:
        session.send("Target.closeTarget", {"targetId": target})
    deadline = time.monotonic() + PATIENCE_SECONDS
    while {*ours} & {
        each["targetId"]
        for each in session.send("Target.getTargets", {"filter": [{}]})["targetInfos"]
    }:
        assert time.monotonic() < deadline, "a shared worker outlives its end"
    session.detach()
