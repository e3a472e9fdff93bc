"""The demo's own panel tells the truth about what the tracker does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.visitor import without_receipt

if TYPE_CHECKING:
    from tests.e2e.visitor import Visitor


def test_a_message_is_captured_then_stored(resident: Visitor) -> None:
    """A fact shows at once, and counts as stored only when the collector has said so."""
    resident.visit("explorer")
    resident.settle()
    with resident.tap.holding_answers("/v1/batch"):
        resident.click("run_query_button", section="page_footer")
        row = resident.page.locator(".message", has_text="run_query_button.click").first
        expect(row).to_contain_text("track · explorer › page_footer")
        resident.expect_stored(name="run_query_button.click")
        expect(row).not_to_have_attribute("data-state", "stored")
    expect(row).to_have_attribute("data-state", "stored")


def test_the_panel_shows_the_very_message_that_is_stored(resident: Visitor) -> None:
    """Opened, it is the JSON of the store, but for what the collector adds on receipt."""
    resident.visit("dashboards")
    resident.click("create_dashboard_button")
    [stored] = resident.expect_stored(name="create_dashboard_button.click")
    row = resident.page.locator(".message", has_text="create_dashboard_button.click").first
    expect(row).to_have_attribute("data-state", "stored")
    row.locator("summary").click()
    shown = json.loads(row.locator("pre").inner_text())
    assert without_receipt(shown) == without_receipt(stored.message)


def test_the_panel_ticks_off_the_four_examples(visitor: Visitor) -> None:
    """A newcomer sees what to try, and what of it was done."""
    visitor.open("welcome", ready=False)
    visitor.click("create_dashboard_button")
    visitor.click("explorer_nav_button")
    visitor.page.locator("main").press("Control+Enter")
    visitor.click("settings_button")
    expect(visitor.page.locator("#tries li[data-done]")).to_have_count(4)


def test_the_panel_is_no_part_of_the_app(resident: Visitor) -> None:
    """Using it is not tracked."""
    resident.visit("welcome")
    resident.page.locator("#sent-toggle").click()
    expect(resident.page.locator("#sent-body")).to_be_hidden()
    resident.page.locator("#sent-toggle").click()
    resident.page.locator(".message summary").first.click()
    resident.settle()
    assert resident.names() == ["welcome"]


def test_an_address_that_is_tracked_by_mistake_is_missing_from_the_message(
    resident: Visitor,
) -> None:
    """The demo does on purpose what should not be done, and shows what then happens."""
    resident.visit("welcome")
    resident.page.locator("#stays-try").click()
    [stored] = resident.expect_stored(name="help_button.click")
    assert stored.message["properties"] == {}
    assert stored.message["context"]["privacy"]["redacted"] == [
        {"field": "properties.asked_by", "rule": "email"}
    ]
    assert b"ada@acme.example" not in b"".join(heard.body for heard in resident.tap.heard)
    resident.expect_warning(
        "acme_webapp.help_button.click: properties.asked_by was removed before it was sent: email"
    )
    row = resident.page.locator(".message", has_text="help_button.click").first
    expect(row).to_have_attribute("data-state", "stored")
    row.locator("summary").click()
    expect(row.locator("pre")).to_contain_text("properties.asked_by")
    expect(row.locator("pre")).not_to_contain_text("ada@acme.example")
