"""Which views there are, and to which page a call without an element belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.loader.visit import scopes

if TYPE_CHECKING:
    from tests.loader.visit import Visit

TRACK = "() => tracker.track('e')"


def test_a_view_is_captured_once_however_often_the_element_is_touched(visit: Visit) -> None:
    """Moves, a removal undone in the same task, and attributes set again are no views."""
    visit.open(
        '<div id="a"><track-page name="explorer" category="data">x</track-page></div><div id="b"></div>'
    )
    visit.run("""async () => {
      const page = document.querySelector("track-page");
      b.append(page);
      page.remove();
      a.append(page);
      page.remove();
      await Promise.resolve();
      a.append(page);
      page.setAttribute("name", "explorer");
      page.setAttribute("class", "wide");
    }""")
    visit.run(TRACK)
    [view, _] = visit.leave("explorer", "e")
    assert view["kind"] == "page"
    assert view["category"] == "data"
    assert view["path"] == [{"page": {"name": "explorer", "category": "data"}}]


def test_another_name_type_or_category_is_another_view(visit: Visit) -> None:
    """Attributes that change together make one view."""
    visit.open('<track-page name="a">x</track-page>')
    visit.run("() => document.querySelector('track-page').setAttribute('name', 'b')")
    visit.run("""() => {
      const page = document.querySelector("track-page");
      page.setAttribute("name", "c");
      page.setAttribute("category", "settings");
    }""")
    visit.run("() => document.querySelector('track-page').setAttribute('type', 'modal')")
    facts = visit.leave("a", "b", "c", "c")
    assert facts[2]["path"] == [{"page": {"name": "c", "category": "settings"}}]
    assert facts[3]["path"][0]["page"]["type"] == "modal"


def test_a_page_made_by_script_is_one_view(visit: Visit) -> None:
    """Whether its attributes are set before or after it is connected."""
    visit.open("")
    visit.run("""() => {
      const page = document.createElement("track-page");
      document.body.append(page);
      page.setAttribute("type", "modal");
      page.setAttribute("name", "late");
    }""")
    visit.leave("late")
    assert not any("needs a name" in each for each in visit.warnings)


def test_a_modal_is_a_view_at_each_opening_and_gives_the_page_beneath_back(visit: Visit) -> None:
    """Whether it opens by being connected, or by being shown."""
    visit.open("""
      <track-page name="explorer">x</track-page>
      <track-page name="settings" type="modal" hidden>y</track-page>
    """)
    visit.run(TRACK)
    visit.run("() => { document.querySelector('[type=modal]').hidden = false; }")
    visit.run(TRACK)
    visit.run("() => { document.querySelector('[type=modal]').hidden = true; tracker.track('e'); }")
    visit.run("() => { document.querySelector('[type=modal]').hidden = false; }")
    visit.run("() => { window.modal = document.querySelector('[type=modal]'); modal.remove(); }")
    visit.run(TRACK)
    visit.run("() => { document.body.append(modal); tracker.track('e'); }")
    facts = visit.leave(
        *("explorer", "e", "settings", "e", "e", "settings", "e", "settings", "e"),
    )
    pages = [scopes(fact) for fact in facts if fact["kind"] == "track"]
    explorer, settings = ["page:explorer"], ["page:settings"]
    assert pages == [explorer, settings, explorer, explorer, settings]


def test_pages_in_a_hidden_page_are_hidden(visit: Visit) -> None:
    """A tab's page in a closed modal is seen when the modal opens."""
    visit.open("""
      <track-page name="modal" type="modal" hidden><track-page name="tab">x</track-page></track-page>
    """)
    visit.run("() => { document.querySelector('track-page').hidden = false; }")
    visit.run("() => { document.querySelector('track-page').hidden = true; }")
    visit.run(TRACK)
    facts = visit.leave("modal", "tab", "e")
    assert scopes(facts[1]) == ["page:modal", "page:tab"]
    assert scopes(facts[2]) == []


def test_calls_outside_all_page_elements_have_the_page_that_was_set(visit: Visit) -> None:
    """``tracker.page()`` is beneath all ``<track-page>`` elements."""
    visit.open("""
      <track-section name="header"><button data-track="menu">m</button></track-section>
      <track-page name="modal" type="modal" hidden>y</track-page>
    """)
    visit.page.click("button")
    visit.run(
        "() => tracker.page({ name: 'home', category: 'start', properties: { plan: 'pro' } })"
    )
    visit.page.click("button")
    visit.run(TRACK)
    visit.run("() => { document.querySelector('track-page').hidden = false; }")
    visit.run(TRACK)
    visit.page.click("button")
    facts = visit.leave("menu.click", "home", "menu.click", "e", "modal", "e", "menu.click")
    assert facts[1]["properties"] == {"plan": "pro"}
    assert facts[1]["path"] == [{"page": {"name": "home", "category": "start"}}]
    assert [scopes(fact) for fact in facts] == [
        ["section:header"],
        ["page:home"],
        ["page:home", "section:header"],
        ["page:home"],
        ["page:modal"],
        ["page:modal"],
        ["page:home", "section:header"],
    ]


def test_a_handle_keeps_the_place_where_it_was_made(visit: Visit) -> None:
    """Also when its element is gone, and nobody can change it."""
    visit.open("""
      <track-page name="explorer"><track-section name="chart"><p>x</p></track-section></track-page>
    """)
    visit.run("""() => {
      const tracking = tracker.useTracking(document.querySelector("p"));
      window.handle = tracking;
      document.querySelector("track-page").remove();
      const { track } = tracking;
      track({ name: "chart.rendered", properties: { rows: 3 } });
    }""")
    assert visit.run("Object.isFrozen(handle)")
    [_, fact] = visit.leave("explorer", "chart.rendered")
    assert scopes(fact) == ["page:explorer", "section:chart"]
    assert fact["properties"] == {"rows": 3}


def test_wrapping_changes_no_layout_and_hides_when_hidden(visit: Visit) -> None:
    """In the document and in shadow roots, under a policy without inline styles."""
    visit.open(
        """
        <track-page name="a"><track-section name="b"><p id="p">x</p></track-section></track-page>
        <track-section id="hidden" name="c" hidden>y</track-section><div id="host"></div>
        """,
        head='<meta http-equiv="Content-Security-Policy" content="style-src \'none\'">',
    )
    visit.run("""() => {
      host.attachShadow({ mode: "open" }).innerHTML = "<track-section name=d>z</track-section>";
    }""")
    assert visit.run("""[p.parentElement, p.parentElement.parentElement, hidden, host.shadowRoot.firstChild]
      .map((element) => getComputedStyle(element).display)""") == [
        *("contents", "contents", "none", "contents"),
    ]
    visit.leave("a")
