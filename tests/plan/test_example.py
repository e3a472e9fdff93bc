"""The example plan is complete for the demo: every name in its markup is planned."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

from examples.lightdash_like.names import CategoryName, EventName, PageName, SectionName
from examples.lightdash_like.plan import plan

DEMO = Path(__file__).parents[2] / "web" / "demo"

# What the loader takes for an element's own event (web/loader/actions.js).
ACTIONS = {"form": "submit", "input": "change", "select": "change", "textarea": "change"}


class Markup(HTMLParser):
    """Collects what the demo's markup tracks."""

    def __init__(self) -> None:
        super().__init__()
        self.events: set[str] = set()
        self.pages: set[tuple[str, str, str | None]] = set()
        self.sections: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if element := given.get("data-track"):
            keys = "keydown" if "data-track-keys" in given else None
            actions = given.get("data-track-on") or keys or ACTIONS.get(tag, "click")
            self.events |= {f"{element}.{action}" for action in actions.split()}
        if tag == "track-page":
            name, type_ = given.get("name") or "", given.get("type") or "page"
            self.pages.add((name, type_, given.get("category")))
        if tag == "track-section":
            self.sections.add(given.get("name") or "")


def test_what_the_demo_tracks_is_planned() -> None:
    markup = Markup()
    markup.feed((DEMO / "index.html").read_text("utf-8"))
    scripts = "".join(path.read_text("utf-8") for path in DEMO.glob("*.js"))
    pages = set(re.findall(r'page: "(\w+)"', scripts))

    assert len(markup.events) > 10
    for event in markup.events:
        assert plan.check_event(event).all == ()
    assert pages
    for name, type_, category in markup.pages | {(name, "page", None) for name in pages}:
        page = {"name": name, "type": type_, "category": category}
        assert plan.check({"type": "page", "name": name, "context": {"page": page}}).all == ()
    for section in markup.sections:
        assert plan.check({"type": "alias", "context": {"section": {"name": section}}}).all == ()


def test_what_the_customers_document_names_is_planned() -> None:
    assert PageName.WELCOME.value == "welcome"
    assert PageName.ORGANIZATION_SETTINGS.value == "organization_settings"
    assert CategoryName.SETTINGS.value == "settings"
    assert SectionName.PAGE_FOOTER.value == "page_footer"
    assert EventName.RUN_QUERY_BUTTON_CLICKED.value == "run_query_button.click"
    for event in ("create_project_button.click", "organization.created", "project.created"):
        assert [one.rule for one in plan.check_event(event).unplanned] == []


def test_every_page_of_a_url_is_planned_and_every_page_has_a_way_to_it() -> None:
    shown = {page.name for page in plan.rules.described_pages}

    assert set(PageName) - shown == {PageName.NOT_FOUND}
