"""The demo's own panel tells the truth about what the tracker does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.visitor import without_receipt

if TYPE_CHECKING:
    from tests.e2e.visitor import Visitor
    from tests.e2e.wiretap import Wiretap


def test_a_message_is_captured_then_stored(visitor: Visitor, tap: Wiretap) -> None:
    """A fact shows at once, and counts as stored only when the collector has said so."""
    visitor.open("explorer")
    visitor.settle()
    with tap.holding_answers("/v1/batch"):
        visitor.click("run_query_button", section="page_footer")
        row = visitor.page.locator(".message", has_text="run_query_button.click")
        expect(row).to_contain_text("track · explorer › page_footer")
        visitor.expect_stored(name="run_query_button.click")
        expect(row).not_to_have_attribute("data-state", "stored")
    expect(row).to_have_attribute("data-state", "stored")


def test_the_panel_shows_the_very_message_that_is_stored(visitor: Visitor) -> None:
    """Opened, it is the JSON of the store, but for what the collector adds on receipt."""
    visitor.open("dashboards")
    visitor.click("create_dashboard_button")
    [stored] = visitor.expect_stored(name="create_dashboard_button.click")
    row = visitor.page.locator(".message", has_text="create_dashboard_button.click")
    expect(row).to_have_attribute("data-state", "stored")
    row.locator("summary").click()
    shown = json.loads(row.locator("pre").inner_text())
    assert without_receipt(shown) == without_receipt(stored.message)


def test_the_panel_ticks_off_the_four_examples(visitor: Visitor) -> None:
    """A newcomer sees what to try, and what of it was done."""
    visitor.open("welcome")
    visitor.click("create_dashboard_button")
    visitor.click("explorer_nav_button")
    visitor.page.locator("main").press("Control+Enter")
    visitor.click("settings_button")
    expect(visitor.page.locator("#tries li[data-done]")).to_have_count(4)


def test_the_panel_is_no_part_of_the_app(visitor: Visitor) -> None:
    """Using it is not tracked."""
    visitor.open("welcome")
    visitor.page.locator("#sent-toggle").click()
    expect(visitor.page.locator("#sent-body")).to_be_hidden()
    visitor.page.locator("#sent-toggle").click()
    visitor.page.locator(".message summary").first.click()
    visitor.settle()
    assert visitor.names() == ["welcome"]
