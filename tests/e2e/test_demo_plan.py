"""The demo is held to the plan of the example, and whatever a visitor does in it passes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from examples.lightdash_like.plan import plan
from tests.collector_process import CollectorProcess
from tests.e2e.visitor import Visitor, name_of
from tests.e2e.wiretap import Wiretap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

# What the templates of all pages have, by what the DOM does with it.
TRACKED = """() => {
  const names = new Set();
  const actions = { FORM: 'submit', SELECT: 'change', INPUT: 'change' };
  for (const { content } of document.querySelectorAll('template')) {
    for (const element of content.querySelectorAll('[data-track]')) {
      const keys = element.hasAttribute('data-track-keys');
      const action = keys ? 'keydown' : actions[element.tagName] ?? 'click';
      names.add(`${element.dataset.track}.${action}`);
    }
  }
  return [...names];
}"""
MADE_BY_SCRIPTS = {
    "table_choice.change",
    "dimension_choice.change",
    "metric_choice.change",
    "dashboard_link.click",
}
PAGES = {"welcome", "explorer", "dashboards", "dashboard", "organization_settings", "not_found"}


@pytest.fixture
def guest(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """Yield a visitor of a collector whose demo has its own key, and so its own plan."""
    collector = CollectorProcess(tmp_path_factory.mktemp("collector"))
    collector.start()
    tap = Wiretap(collector.url)
    visitor = Visitor(browser, collector, tap)
    yield visitor
    visitor.close()
    tap.close()
    collector.stop()
    visitor.check()


def test_a_complete_tour_of_the_demo_breaks_no_rule_of_its_plan(guest: Visitor) -> None:
    guest.open("welcome")
    tracked = MADE_BY_SCRIPTS | set(guest.page.evaluate(TRACKED))
    tour(guest)
    every = tracked | PAGES

    messages = guest.collector.wait_for(lambda stored: every <= {name_of(each) for each in stored})

    # No barrier, no other name: all that is stored is in the plan, and nothing is anywhere else.
    assert {name_of(message) for message in messages} == every
    assert [(name_of(message), plan.check(message).all) for message in messages] == [
        (name_of(message), ()) for message in messages
    ]
    rows = guest.collector.rows
    assert rows("SELECT reasons FROM quarantined") == []
    assert rows("SELECT code, field, message FROM refused") == []
    assert rows("SELECT outcome, rule FROM outcomes") == []
    assert rows("SELECT DISTINCT source FROM log") == [("demo",)]


def test_what_is_not_in_the_plan_is_set_apart(guest: Visitor) -> None:
    guest.open("welcome")
    guest.page.evaluate("() => { tracker.track('party_button.click'); tracker.flush(); }")
    guest.click("explore_data_button")
    guest.collector.wait_for(
        lambda stored: {"explore_data_button.click"} <= set(map(name_of, stored))
    )
    [(message, reasons)] = _wait_for_rows(guest)
    guest.expect_warning("unplanned, sent all the same: acme_webapp.party_button.click: event")
    assert '"acme_webapp.party_button.click"' in message
    assert "unplanned_event" in reasons


def _wait_for_rows(guest: Visitor) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []

    def enough(_: object) -> bool:
        found[:] = guest.collector.rows("SELECT message, reasons FROM quarantined")
        return bool(found)

    guest.collector.wait_for(enough)
    return found


def tour(guest: Visitor) -> None:
    """Use everything that the demo has."""
    page, click = guest.page, guest.click
    click("settings_button")
    page.locator("#organization-name").fill("Acme Ltd.")
    page.locator("#organization button").click()
    page.locator("#week-start").select_option("sunday")
    page.locator("#invite-email").fill("ben@acme.example")
    page.locator("#invite-role").select_option("Editor")
    page.locator("#invite button").click()
    click("close_settings_button")
    click("invite_team_button")
    page.keyboard.press("Escape")
    click("create_dashboard_button")
    page.locator("#new-name").fill("Layoffs")
    page.locator("#rename button").click()
    click("empty_dashboard_explorer_link")
    for name in ("table", "dimension", "metric"):
        page.locator(f"[data-track={name}_choice]:not(:checked)").first.check()
    click("run_query_button", section="explorer_header")
    page.locator("#chart-kind").select_option("line")
    page.locator("#filter").fill("north")
    page.locator("#filter").press("Tab")
    page.locator("main").press("Control+Enter")
    click("run_query_button", section="page_footer")
    page.locator("#save-to").select_option(index=1)
    click("dashboards_nav_button")
    page.locator("[data-track=dashboard_link]").first.click()
    click("back_to_dashboards_link")
    click("create_dashboard_button", section="page_header")
    click("explorer_nav_button")
    click("welcome_nav_button")
    click("explore_data_button")
    page.evaluate(
        "() => { history.pushState(null, '', '/demo/no/such/page');"
        " dispatchEvent(new PopStateEvent('popstate')); }"
    )
    click("back_home_link")
