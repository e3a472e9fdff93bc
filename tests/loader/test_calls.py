"""``window.tracker``: identity, the queue, and calls that go wrong."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.loader.visit import Visit, scopes

if TYPE_CHECKING:
    from tests.loader.site import Site

DOCUMENT = Path(__file__).parents[2] / "docs" / "html.md"
[SNIPPET] = re.findall(r"^<script>\(t=>.*</script>$", DOCUMENT.read_text("utf-8"), re.MULTILINE)
LOAD = """(url) => {
  const script = document.createElement("script");
  script.src = url + "/tracker.js";
  Object.assign(script.dataset, { writeKey: "k", app: "acme_webapp" });
  document.head.append(script);
}"""

AT_TIMES = """(steps) => {
  window.done = Promise.all(steps.map(([at, method, argument]) => new Promise((resolve) => {
    setTimeout(() => {
      while (Date.now() < at);
      resolve(tracker[method](argument));
    }, at - Date.now() - 20);
  }))).then(() => "done");
}"""
"""Makes calls, each in the very millisecond that is named for it."""


def test_a_user_is_known_from_identify_on_and_never_before(visit: Visit) -> None:
    """Not even for a view that began in the same task."""
    visit.open("")
    visit.run("""() => {
      document.body.innerHTML = '<track-page name="before">x</track-page>';
      tracker.identify("user-1", { plan: "pro" });
      document.body.innerHTML = '<track-page name="after">x</track-page>';
      tracker.track("clicked");
      tracker.reset();
      tracker.track("anonymous");
    }""")
    before, identify, after, clicked, anonymous = visit.leave(
        "before", "identify", "after", "clicked", "anonymous"
    )
    assert "userId" not in before["visit"]
    assert (identify["userId"], identify["traits"]) == ("user-1", {"plan": "pro"})
    assert after["visit"]["userId"] == clicked["visit"]["userId"] == "user-1"
    assert after["visit"]["anonymousId"] == before["visit"]["anonymousId"]
    assert "userId" not in anonymous["visit"]
    assert anonymous["visit"]["anonymousId"] != before["visit"]["anonymousId"]


def test_users_come_and_go_in_all_tabs_at_once(visit: Visit, site: Site) -> None:
    """Whichever tab says so; what was captured before keeps whom it had."""
    visit.open("")
    other = Visit(visit.page.context.new_page(), site)
    other.open("")
    steps = [
        (other, "tracker.track('before')"),
        (visit, "tracker.identify('user-1')"),
        (other, "tracker.track('as.first')"),
        (other, "tracker.reset()"),
        (visit, "tracker.track('as.nobody')"),
        (visit, "tracker.identify('user-2')"),
        (other, "tracker.track('as.second')"),
    ]
    for tab, call in steps:
        tab.run(f"() => {{ {call}; }}")
        seen = tab.run("localStorage.tracker")
        for each in (visit, other):
            each.page.wait_for_function("text => localStorage.tracker === text", arg=seen)
    visits = {fact.get("name"): fact["visit"] for fact in site.wait_for_count(6)}
    users = {name: each.get("userId") for name, each in visits.items() if name}
    assert users == {"before": None, "as.first": "user-1", "as.nobody": None, "as.second": "user-2"}
    first, second = (visits[name]["anonymousId"] for name in ("as.first", "as.second"))
    assert visits["before"]["anonymousId"] == first
    assert visits["as.nobody"]["anonymousId"] == second != first
    assert other.errors == []


def test_tabs_that_act_in_the_same_millisecond_agree_on_the_visitor_afterwards(
    visit: Visit, site: Site
) -> None:
    """One says who it is or that it is nobody any more, as the other writes down that it is active."""
    visit.open("")
    other = Visit(visit.page.context.new_page(), site)
    other.open("")
    start, apart = visit.run("Date.now()") + 500, 1200  # activity is written once a second
    says: list[Any] = [("identify", "user-0"), ("reset", None)] * 2
    rounds = [(start + apart * n, method, argument) for n, (method, argument) in enumerate(says)]
    races = [(at, "track", "same.millisecond") for at, *_ in rounds]
    here = [(at + 300, "track", f"after.{n}") for n, (at, *_) in enumerate(rounds)]
    there = [(at + 100, *call) for at, *call in here]
    other.run(AT_TIMES, races + there)
    visit.run(AT_TIMES, rounds + here)
    assert visit.run("done") == other.run("done") == "done"
    facts = site.wait_for_count(2 + 4 + 2 * 4)

    known = [
        [fact["visit"] for fact in facts if fact.get("name") == f"after.{n}"]
        for n in range(len(says))
    ]
    assert all(here == there for here, there in known)
    visits = [here for here, _ in known]
    assert [each.get("userId") for each in visits] == ["user-0", None] * 2
    ids = [each["anonymousId"] for each in visits]
    assert ids[0] != ids[1] == ids[2] != ids[3]
    whose = {fact["visit"]["sessionId"]: fact["visit"]["anonymousId"] for fact in facts}
    assert all(whose[fact["visit"]["sessionId"]] == fact["visit"]["anonymousId"] for fact in facts)
    assert other.errors == []


def test_the_visitor_is_the_same_on_the_next_page(visit: Visit) -> None:
    """Visitor, user and session are the origin's, not the page's."""
    visit.open("")
    visit.run("() => tracker.identify('user-1')")
    visit.open("")
    visit.run("() => tracker.track('e')")
    identify, later = visit.leave("identify", "e")
    assert later["visit"] == identify["visit"] | {"userId": "user-1"}


def test_that_a_user_is_anonymised_is_remembered_until_another_word_or_user(visit: Visit) -> None:
    """On later pages too; what else was said of the user is not kept."""
    visit.open("")
    visit.run("""() => {
      tracker.identify("user-1", { email: "ada@example.com", is_tracking_anonymized: true });
      tracker.track("anonymised");
    }""")
    visit.open("")
    kept = visit.run("() => { tracker.identify('user-1'); return localStorage.tracker; }")
    visit.run("""() => {
      tracker.track("still");
      tracker.identify("user-1", { is_tracking_anonymized: false });
      tracker.track("taken.back");
      tracker.identify("user-1", { is_tracking_anonymized: true });
      tracker.identify("user-2", { plan: "pro" });
      tracker.track("another");
      tracker.identify("user-2", { is_tracking_anonymized: true });
      tracker.reset();
      tracker.track("nobody");
    }""")
    visit.page.goto("about:blank")
    facts = visit.site.wait_for_count(11)
    said = {
        fact["name"]: fact["visit"].get("is_tracking_anonymized")
        for fact in facts
        if "name" in fact
    }
    assert said == {
        "anonymised": True,
        "still": True,
        "taken.back": False,
        "another": None,
        "nobody": None,
    }
    assert json.loads(kept).keys() == {"anonymousId", "userId", "is_tracking_anonymized"}


def test_group_and_alias_have_their_ids(visit: Visit) -> None:
    """An alias is of the anonymous visitor unless it says of whom."""
    visit.open("")
    visit.run("""() => {
      tracker.group("org-1", { seats: 3 });
      tracker.alias("user-1");
      tracker.alias("user-2", "user-1");
    }""")
    group, first, second = visit.leave("group", "alias", "alias")
    assert (group["groupId"], group["traits"]) == ("org-1", {"seats": 3})
    assert (first["userId"], first["previousId"]) == ("user-1", first["visit"]["anonymousId"])
    assert (second["userId"], second["previousId"]) == ("user-2", "user-1")


def test_the_queue_is_replayed_with_the_times_of_its_calls(visit: Visit) -> None:
    """In its order, on the page that is open, and functions taken from the stub go on to work."""
    visit.open(
        '<track-page name="explorer">x</track-page>',
        head=SNIPPET
        + """<script>
          const { track } = tracker;
          window.called = Date.now();
          tracker.identify("user-1");
          track("early", { n: 1 });
          while (Date.now() < called + 30);
        </script>""",
    )
    visit.run("() => track({ name: 'late' })")
    identify, early, view, late = visit.leave("identify", "early", "explorer", "late")
    called = early["at"]
    assert identify["at"] <= called <= view["at"] - 29
    assert early["properties"] == {"n": 1}
    assert scopes(early) == ["page:explorer"]
    assert early["visit"]["userId"] == view["visit"]["userId"] == "user-1"
    assert scopes(late) == ["page:explorer"]


def test_clicks_before_the_script_has_loaded_are_replayed(visit: Visit, site: Site) -> None:
    """With their time and place, though they remove it; what is heard later is heard once."""
    site.html = f"""<!doctype html><link rel=icon href=data:,>{SNIPPET}
      <track-page name="explorer"><track-section name="toolbar">
        <button data-track="close" data-track-properties='{{"n": 1}}'>Close</button>
      </track-section></track-page>
      <form data-track="search"><input data-track="query"></form><button id="none">x</button>
      <script>
        document.querySelector("button").onclick = (event) => event.target.parentNode.remove();
        document.querySelector("form").onsubmit = (event) => event.preventDefault();
      </script>"""
    visit.page.goto(site.url)
    visit.page.click("text=Close")
    visit.page.fill("input", "words")
    visit.page.press("input", "Enter")
    visit.page.click("#none")
    before = visit.run("Date.now()")
    visit.run(LOAD, site.url)
    visit.page.wait_for_function("tracker.version")
    visit.page.fill("input", "more words")
    visit.page.press("input", "Enter")
    early = ["close.click", "query.change", "search.submit"]
    facts = visit.leave(*early, "explorer", "query.change", "search.submit")
    assert scopes(facts[0]) == ["page:explorer", "section:toolbar"]
    assert facts[0]["properties"] == {"n": 1}
    assert all(fact["at"] <= before for fact in facts[:3])
    assert all(fact["at"] >= before for fact in facts[3:])


def test_where_the_script_never_comes_the_line_forgets_what_is_too_much(visit: Visit) -> None:
    """It must not fill the memory of a page whose visitor has blocked the tracker."""
    visit.site.html = f"<!doctype html><link rel=icon href=data:,>{SNIPPET}<button>x</button>"
    visit.page.goto(visit.site.url)
    visit.run("() => { for (let n = 0; n < 1000; n++) document.querySelector('button').click(); }")
    assert visit.run("tracker.q.length") == 100


@pytest.mark.parametrize(
    ("script", "warning"),
    [
        ("tracker.track()", "track needs a name or id"),
        ("tracker.track({ properties: {} })", "track needs a name or id"),
        ("tracker.track(7)", "track needs a name or id"),
        ("tracker.page({ type: 'modal' })", "page needs a name or id"),
        ("tracker.identify()", "identify needs a name or id"),
        ("tracker.identify({ plan: 'pro' })", "identify needs a name or id"),
        ("tracker.group(null)", "group needs a name or id"),
        ("tracker.useTracking(null).track()", "track needs a name or id"),
        ("tracker.useTracking('not an element')", None),
        ("tracker.q.push(['nothing', []])", "Not tracked"),
        ("tracker.q.push(null)", "Not tracked"),
        ("tracker.track('e', { big: 'x'.repeat(40000) })", "Needs JSON under 32 KB"),
    ],
)
def test_a_call_that_cannot_be_tracked_is_said_once_and_not_thrown(
    visit: Visit, script: str, warning: str | None
) -> None:
    """The page goes on; the console says what to mend."""
    visit.open("")
    visit.run(f"() => {{ {script}; {script}; tracker.track('after'); }}")
    visit.page.goto("about:blank")
    visit.site.wait_for_requests(1)
    assert visit.site.names()[-1] == "after"
    said = [each for each in visit.warnings if "No Python" not in each]
    assert [warning in each for each in said if warning] == ([True] if warning else [])
    assert len(said) == (1 if warning else 0)


@pytest.mark.parametrize(
    "properties",
    [
        "{ big: 10n }",
        "(() => { const a = {}; a.a = a; return a; })()",
        "{ text: 'x'.repeat(40_000) }",
    ],
)
def test_properties_that_are_no_json_do_not_cost_the_event(visit: Visit, properties: str) -> None:
    """It is true without them."""
    visit.open("")
    visit.run(f"() => {{ tracker.track('e', {properties}); tracker.track('e', {properties}); }}")
    first, _ = visit.leave("e", "e")
    assert "properties" not in first
    assert sum("Needs JSON" in each for each in visit.warnings) == 1


def test_malformed_markup_never_throws(visit: Visit, site: Site) -> None:
    """Each mistake is said once; the events that can be made of it are made."""
    visit.open("""
      <track-page><track-section>
        <button data-track="a" data-track-properties="{not json" data-track-keys=" + + ">a</button>
        <button data-track="b" data-track-on="  ">b</button>
        <button data-track="c" data-track-properties="{not json">c</button>
        <button data-track="">d</button>
        <svg data-track="e" width="9" height="9"><rect width="9" height="9"></rect></svg>
      </track-section></track-page>
    """)
    for selector in ("text=a", "text=b", "text=c", "text=d", "svg"):
        visit.page.click(selector)
    visit.page.focus("text=a")
    visit.page.keyboard.press("+")
    facts = visit.leave("c.click", "e.click")
    assert [scopes(fact) for fact in facts] == [[], []]
    said = [each for each in visit.warnings if "No Python" not in each]
    assert sorted(each.split("[tracker] ")[1].split(".")[0].split(":")[0] for each in said) == [
        "Needs JSON under 32 KB",
        "page needs a name or id",
        "section needs a name or id",
    ]


def test_a_second_copy_does_nothing_but_say_so(visit: Visit) -> None:
    """No element is defined twice and no click counted twice."""
    visit.open(
        '<track-page name="a"><button data-track="b">b</button></track-page>',
        tag=visit.site.tag().replace("async ", "") * 2,
    )
    visit.page.click("button")
    visit.leave("a", "b.click")
    assert sum("Loaded twice" in each for each in visit.warnings) == 1


@pytest.mark.parametrize("attributes", ['data-app=""', "data-no-app"])
def test_without_its_settings_nothing_is_tracked_and_nothing_breaks(
    visit: Visit, site: Site, attributes: str
) -> None:
    """The calls are there, and harmless; the console says which attribute is missing."""
    visit.open('<track-page name="a">x</track-page>', tag=site.tag(attributes))
    visit.run("() => { tracker.track('e'); tracker.flush(); tracker.useTracking().track('f'); }")
    visit.page.goto("about:blank")
    visit.page.goto(site.url + "/other")
    assert site.requests == []
    assert any("data-write-key, data-app" in each for each in visit.warnings)


def test_a_page_without_storage_still_has_one_visitor(visit: Visit) -> None:
    """What is remembered is remembered in memory."""
    visit.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('denied'); } })"
    )
    visit.open('<track-page name="a">x</track-page>')
    visit.run("() => { tracker.identify('user-1'); tracker.track('e'); }")
    view, _, event = visit.leave("a", "identify", "e")
    assert event["visit"] == view["visit"] | {"userId": "user-1"}
