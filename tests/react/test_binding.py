"""The React binding in a real page with React's own StrictMode, which mounts everything twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.loader.visit import scopes

if TYPE_CHECKING:
    from tests.loader.site import Fact
    from tests.loader.visit import Visit

ROOT = '<div id="root"></div>'


@pytest.fixture
def react(visit: Visit, application: str) -> Visit:
    """Open a page with the loader and the applications, none of which is rendered yet."""
    visit.open(ROOT)
    visit.page.add_script_tag(content=application)
    return visit


def named(facts: list[Fact], name: str) -> Fact:
    """Return the one fact of this name."""
    [found] = [fact for fact in facts if fact.get("name") == name]
    return found


def test_an_event_has_the_page_and_the_sections_that_are_around_its_component(
    react: Visit,
) -> None:
    react.run("render('Explorer')")
    react.page.click("#apply_button")
    facts = react.leave("explorer", "apply_button.click")

    assert scopes(facts[1]) == ["page:explorer", "section:toolbar", "section:filters"]


def test_a_page_is_viewed_once_however_often_it_renders(react: Visit) -> None:
    react.run("render('Explorer')")
    for _ in range(3):
        react.page.click("#again")

    react.leave("explorer")


def test_another_page_in_the_same_place_is_another_view(react: Visit) -> None:
    react.run("render('Routes')")
    react.page.click("#explorer")
    react.page.click("#next_button")
    react.page.click("#explorer")
    react.page.click("#welcome")
    facts = react.leave("welcome", "explorer", "next_button.click", "welcome")

    assert scopes(facts[2]) == ["page:explorer"]


def test_a_modal_in_a_portal_is_viewed_on_each_opening_and_keeps_what_is_around_it(
    react: Visit,
) -> None:
    """React's tree counts: the modal's element is a child of the body."""
    react.run("render('Explorer')")
    react.page.click("#modal")
    react.page.click("#invite_button")
    react.page.click("#modal")
    react.page.click("#apply_button")
    react.page.click("#modal")
    facts = react.leave(
        *("explorer", "organization_settings", "invite_button.click", "apply_button.click"),
        "organization_settings",
    )

    assert scopes(facts[2]) == [
        *("page:explorer", "section:toolbar", "page:organization_settings", "section:members")
    ]
    assert facts[2]["path"][2]["page"] == {
        "name": "organization_settings",
        "type": "modal",
        "category": "settings",
    }
    assert scopes(facts[3]) == ["page:explorer", "section:toolbar", "section:filters"]


def test_what_is_marked_in_the_markup_knows_the_scopes_too(react: Visit) -> None:
    react.run("render('Explorer')")
    react.page.click("#marked_filter")
    react.page.click("#modal")
    react.page.click("#marked")
    facts = react.leave_in_any_order(4)

    assert scopes(named(facts, "marked_filter.click")) == ["page:explorer", "section:toolbar"]
    assert scopes(named(facts, "marked_button.click")) == ["page:organization_settings"]


def test_scopes_of_the_page_around_the_application_count(react: Visit) -> None:
    react.run("""() => {
      document.body.innerHTML = `<track-page name="dashboards"><track-section name="main">
        <div id="root"></div></track-section></track-page>`;
      render('Button');
    }""")
    react.page.click("#lone_button")
    react.run("""() => {
      const root = document.createElement('div');
      document.querySelector('track-section').append(root);
      render('Modal', {}, root);
    }""")
    react.page.click("#invite_button")
    facts = react.leave_in_any_order(4)

    assert scopes(named(facts, "lone_button.click")) == ["page:dashboards"]
    assert scopes(named(facts, "invite_button.click")) == [
        *("page:dashboards", "section:main", "page:organization_settings", "section:members")
    ]


def test_a_handle_works_when_its_component_is_gone_and_stays_the_same_while_it_is_there(
    react: Visit,
) -> None:
    react.run("render('Explorer')")
    react.page.click("#again")
    react.page.click("#again")
    assert react.run("new Set(handles.slice(2)).size") == 1

    react.page.click("#remove")
    react.run("handles.at(-1).track('late_answer.receive', { rows: 3 })")
    facts = react.leave("explorer", "late_answer.receive")

    assert scopes(facts[1])[-2:] == ["section:toolbar", "section:filters"]
    assert facts[1]["properties"] == {"rows": 3}


def test_calls_before_the_loader_are_replayed_with_their_place_and_time(
    visit: Visit, application: str
) -> None:
    visit.open(ROOT, tag="<script>window.tracker = { version: 'none yet' }</script>")
    visit.page.add_script_tag(content=application)
    before = visit.run("delete window.tracker, render('Explorer'), Date.now()")
    visit.page.click("#apply_button")
    visit.run("handles.at(-1).identify('user-1')")
    after = visit.run("Date.now()")
    visit.page.wait_for_function(f"Date.now() > {after} + 50")
    visit.run(
        """tag => new Promise((resolve) => {
          const script = document.createElement('script');
          Object.assign(script, { src: tag.src, onload: resolve });
          Object.assign(script.dataset, { writeKey: 'k', app: 'acme_webapp' });
          document.head.append(script);
        })""",
        {"src": f"{visit.site.url}/tracker.js"},
    )
    facts = visit.leave_in_any_order(3)

    click = named(facts, "apply_button.click")
    assert scopes(click) == ["page:explorer", "section:toolbar", "section:filters"]
    assert before <= click["at"] <= after
    assert [fact["userId"] for fact in facts if fact["kind"] == "identify"] == ["user-1"]
    assert visit.warnings == []


@pytest.mark.parametrize("disabled", [{"enabled": False}, {"inner": False}])
def test_a_disabled_provider_is_silent_all_the_way_down(
    react: Visit, disabled: dict[str, bool]
) -> None:
    react.run("options => render('Explorer', options)", disabled)
    react.page.click("#apply_button")
    react.page.click("#modal")
    react.run("handles.at(-1).identify('user-1'); handles.at(-1).reset()")
    react.run("tracker.track('barrier.send')")

    react.leave("barrier.send")


@pytest.mark.parametrize("application_name", ["Button", "Routes"])
def test_without_a_provider_it_says_what_is_missing(react: Visit, application_name: str) -> None:
    react.run("name => render(name, { provider: false })", application_name)

    assert "<TrackingProvider>" in react.page.inner_text("output")
    react.errors.clear()  # React reports what a boundary has caught


@pytest.mark.parametrize("wrong", ["undefined", "null", "{}", "7"])
def test_a_wrong_call_is_said_in_the_console_and_throws_nothing(react: Visit, wrong: str) -> None:
    react.run("render('Explorer')")
    react.run(f"handles.at(-1).track({wrong})")

    assert "[tracker] track needs a name or id." in react.warnings
    react.leave("explorer")
