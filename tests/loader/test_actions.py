"""What elements with ``data-track`` capture, and what they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.loader.visit import scopes

if TYPE_CHECKING:
    from tests.loader.site import Site
    from tests.loader.visit import Visit

PAGE = """
<track-page name="explorer"><track-section name="toolbar"><track-section name="filters">
  <button data-track="run_button" data-track-properties='{"action":"run","count":2}'><b>Run</b></button>
  <button>untracked</button>
</track-section></track-section></track-page>
"""


def test_a_click_carries_its_scopes_properties_time_and_visit(visit: Visit) -> None:
    """A fact has all that is known at the instant of the click."""
    visit.open(PAGE)
    before = visit.run("Date.now()")
    visit.page.click("b")
    after = visit.run("Date.now()")
    [view, click] = visit.leave("explorer", "run_button.click")
    assert click["kind"] == "track"
    assert click["properties"] == {"action": "run", "count": 2}
    assert before <= click["at"] <= after
    assert scopes(click) == ["page:explorer", "section:toolbar", "section:filters"]
    assert click["visit"] == view["visit"]
    assert set(click["visit"]) == {"anonymousId", "sessionId"}
    assert len(click["id"]) == 36


def test_what_is_not_marked_is_not_captured(visit: Visit) -> None:
    """A click on an element without ``data-track`` around it is nobody's business."""
    visit.open(PAGE)
    visit.page.click("text=untracked")
    visit.page.keyboard.press("a")
    visit.leave("explorer")


def test_elements_have_actions_of_their_own(visit: Visit) -> None:
    """A form submits, a field changes, a button in a form is clicked, a link is not a field."""
    visit.open("""
      <form data-track="search_form" onsubmit="event.preventDefault()">
        <input data-track="term"><select data-track="kind"><option>a<option>b</select>
        <textarea data-track="note"></textarea>
        <input type="checkbox" data-track="exact">
        <input type="submit" data-track="go" value="Go">
      </form>
    """)
    visit.page.type("[data-track=term]", "x")
    visit.page.press("[data-track=term]", "Tab")
    visit.page.select_option("select", "b")
    visit.page.type("textarea", "y")
    visit.page.press("textarea", "Tab")
    visit.page.check("[data-track=exact]")
    visit.page.click("[data-track=go]")
    facts = visit.leave(
        *("term.change", "kind.change", "note.change", "exact.change"),
        *("go.click", "search_form.submit"),
    )
    assert all("properties" not in fact for fact in facts)


def test_the_innermost_tracked_element_is_the_one_clicked(visit: Visit) -> None:
    """One click is one event, however many elements around it are tracked."""
    visit.open('<div data-track="card"><p>text</p><button data-track="remove">x</button></div>')
    visit.page.click("button")
    visit.page.click("p")
    visit.leave("remove.click", "card.click")


def test_data_track_on_names_the_actions(visit: Visit) -> None:
    """Events that do not bubble, custom events, and elements that come later are heard too."""
    visit.open("""
      <details data-track="help" data-track-on="click toggle"><summary>Help</summary>…</details>
      <p id="late"></p><button>other</button>
    """)
    visit.page.click("summary")
    visit.run("""() => {
      late.innerHTML = '<i data-track="widget" data-track-on="widget-opened">w</i>';
    }""")
    visit.page.click("text=other")
    visit.run("() => late.firstChild.dispatchEvent(new Event('widget-opened'))")
    visit.page.click("i")
    visit.leave("help.click", "help.toggle", "widget.widget-opened")


def test_a_shortcut_is_captured_and_other_keys_are_not(visit: Visit) -> None:
    """``data-track-keys`` filters; what is typed is not in the fact."""
    visit.open('<div data-track="run_query" data-track-keys="Mod+Enter"><input></div>')
    visit.page.focus("input")
    for keys in ("h", "Enter", "Shift+Enter", "Control+Shift+Enter", "Control+Enter"):
        visit.page.keyboard.press(keys)
    visit.page.click("input")
    [fact] = visit.leave("run_query.keydown")
    assert "Enter" not in str(fact)


def test_shadow_roots_are_looked_into(visit: Visit, site: Site) -> None:
    """Clicks, and changes and submits that never leave the root, with the scopes on both sides."""
    visit.open(
        """
        <track-page name="settings"><my-panel><button data-track="slotted">s</button></my-panel></track-page>
        <script>
          customElements.define("my-panel", class extends HTMLElement {
            connectedCallback() {
              this.attachShadow({mode: "open"}).innerHTML = `
                <track-section name="panel">
                  <button data-track="inner">i</button>
                  <form data-track="form" onsubmit="event.preventDefault()">
                    <input type="checkbox" data-track="box"><button id="send">send</button>
                  </form>
                  <slot></slot>
                </track-section>`;
            }
          });
        </script>
        """
    )
    visit.page.click("[data-track=inner]")
    visit.page.check("[data-track=box]")
    visit.page.click("#send")
    visit.page.click("[data-track=slotted]")
    facts = visit.leave("settings", "inner.click", "box.change", "form.submit", "slotted.click")
    for fact in facts[1:]:
        assert scopes(fact) == ["page:settings", "section:panel"]


def test_a_click_that_removes_its_own_section_still_names_it(visit: Visit) -> None:
    """The scopes are read before anybody else hears of the click."""
    visit.open("""
      <track-page name="explorer"><track-section name="dialog">
        <button data-track="close">x</button>
      </track-section></track-page>
      <script>
        document.querySelector("button").onclick = () => document.querySelector("track-page").remove();
      </script>
    """)
    visit.page.click("button")
    [_, click] = visit.leave("explorer", "close.click")
    assert scopes(click) == ["page:explorer", "section:dialog"]


def test_events_reach_the_page_unaltered(visit: Visit) -> None:
    """The page can still stop, prevent and count them."""
    visit.open("""
      <form data-track="f" onsubmit="window.submits = (window.submits ?? 0) + 1; event.preventDefault()">
        <button data-track="b" onclick="window.stopped = event.defaultPrevented; event.stopPropagation()">b</button>
      </form>
    """)
    visit.page.click("button")
    assert visit.run("[window.submits, window.stopped]") == [1, False]
    visit.leave("b.click", "f.submit")
