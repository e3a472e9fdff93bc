"""What must not be tracked is on the page, and never in anything that the browser sends."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.e2e.visitor import Visitor
    from tests.e2e.wiretap import Wiretap

DASHBOARD = "Layoffs in Q3"
FILTER = "Vorname Nachname"
EMAIL = "whistle.blower@acme.example"
ALLOWED = {
    "context": {
        "app",
        "page",
        "section",
        "library",
        "locale",
        "timezone",
        "screen",
        "userAgent",
        "sessionId",
    },
    "page": {"name", "type", "category", "hostname"},
    "environment": {"app", "library", "page", "locale", "timezone", "screen", "userAgent"},
}


def test_title_address_and_what_is_typed_never_leave_the_page(
    visitor: Visitor, tap: Wiretap
) -> None:
    """Every request that the tracker makes is read, by worker and by beacon, key by key and byte by byte."""
    visitor.open("dashboards")
    visitor.click("create_dashboard_button")
    visitor.page.locator("#new-name").fill(DASHBOARD)
    visitor.page.locator("#new-name").press("Enter")
    expect(visitor.page).to_have_title(f"{DASHBOARD} · Acme Analytics")
    board = visitor.page.url.rsplit("/", 1)[1]
    visitor.click("settings_button")
    visitor.page.locator("#invite-email").fill(EMAIL)
    visitor.page.locator("#invite-email").press("Enter")
    visitor.page.keyboard.press("Escape")
    visitor.click("explorer_nav_button")
    visitor.page.locator("#filter").fill(FILTER)
    visitor.page.locator("#filter").press("Tab")
    expect(visitor.page).to_have_url(re.compile("q=Vorname"))
    visitor.page.locator("main").press("Control+Enter")
    visitor.settle()
    with tap.holding_answers("/v1/batch"):  # so that the beacon carries it, too
        visitor.click("run_query_button", section="page_footer")
        visitor.leave()
    visitor.expect_stored(name="run_query_button.click")

    visitor.expect_stored(name="results_filter.change")
    visitor.expect_stored(name="rename_dashboard_form.submit")
    sent = [heard for heard in tap.heard if heard.method == "POST"]
    assert {heard.target.split("?")[0] for heard in sent} == {"/v1/batch", "/v1/raw"}
    for heard in sent:
        body = heard.target + heard.body.decode()
        for secret in (
            DASHBOARD,
            "Layoffs",
            FILTER,
            "Vorname",
            EMAIL,
            "whistle",
            board,
            "Acme Analytics",
            "/demo",
        ):
            assert secret not in body
        _check_keys(json.loads(heard.body))


def test_the_page_before_is_not_told_of(visitor: Visitor, tap: Wiretap) -> None:
    """A referrer is somebody's search, or somebody's private page."""
    referrer = f"{tap.url}/search?q=secret-search"
    visitor.page.goto(f"{tap.url}/demo/dashboards", referer=referrer)
    assert visitor.page.evaluate("document.referrer") == referrer
    visitor.click("create_dashboard_button")
    visitor.settle()
    assert all(b"secret-search" not in heard.body for heard in tap.heard)


def _check_keys(body: dict[str, Any]) -> None:
    for message in body.get("batch", []):
        assert set(message["context"]) <= ALLOWED["context"]
        assert set(message["context"]["page"]) <= ALLOWED["page"]
    if "environment" in body:
        assert set(body["environment"]) <= ALLOWED["environment"]
        assert set(body["environment"]["page"]) <= ALLOWED["page"]
    for fact in body.get("facts", []):
        for scope in fact["path"]:
            assert set(scope.get("page", {})) <= ALLOWED["page"]
