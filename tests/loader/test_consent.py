"""Nobody is tracked who has not agreed where that is required, or who has objected."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.loader.visit import FACTS_ON_DISK, Visit

if TYPE_CHECKING:
    from tests.loader.site import Site

CLICK = '<track-page name="explorer"><button data-track="run">Run</button></track-page>'
REQUIRED = 'data-app="acme_webapp" data-consent="required"'
GPC = "Object.defineProperty(navigator, 'globalPrivacyControl', { value: true });"
DNT = "Object.defineProperty(navigator, 'doNotTrack', { value: '1' });"
NO_STORAGE = "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } });"
NO_PYTHON = ("/assets/pyodide-", "/assets/python")


def hears_of_nobody(site: Site) -> bool:
    """Whether the site was asked for its pages and the loader alone, and sent nothing."""
    return site.requests == [] and {path for path in site.gets if "assets" in path} == set()


def open_and_click(visit: Visit, attributes: str = REQUIRED) -> None:
    """Open a page, view it, click in it, and say who it is."""
    visit.open(CLICK, tag=visit.site.tag(attributes))
    visit.run("() => tracker.identify('user-1')")
    visit.page.click("button")


def test_before_the_visitor_decides_nothing_is_stored_or_sent(visit: Visit, site: Site) -> None:
    """Nor asked for; and when the page is left, what was held is gone."""
    open_and_click(visit)
    visit.run("() => tracker.flush()")
    assert visit.run("tracker.consent()") == "required"
    assert visit.run("({ ...localStorage })") == {}
    assert visit.databases() == []
    assert visit.storage() == {}
    assert hears_of_nobody(site)


def test_what_was_held_is_delivered_when_consent_is_granted(visit: Visit, site: Site) -> None:
    """With the times of the events, and as what they were: the view came before the user was known."""
    open_and_click(visit)
    before = visit.run("Date.now()")
    visit.run("() => new Promise((resolve) => setTimeout(resolve, 20))")
    visit.run("() => { tracker.consent('granted'); tracker.track('later'); }")
    view, _, click, later = site.wait_for("explorer", "identify", "run.click", "later")
    assert view["at"] <= click["at"] <= before < later["at"]
    assert "userId" not in view["visit"]
    assert click["visit"] == later["visit"] == view["visit"] | {"userId": "user-1"}
    stored = visit.storage()
    assert stored["tracker.consent"] == "granted"
    assert json.loads(stored["tracker"])["anonymousId"] == view["visit"]["anonymousId"]


def test_a_decision_counts_on_the_next_page(visit: Visit, site: Site) -> None:
    """Without being asked for, and for the same visitor."""
    visit.open(CLICK, tag=site.tag(REQUIRED))
    visit.run("() => tracker.consent('granted')")
    visit.open(CLICK, tag=site.tag(REQUIRED))
    assert visit.run("tracker.consent()") == "granted"
    first, second = visit.leave("explorer", "explorer")
    assert first["visit"] == second["visit"]


def test_after_denial_nothing_is_captured_sent_or_stored(visit: Visit, site: Site) -> None:
    """Neither on this page nor on the next; the decision alone is remembered."""
    open_and_click(visit)
    visit.run("() => { tracker.consent('denied'); tracker.track('e'); tracker.flush(); }")
    assert visit.run("tracker.consent()") == "denied"
    open_and_click(visit)
    assert visit.storage() == {"tracker.consent": "denied"}
    assert visit.databases() == []
    assert hears_of_nobody(site)


def test_denial_erases_what_waits_wherever_it_is(visit: Visit, site: Site) -> None:
    """In the spool, in IndexedDB, in journals; the visitor's id goes, too, and never comes back."""
    site.refused = NO_PYTHON
    site.statuses = [503] * 1000
    visit.open(
        CLICK,
        head="""<script>
          window.stored = 0;
          document.addEventListener("tracker:stored", ({ detail }) => { stored += detail.length; });
          localStorage["tracker:https://other.example/v1/raw?writeKey=k#p"] = "{}";
          localStorage.theme = "dark";
        </script>""",
        tag=site.tag('data-app="acme_webapp" data-debug'),
    )
    visit.page.click("button")
    visit.page.wait_for_function("stored === 2")
    before = json.loads(visit.run("localStorage.tracker"))["anonymousId"]
    visit.run("() => tracker.consent('denied')")
    visit.page.wait_for_function(FACTS_ON_DISK + ".then((count) => count === 0)")
    assert visit.run("({ ...localStorage })") == {"theme": "dark", "tracker.consent": "denied"}
    visit.page.click("button")
    site.requests.clear()
    site.statuses.clear()
    visit.run("() => { tracker.consent('granted'); tracker.track('new'); tracker.flush(); }")
    facts = site.wait_for("explorer", "new")
    visit.page.goto("about:blank")
    visit.open("", tag=site.tag())
    visit.run("() => tracker.track('last')")
    facts = visit.leave("explorer", "new", "last")
    assert {fact["visit"]["anonymousId"] for fact in facts} != {before}
    assert len({fact["visit"]["anonymousId"] for fact in facts}) == 1


def test_other_tabs_follow_at_once(visit: Visit, site: Site) -> None:
    """Granted in one, both deliver and share the visitor; denied in one, both are silent."""
    visit.open("", tag=site.tag(REQUIRED))
    other = Visit(visit.page.context.new_page(), site)
    other.open("", tag=site.tag(REQUIRED))
    other.run("() => tracker.track('held.there')")
    visit.run("() => { tracker.track('held.here'); tracker.consent('granted'); }")
    held = site.wait_for_count(2)
    assert {fact["name"] for fact in held} == {"held.here", "held.there"}
    other.page.wait_for_function("tracker.consent() === 'granted'")
    visit.run("() => tracker.track('here')")
    other.run("() => tracker.track('there')")
    facts = {fact["name"]: fact for fact in site.wait_for_count(4)}
    assert facts["here"]["visit"] == facts["there"]["visit"] == facts["held.here"]["visit"]

    other.run("() => tracker.consent('denied')")
    visit.page.wait_for_function("tracker.consent() === 'denied'")
    visit.run("() => tracker.track('not.tracked')")
    assert visit.storage() == {"tracker.consent": "denied"}
    other.page.goto("about:blank")
    assert {fact["name"] for fact in site.facts()} == facts.keys()
    assert other.errors == []


@pytest.mark.parametrize("signal", [GPC, DNT], ids=["Global Privacy Control", "Do Not Track"])
def test_the_browsers_objection_is_denial(visit: Visit, site: Site, signal: str) -> None:
    """What was stored before the visitor turned it on is erased."""
    visit.page.goto(site.url + "/empty")
    visit.run("() => { localStorage.tracker = JSON.stringify({ anonymousId: 'a' }); }")
    visit.page.add_init_script(signal)
    open_and_click(visit, 'data-app="acme_webapp"')
    assert visit.run("tracker.consent()") == "denied"
    assert visit.storage() == {}
    assert hears_of_nobody(site)


def test_what_the_visitor_says_here_stands_above_the_signal(visit: Visit, site: Site) -> None:
    """The views of the time before are not told; the one that is open begins with the consent."""
    visit.page.add_init_script(GPC)
    visit.open(CLICK)
    visit.run("() => { tracker.page('home', { plan: 'pro' }); tracker.track('unseen'); }")
    visit.run("() => { window.granted = Date.now(); tracker.consent('granted'); }")
    views: list[dict[str, Any]] = site.wait_for("home", "explorer")
    assert all(view["at"] >= visit.run("granted") for view in views)
    assert views[0]["properties"] == {"plan": "pro"}
    visit.open(CLICK)
    assert visit.run("tracker.consent()") == "granted"


def be_away_while(visit: Visit, what: str) -> None:
    """Hide the page, evaluate, and show it again, as when the visitor is in the browser's settings."""
    visit.run(f"""() => {{
      const show = (hidden) => {{
        Object.defineProperty(document, "hidden", {{ value: hidden, configurable: true }});
        document.dispatchEvent(new Event("visibilitychange", {{ bubbles: true }}));
      }};
      show(true);
      {what}
      show(false);
    }}""")


def test_an_objection_that_comes_while_the_page_is_open_counts_when_the_visitor_is_back(
    visit: Visit, site: Site
) -> None:
    """It erases what the page and its storage have of the visitor, and nothing is captured after it."""
    site.refused = NO_PYTHON
    visit.open(CLICK)
    visit.page.click("button")
    assert "tracker" in visit.run("({ ...localStorage })")
    be_away_while(visit, GPC.replace("value", "configurable: true, value"))
    assert visit.run("tracker.consent()") == "denied"
    visit.page.click("button")
    site.wait_for("explorer", "run.click")
    assert visit.storage() == {}
    visit.page.goto("about:blank")
    assert [fact["name"] for fact in site.facts()] == ["explorer", "run.click"]


@pytest.mark.parametrize("storage", ["", NO_STORAGE], ids=["stored", "without storage"])
def test_a_decision_stands_above_a_signal_that_comes_later(
    visit: Visit, site: Site, storage: str
) -> None:
    visit.page.add_init_script(storage)
    visit.open(CLICK)
    visit.run("() => tracker.consent('granted')")
    be_away_while(visit, GPC)
    assert visit.run("tracker.consent()") == "granted"
    visit.page.click("button")
    visit.leave("explorer", "run.click")


def test_a_site_may_ignore_the_signals(visit: Visit, site: Site) -> None:
    """Where the law and the visitor's expectation allow it, such as in a company's own tools."""
    visit.page.add_init_script(GPC + DNT)
    visit.open(CLICK, tag=site.tag('data-app="acme_webapp" data-ignore-privacy-signals'))
    assert visit.run("tracker.consent()") == "granted"
    visit.leave("explorer")


def test_the_opposite_signal_is_no_consent(visit: Visit, site: Site) -> None:
    """``0`` says that the visitor does not object, which is not what was required."""
    visit.page.add_init_script(DNT.replace("'1'", "'0'") + GPC.replace("true", "false"))
    visit.open(CLICK, tag=site.tag(REQUIRED))
    assert visit.run("tracker.consent()") == "required"
    visit.open(CLICK)
    visit.leave("explorer")


@pytest.mark.parametrize("word", ["'yes'", "true", "{}", "'GRANTED'"])
def test_another_word_changes_nothing_and_is_said(visit: Visit, site: Site, word: str) -> None:
    """It would be bad to guess."""
    visit.open(CLICK, tag=site.tag(REQUIRED))
    assert visit.run(f"tracker.consent({word})") == "required"
    assert visit.storage() == {}
    assert hears_of_nobody(site)
    assert sum("consent is granted or denied" in each for each in visit.warnings) == 1


def test_a_decision_made_before_the_script_has_loaded_counts(visit: Visit, site: Site) -> None:
    """It waits in the queue of the snippet with the other calls."""
    queue = "<script>window.tracker = { q: [['consent', ['granted'], Date.now()]] }</script>"
    visit.open(CLICK, head=queue, tag=site.tag(REQUIRED))
    site.wait_for("explorer")
    assert visit.run("tracker.consent()") == "granted"
