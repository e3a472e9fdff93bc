"""From the click to the chart: what a visitor does in the demo is seen on the admin site."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.collector_process import CollectorProcess
    from tests.e2e.visitor import Visitor

# Columns and rows change their order as the counts grow, so a cell is found and read at one instant.
CELL_IS = """([page, section, count]) => {
    const table = document.querySelector("[data-chart=pages_by_sections] table");
    const column = [...table?.tHead.rows[0].cells ?? []].findIndex((cell) => cell.textContent === section);
    const row = [...table?.tBodies[0].rows ?? []].find((row) => row.cells[0].textContent === page);
    return row?.cells[column]?.textContent === count;
}"""


@pytest.fixture
def admin(browser: Browser, collector: CollectorProcess) -> Iterator[Page]:
    """Yield the admin site with the tables of its charts open, in a browser profile of its own."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{collector.url}/admin/?tables=events_over_time,pages_by_sections,top_events")
    expect(page.locator("#status")).to_have_attribute("data-state", "live")
    yield page
    context.close()


def test_a_click_appears_in_the_live_list_as_it_arrives(visitor: Visitor, admin: Page) -> None:
    """With its page and its section, without anybody having asked again."""
    visitor.open("explorer")
    visitor.click("run_query_button", section="page_footer")
    line = admin.locator("#entries tr", has_text="run_query_button.click")
    expect(line).to_have_count(1)
    expect(line).to_contain_text("explorer")
    expect(line).to_contain_text("page_footer")


def test_a_click_is_counted_in_the_charts_under_its_page_and_section(
    visitor: Visitor, admin: Page
) -> None:
    """Three clicks of one name in two sections: the tables beside the charts say which were where."""
    visitor.open("explorer")
    visitor.click("run_query_button", section="explorer_header")
    for _ in range(2):
        visitor.click("run_query_button", section="page_footer")
    visitor.settle()

    for section, count in [("explorer_header", "1"), ("page_footer", "2")]:
        admin.wait_for_function(CELL_IS, arg=["explorer", section, count])
    top = admin.locator("[data-chart=top_events] tbody tr", has_text="run_query_button.click")
    expect(top.locator("td").first).to_have_text("3")
