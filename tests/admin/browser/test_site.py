"""The admin site in a real browser, over a real collector with known events."""

from __future__ import annotations

import json
import re
import time
from base64 import b64encode
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect

from tests.admin.writing import MINUTE, Message, click, view
from tests.e2e.worker_page import bfcache_browser
from tracker.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

    from tests.collector_process import CollectorProcess


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Yield a page that fails the test for anything in its console, a CSP violation among them."""
    context = browser.new_context(timezone_id="Asia/Kolkata", locale="en-GB")
    page = context.new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    context.close()
    assert problems == []


def send(collector: CollectorProcess, *messages: Message) -> None:
    """Send messages as an SDK does, and have them acknowledged."""
    request = Request(
        f"{collector.url}/v1/batch",
        json.dumps({"batch": messages}).encode(),
        {"Authorization": f"Basic {b64encode(f'{collector.write_key}:'.encode()).decode()}"},
    )
    with urlopen(request, timeout=10) as answer:
        assert json.load(answer)["accepted"] == len(messages)


def now() -> int:
    """The time, in ms."""
    return time.time_ns() // 1_000_000


@pytest.fixture
def filled(collector: CollectorProcess) -> CollectorProcess:
    """Return a collector with nine events and two page views of the last minutes."""
    at = now() - 5 * MINUTE
    send(
        collector,
        view("v1", "explorer", at=at),
        view("v2", "dashboards", visitor="ben", at=at),
        *(click(f"r{n}", section="results_table", at=at) for n in range(4)),
        *(
            click(f"n{n}", "nav_button.click", section="page_header", visitor="ben", at=at)
            for n in range(3)
        ),
        click("s1", "save_button.click", page="organization_settings", modal=True, at=at),
        click("r9", page="dashboards", section="results_table", at=at - MINUTE),
    )
    return collector


def cells(table: Locator) -> list[list[str]]:
    """The texts of a table, heading first."""
    return [
        [cell.inner_text() for cell in row.locator("th, td").all()]
        for row in table.locator("tr").all()
    ]


def chart(page: Page, name: str) -> Locator:
    """The panel of a chart."""
    return page.locator(f"[data-chart={name}]")


def open_table(page: Page, name: str) -> list[list[str]]:
    """Open a chart's table and read it."""
    chart(page, name).get_by_role("button", name="Table").click()
    table = chart(page, name).get_by_role("table")
    table.wait_for()
    return cells(table)


def counted(
    collector: CollectorProcess, *keys: Callable[[Message], Any]
) -> dict[tuple[Any, ...], int]:
    """Count the stored track messages by some of their parts, from the log itself."""
    counts: dict[tuple[Any, ...], int] = {}
    for message in collector.messages():
        if message["type"] == "track":
            key = tuple(part(message) for part in keys)
            counts[key] = counts.get(key, 0) + 1
    return counts


def test_numbers_on_the_page_are_those_of_the_store(filled: CollectorProcess, page: Page) -> None:
    """Tiles, the table of events, and the table of the heat map."""
    page.goto(f"{filled.url}/admin/")
    tiles = page.locator("[data-total]")
    page.locator("[data-total=events] dd", has_text=re.compile(r"\d")).wait_for()
    assert [tile.inner_text().split() for tile in tiles.all()] == [
        ["Events", "9"],
        ["Page", "views", "2"],
        ["Visitors", "2"],
        ["Sessions", "2"],
    ]

    stored = counted(filled, lambda message: message["event"].removeprefix("acme."))
    shown = open_table(page, "top_events")
    assert shown[0] == ["Event", "Events", "Visitors", "Share, %", "Last seen"]
    assert {(row[0],): int(row[1]) for row in shown[1:]} == stored

    heat_map = open_table(page, "pages_by_sections")
    sections = heat_map[0][1:-1]
    assert set(sections) == {"results_table", "page_header", "(none)"}
    shown_cells = {
        (row[0], section): int(count)
        for row in heat_map[1:]
        for section, count in zip(sections, row[1:-1], strict=True)
        if count != "0"
    }
    assert shown_cells == counted(
        filled,
        lambda message: (
            message["context"]["page"]["name"]
            + (" (modal)" if message["context"]["page"]["type"] == "modal" else "")
        ),
        lambda message: message["context"].get("section", {}).get("name", "(none)"),
    )

    over_time = open_table(page, "events_over_time")
    assert over_time[0][0] == "Time"
    assert over_time[0][-2:] == ["page view", "Total"]
    assert sum(int(row[-1]) for row in over_time[1:]) == len(filled.messages())


def test_what_was_set_apart_redacted_and_refused_is_shown_by_rule(
    start_collector: Callable[..., CollectorProcess], page: Page, tmp_path: Path
) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(Plan("acme", events=["run_query_button.click"]).to_json()))
    collector = start_collector("--plan", str(plan))
    page.goto(f"{collector.url}/admin/")
    # The example for a first page would be set apart: the plan knows other names.
    snippet = page.locator("pre")
    expect(snippet).to_contain_text('data-app="acme_webapp"')
    expect(snippet).not_to_contain_text("data-track")
    send(collector, click("r1"))
    panel = chart(page, "data_quality")
    panel.get_by_text("All that came passed").wait_for()
    leak = click("r2") | {"context": {"app": {"name": "acme"}, "note": "ada@example.com"}}
    body = json.dumps({"batch": [click("o1", "other_button.click"), leak, {}]}).encode()
    with urlopen(
        Request(f"{collector.url}/v1/batch?writeKey={collector.write_key}", body), timeout=10
    ) as answer:
        assert (answer.status, json.load(answer)["quarantined"]) == (200, 1)
    panel.locator("svg").wait_for()
    assert open_table(page, "data_quality") == [
        ["Outcome", "Rule", "Messages"],
        ["quarantined", "unplanned_event", "1"],
        ["redacted", "email", "1"],
        ["refused", "empty", "1"],
    ]
    expect(panel.locator("svg").get_by_text("quarantined: unplanned_event")).to_have_count(1)


def test_where_all_was_set_apart_the_site_says_so_and_not_that_nothing_came(
    start_collector: Callable[..., CollectorProcess], page: Page, tmp_path: Path
) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(Plan("acme", events=["run_query_button.click"]).to_json()))
    collector = start_collector("--plan", str(plan))
    body = json.dumps({"batch": [click("o1", "other_button.click")]}).encode()
    with urlopen(
        Request(f"{collector.url}/v1/batch?writeKey={collector.write_key}", body), timeout=60
    ) as answer:
        assert json.load(answer)["accepted"] == 0
    page.goto(f"{collector.url}/admin/")
    expect(chart(page, "data_quality").locator("svg")).to_be_visible()
    expect(page.get_by_role("heading", name="No events yet")).to_be_hidden()


def test_charts_are_drawn_with_their_numbers(filled: CollectorProcess, page: Page) -> None:
    """The heat map has a numbered cell for each place, and a description for screen readers."""
    page.goto(f"{filled.url}/admin/")
    heat_map = chart(page, "pages_by_sections").locator("svg")
    expect(heat_map.locator(".mark-rect.role-mark path")).to_have_count(4)
    assert sorted(heat_map.locator(".mark-text.role-mark text").all_text_contents()) == [
        "1",
        "1",
        "3",
        "4",
    ]
    described = chart(page, "pages_by_sections").locator("[aria-roledescription=visualization]")
    assert "Heat map" in str(described.get_attribute("aria-label"))
    bars = chart(page, "events_over_time").locator("svg .mark-rect.role-mark path")
    bars.first.wait_for()
    top = chart(page, "top_events").locator("svg .mark-text.role-mark text")
    expect(top).to_have_text(["5", "3", "1"])


def test_an_event_that_arrives_is_seen_at_once(filled: CollectorProcess, page: Page) -> None:
    """In the live list with its page, section and modal, and then in the numbers."""
    page.goto(f"{filled.url}/admin/")
    page.locator("#entries tr").nth(10).wait_for()
    message = click(
        "new",
        "invite_form.submit",
        page="organization_settings",
        modal=True,
        section="page_footer",
        at=now(),
    )
    send(filled, message)
    line = page.locator("#entries tr[data-message=new]")
    line.wait_for()
    texts = [cell.inner_text() for cell in line.locator("th, td").all()]
    assert [text.split() for text in texts[1:]] == [
        ["invite_form.submit"],
        ["organization_settings", "modal"],
        ["page_footer"],
        ["track"],
        ["acme"],
        ["batch"],
    ]
    assert line.locator(".badge").inner_text() == "modal"
    page.locator("[data-total=events] dd", has_text="10").wait_for()


def test_the_live_list_reconnects_when_the_collector_was_away(
    filled: CollectorProcess, page: Page
) -> None:
    """It says so meanwhile, and then shows what came."""
    context = page.context
    quiet = context.new_page()  # a lost connection is an error in the console, and should be
    quiet.goto(f"{filled.url}/admin/")
    status = quiet.locator("#status")
    quiet.locator("#status[data-state=live]").wait_for()
    filled.stop()
    quiet.locator("#status[data-state=connecting]").wait_for()
    assert status.inner_text().strip() == "Reconnecting"
    filled.start()
    quiet.locator("#status[data-state=live]").wait_for()
    send(filled, click("after", at=now()))
    quiet.locator("#entries tr[data-message=after]").wait_for()
    quiet.close()


def test_the_live_list_goes_on_when_the_page_comes_back_from_the_cache(
    filled: CollectorProcess, browser: Browser
) -> None:
    """Its stream ends as the page is left, or the browser would not keep the page."""
    with bfcache_browser(browser) as other:
        page = other.new_page()
        page.goto(f"{filled.url}/admin/")
        page.locator("#entries tr").nth(10).wait_for()
        page.evaluate("() => { window.isSame = true; }")
        page.goto(f"{filled.url}/health")
        page.go_back(wait_until="commit")
        assert page.evaluate("window.isSame"), "the page was loaded anew"
        send(filled, click("back", at=now()))
        page.locator("#entries tr[data-message=back]").wait_for()


def test_every_view_is_an_address(filled: CollectorProcess, page: Page) -> None:
    """What is chosen is in the address, comes back from it, and the back button undoes it."""
    page.goto(f"{filled.url}/admin/")
    page.locator("select[name=event] option").nth(3).wait_for(state="attached")
    page.get_by_text("7 days").click()
    page.locator("select[name=event]").select_option("acme.nav_button.click")
    page.locator("[data-total=events] dd", has_text="3").wait_for()
    expect(page).to_have_url(f"{filled.url}/admin/?period=7d&event=acme.nav_button.click")
    page.reload()
    page.locator("[data-total=events] dd", has_text="3").wait_for()
    assert page.locator("select[name=event]").input_value() == "acme.nav_button.click"
    assert page.get_by_label("7 days").is_checked()
    page.go_back()
    page.locator("[data-total=events] dd", has_text="9").wait_for()
    expect(page.locator("select[name=event]")).to_have_value("")
    page.go_back()
    expect(page.get_by_label("24 hours")).to_be_checked()


def test_custom_period_is_in_the_zone_of_the_viewer(filled: CollectorProcess, page: Page) -> None:
    """Half past twelve in Kolkata is seven in the morning in UTC."""
    page.goto(f"{filled.url}/admin/")
    page.get_by_text("Custom").click()
    page.locator("input[name=from]").fill("2026-01-01T12:30")
    page.locator("input[name=to]").fill("2026-01-02T12:30")
    page.get_by_role("button", name="Apply").click()
    seven_to_seven = "from=2026-01-01T07%3A00%3A00.000Z&to=2026-01-02T07%3A00%3A00.000Z"
    expect(page).to_have_url(re.compile(re.escape(seven_to_seven)))
    page.get_by_text("Nothing in this period. Choose a longer one.").first.wait_for()
    expect(page.locator("[data-total=events] dd")).to_have_text("0")


def test_csv_is_the_table(filled: CollectorProcess, page: Page) -> None:
    """With the full names."""
    page.goto(f"{filled.url}/admin/")
    page.locator("[data-chart=top_events] svg").wait_for()
    with page.expect_download() as download:
        chart(page, "top_events").get_by_role("link", name="CSV").click()
    lines = download.value.path().read_text().splitlines()
    assert [line.split(",")[:2] for line in lines] == [
        ["event", "events"],
        ["acme.run_query_button.click", "5"],
        ["acme.nav_button.click", "3"],
        ["acme.save_button.click", "1"],
    ]


def test_an_empty_store_says_what_to_paste(collector: CollectorProcess, page: Page) -> None:
    """And gives way to the charts with the first event."""
    page.goto(f"{collector.url}/admin/")
    page.get_by_role("heading", name="No events yet").wait_for()
    assert f'<script async src="{collector.url}/tracker.js"' in page.locator("pre").inner_text()
    assert f'data-write-key="{collector.write_key}"' in page.locator("pre").inner_text()
    send(collector, click("first", at=now()))
    page.locator("[data-total=events] dd", has_text="1").wait_for()
    expect(page.get_by_role("heading", name="No events yet")).to_be_hidden()


def test_names_from_the_network_are_text(collector: CollectorProcess, page: Page) -> None:
    """Markup in any name is shown, not run; the page stays whole."""
    bad = "<img src=x onerror=alert(1)>"
    send(collector, click("x", bad, page=bad, section=bad, app=bad, visitor=bad, at=now()))
    page.goto(f"{collector.url}/admin/?tables=events_over_time,pages_by_sections,top_events")
    page.locator("#entries tr").wait_for()
    page.locator("[data-chart=top_events] tbody tr").wait_for()
    assert bad in page.locator("#entries").inner_text()
    assert page.locator("img").count() == 0


def test_everything_works_from_the_keyboard(filled: CollectorProcess, page: Page) -> None:
    """Tab reaches the charts' tables, Space opens one, arrows choose the period."""
    page.goto(f"{filled.url}/admin/")
    page.locator("[data-chart=top_events] svg").wait_for()
    page.get_by_label("24 hours").focus()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("period=7d"))
    button = chart(page, "top_events").get_by_role("button", name="Table")
    for _ in range(40):
        if button.evaluate("button => button === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(chart(page, "top_events").get_by_role("table")).to_be_visible()
