"""Nothing captured is lost and nothing is counted twice, whenever the visitor leaves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.sync_api import expect

from tests.e2e.files import PYTHON
from tests.e2e.visitor import name_of, without_receipt

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.collector_process import CollectorProcess
    from tests.e2e.visitor import Visitor
    from tests.e2e.wiretap import Wiretap


def test_who_leaves_before_python_has_booted_is_stored_once_and_raw(
    visitor: Visitor, tap: Wiretap
) -> None:
    """Python never gets its files, so that it cannot be what sent the click."""
    with tap.holding(PYTHON):
        visitor.open("welcome", ready=False)
        visitor.click("explorer_nav_button")
        expect(visitor.page.locator("h1")).to_have_text("Orders")
        visitor.page.goto("about:blank")
        [stored] = visitor.expect_stored(name="explorer_nav_button.click")
    assert stored.via == "raw"
    assert stored.message["context"]["page"]["name"] == "welcome"
    assert stored.message["context"]["section"] == {"name": "navigation", "path": ["navigation"]}
    visitor.open("dashboards")
    visitor.settle()
    assert visitor.names() == ["welcome", "explorer_nav_button.click", "explorer", "dashboards"]


def test_facts_wait_for_python_while_it_boots(visitor: Visitor, tap: Wiretap) -> None:
    """What happened long before Python was there comes with the time at which it happened."""
    with tap.holding(PYTHON):
        visitor.open("explorer", ready=False)
        visitor.click("run_query_button", section="explorer_header")
        expect(visitor.page.locator(".message")).to_have_count(2)
        before = visitor.page.evaluate("new Date().toISOString()")
        assert visitor.stored() == []
    [stored] = visitor.expect_stored(name="run_query_button.click")
    assert stored.via == "batch"
    assert stored.message["originalTimestamp"] <= before < stored.message["sentAt"]


def test_where_python_cannot_run_events_go_raw_while_the_visitor_stays(
    visitor: Visitor, tap: Wiretap
) -> None:
    """Degraded, not lost: the console says so once, and the collector makes the messages."""
    visitor.may_fetch_all = True  # it will not get it
    with tap.refusing(PYTHON):
        visitor.open("explorer", ready=False)
        visitor.click("run_query_button", section="explorer_header")
        [stored] = visitor.expect_stored(name="run_query_button.click")
        assert stored.via == "raw"
        expect(visitor.page.locator("#sent-boot")).to_have_attribute("data-state", "failed")
        visitor.click("run_query_button", section="page_footer")
        visitor.expect_stored(name="run_query_button.click", count=2)
    # The browser itself says that Python's files were refused.
    visitor.expect_warning("No Python here, sending raw events", among_errors=True)


def test_both_ways_give_the_same_message_for_the_same_fact(
    visitor: Visitor, tap: Wiretap, start_collector: Callable[..., CollectorProcess]
) -> None:
    """The worker's messages, and what another collector makes of the very facts that they came from."""
    visitor.open("explorer")
    visitor.page.evaluate(
        "window.facts = []; document.addEventListener('tracker:captured', ({detail}) => facts.push(detail))"
    )
    visitor.page.evaluate(
        "tracker.identify('user-1', { plan: 'team', seats: 12.5, note: 'Grüße' })"
    )
    visitor.click("run_query_button", section="page_footer")
    visitor.click("settings_button")
    visitor.page.evaluate("tracker.group('org-7', { name: '組織' })")
    visitor.page.evaluate(
        "tracker.track('query.run', { rows: 12, ratio: 0.1, tags: ['a', null], on: true })"
    )
    visitor.page.evaluate("tracker.alias('user-2')")
    visitor.settle()
    visitor.expect_warning("group: traits.name was removed before it was sent: personal_trait")
    by_worker = {each.message["messageId"]: each.message for each in visitor.stored()}
    assert {each.via for each in visitor.stored()} == {"batch"}
    facts = visitor.page.evaluate("facts")
    with tap.holding_answers("/v1/batch"):
        visitor.page.evaluate("tracker.track('last.words')")
        visitor.leave()

    other = start_collector()
    beaconed = json.loads(tap.to("/v1/raw")[-1].body)
    body = {**beaconed, "facts": facts}
    answer = httpx.post(f"{other.url}/v1/raw", auth=(other.write_key, ""), json=body)
    assert answer.json() == {
        "accepted": len(facts),
        "duplicate": 0,
        "quarantined": 0,
        "refused": 0,
        "refusals": [],
        "unplanned": [],
    }
    by_collector = {
        message["messageId"]: message
        for message in other.messages()
        if message["messageId"] in by_worker
    }

    assert {name_of(message) for message in by_collector.values()} >= {
        "run_query_button.click",
        "settings_button.click",
        "organization_settings",
        "group",
        "query.run",
        "alias",
    }
    for message_id, message in by_collector.items():
        ours, theirs = (
            json.dumps(without_receipt(each)) for each in (by_worker[message_id], message)
        )
        assert ours == theirs


def test_what_both_the_worker_and_the_beacon_sent_is_stored_once(
    visitor: Visitor, tap: Wiretap
) -> None:
    """The page does not hear that the batch arrived, so it beacons the same facts when it is left."""
    visitor.open("explorer")
    visitor.settle()
    with tap.holding_answers("/v1/batch"):
        visitor.click("run_query_button", section="page_footer")
        visitor.expect_stored(name="run_query_button.click")
        visitor.leave()
    visitor.open("welcome")
    visitor.settle()
    [stored] = visitor.expect_stored(name="run_query_button.click")
    assert stored.via == "batch"


@pytest.mark.parametrize("ready", [True, False], ids=["with Python", "while Python boots"])
def test_a_reload_right_after_a_click_neither_loses_nor_doubles_it(
    visitor: Visitor, *, ready: bool
) -> None:
    """The visitor stays the same one, in the same session."""
    visitor.open("explorer", ready=ready)
    visitor.click("run_query_button", section="explorer_header")
    visitor.page.reload()
    visitor.wait_for_python()
    visitor.click("run_query_button", section="page_footer")
    visitor.settle()
    assert visitor.names() == [
        "explorer",
        "run_query_button.click",
        "explorer",
        "run_query_button.click",
    ]
    assert len({each.message["anonymousId"] for each in visitor.stored()}) == 1
    assert len({each.message["context"]["sessionId"] for each in visitor.stored()}) == 1


def test_closing_the_tab_right_after_a_click_stores_it_once(visitor: Visitor) -> None:
    """The last thing a visitor does is often the most telling one."""
    visitor.open("dashboards")
    visitor.click("create_dashboard_button")
    visitor.page.close(run_before_unload=True)
    visitor.expect_stored(name="create_dashboard_button.click")
    visitor.new_tab()
    visitor.open("welcome")
    visitor.settle()
    visitor.expect_stored(name="create_dashboard_button.click")


def test_what_happens_while_the_collector_is_down_is_stored_when_it_is_back(
    visitor: Visitor,
) -> None:
    """The outbox tries again; the page is told nothing and does not mind."""
    visitor.open("explorer")
    visitor.settle()
    visitor.collector.kill()
    visitor.click("run_query_button", section="explorer_header")
    expect(visitor.page.locator(".message").first).to_have_attribute("data-state", "captured")
    visitor.collector.start()
    visitor.expect_stored(name="run_query_button.click")
    visitor.complaints.clear()  # the browser itself says that a request failed


def test_two_tabs_are_one_visitor_in_one_session(visitor: Visitor) -> None:
    """Identity is the browser's, not the tab's."""
    visitor.open("welcome")
    visitor.settle()
    visitor.new_tab()
    visitor.open("dashboards")
    visitor.settle()
    assert len({each.message["anonymousId"] for each in visitor.stored()}) == 1
    assert len({each.message["context"]["sessionId"] for each in visitor.stored()}) == 1
