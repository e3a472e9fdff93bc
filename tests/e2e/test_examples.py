"""The four client-side examples of the customer's document, each in the store with all of its context."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.e2e.visitor import LOCALE, SCREEN, TIMEZONE
from tracker import __version__

if TYPE_CHECKING:
    from tests.collector_process import Message
    from tests.e2e.visitor import Visitor

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
STAMPS = ("originalTimestamp", "sentAt", "receivedAt", "timestamp")


def check(
    resident: Visitor, message: Message, *, page: dict[str, str], section: str | None, **own: Any
) -> None:
    """Assert that the message has these fields and the visit's context, and no other field at all."""
    for stamp in STAMPS:
        assert TIME.fullmatch(message[stamp]), stamp
    assert UUID.fullmatch(message["messageId"])
    assert UUID.fullmatch(message["anonymousId"])
    session = message["context"]["sessionId"]
    assert isinstance(session, int)
    context: dict[str, Any] = {
        "app": {"name": "acme_webapp", "version": "1.4.0"},
        "page": {"hostname": "127.0.0.1", **page},
        "library": {"name": "tracker.js", "version": __version__},
        "locale": LOCALE,
        "timezone": TIMEZONE,
        "screen": SCREEN,
        "userAgent": resident.page.evaluate("navigator.userAgent"),
        "sessionId": session,
    }
    if section:
        context["section"] = {"name": section, "path": [section]}
    same = {key: message[key] for key in ("messageId", "anonymousId", *STAMPS)}
    assert message == {**same, **own, "properties": {}, "channel": "web", "context": context}


def test_a_clicked_nav_button_is_stored_with_the_page_it_was_clicked_on(resident: Visitor) -> None:
    """The click belongs to the page that it leaves, not to the one that it leads to."""
    resident.visit("welcome")
    resident.click("explorer_nav_button")
    [stored] = resident.expect_stored(name="explorer_nav_button.click")
    check(
        resident,
        stored.message,
        type="track",
        event="acme_webapp.explorer_nav_button.click",
        page={"name": "welcome", "type": "page"},
        section="navigation",
    )
    assert stored.via == "batch"
    assert resident.page_name() == "explorer"


def test_a_clicked_create_dashboard_button_is_stored(resident: Visitor) -> None:
    """And the dashboard is there: tracking does not get in the way of what it observes."""
    resident.visit("dashboards")
    resident.click("create_dashboard_button")
    [stored] = resident.expect_stored(name="create_dashboard_button.click")
    check(
        resident,
        stored.message,
        type="track",
        event="acme_webapp.create_dashboard_button.click",
        page={"name": "dashboards", "type": "page"},
        section="page_header",
    )
    assert resident.page.locator("h1").inner_text() == "Untitled dashboard"


def test_opened_settings_are_stored_as_a_modal_page_with_its_category(resident: Visitor) -> None:
    """A modal is a page of its own type, and names its category at both places of the wire."""
    resident.visit("explorer")
    resident.click("settings_button")
    [stored] = resident.expect_stored(name="organization_settings")
    check(
        resident,
        stored.message,
        type="page",
        name="organization_settings",
        category="settings",
        page={"name": "organization_settings", "type": "modal", "category": "settings"},
        section=None,
    )


def test_the_used_run_query_shortcut_is_stored_as_a_keydown(resident: Visitor) -> None:
    """The shortcut is another event than the button, though both run the query."""
    resident.visit("explorer")
    resident.page.locator("main").press("Control+Enter")
    [stored] = resident.expect_stored(name="run_query_shortcut.keydown")
    check(
        resident,
        stored.message,
        type="track",
        event="acme_webapp.run_query_shortcut.keydown",
        page={"name": "explorer", "type": "page"},
        section=None,
    )
    resident.expect_not_stored(name="run_query_button.click")
