"""What browsers do to a page: keep it for later, render it too early, kill it, change its clock."""

from __future__ import annotations

import subprocess
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Error

from tests.browser_finder import launch_arguments
from tests.loader.site import WAIT_SECONDS
from tests.loader.visit import Visit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.loader.site import Site

PAGE = '<track-page name="explorer"><button data-track="run">Run</button></track-page>'
NO_PYTHON = ("/assets/pyodide-", "/assets/python")
PERSISTED = """<script>
  addEventListener("pageshow", ({ persisted }) => { window.persisted = persisted; });
</script>"""
DEBUG = 'data-app="acme_webapp" data-debug'
STORED = """<script>
  window.stored = 0;
  document.addEventListener("tracker:stored", ({ detail }) => { stored += detail.length; });
</script>"""


@pytest.fixture
def caching_visit(browser: Browser, site: Site) -> Iterator[Visit]:
    """Yield a visit in a browser with a back/forward cache, which Playwright turns off by itself."""
    other = browser.browser_type.launch(
        **launch_arguments(), ignore_default_args=["--disable-back-forward-cache"]
    )
    visit = Visit(other.new_page(), site)
    yield visit
    other.close()
    assert visit.errors == []


@pytest.mark.parametrize(
    ("refused", "missing"),
    [
        (NO_PYTHON, "nothing"),
        (NO_PYTHON, "SharedWorker"),
        ((*NO_PYTHON, "/assets/worker-"), "nothing"),
    ],
    ids=["with a shared worker", "with a worker of its own", "without a worker"],
)
def test_a_page_that_comes_back_from_the_cache_is_viewed_once_more(
    caching_visit: Visit, site: Site, refused: tuple[str, ...], missing: str
) -> None:
    """Each open page, and what ``tracker.page`` said; the visitor and the document are the same."""
    visit = caching_visit
    site.refused = refused
    visit.page.add_init_script(f"delete window.{missing}")
    visit.open(PAGE + '<track-page name="closed" hidden>x</track-page>', head=PERSISTED)
    visit.run("() => { window.isSame = true; tracker.page('home', { plan: 'pro' }); }")
    visit.page.click("button")
    site.wait_for("explorer", "home", "run.click")
    visit.page.goto(site.url + "/empty")
    visit.page.go_back(wait_until="commit")
    visit.page.wait_for_function("window.persisted || !window.isSame")
    assert visit.run("[persisted, window.isSame]") == [True, True], "the page was loaded anew"
    facts = site.wait_for("explorer", "home", "run.click", "home", "explorer")
    assert [fact["properties"] for fact in facts if fact["name"] == "home"] == [{"plan": "pro"}] * 2
    assert len({fact["visit"]["anonymousId"] for fact in facts}) == 1
    visit.page.click("button")
    site.wait_for("explorer", "home", "run.click", "home", "explorer", "run.click")


def test_consent_denied_while_a_page_was_away_holds_when_it_comes_back(
    caching_visit: Visit, site: Site
) -> None:
    """A page in the cache hears of nothing."""
    visit = caching_visit
    visit.open(PAGE, head=PERSISTED)
    site.wait_for("explorer")
    visit.page.goto(site.url + "/empty")
    visit.run("() => { localStorage['tracker.consent'] = 'denied'; }")
    visit.page.go_back(wait_until="commit")
    visit.page.wait_for_function("window.persisted")
    assert visit.run("tracker.consent()") == "denied"
    visit.page.click("button")
    assert visit.storage() == {"tracker.consent": "denied"}
    assert site.names() == ["explorer"]


WAITING_ROOM = """<script type="speculationrules">
  { "prerender": [{ "urls": ["/next"], "eagerness": "immediate" }] }
</script>
<script>
  setInterval(async () => {
    const state = encodeURIComponent(JSON.stringify({ ...localStorage }));
    const answer = await fetch("/state/" + state);
    if ((await answer.text()) === "go") location.href = "/next";
  }, 100);
</script>"""
NOTHING = "/state/%7B%7D"
NEXT = (
    PAGE
    + """<script>
      const { prerendering } = document;
      tracker.identify("user-1");
      tracker.page("home", { prerendering });
      tracker.useTracking().track("early");
    </script>"""
)


@pytest.fixture
def waiting_room(browser: Browser, site: Site, tmp_path: Path) -> Iterator[Site]:
    """Yield the site in a browser of its own, which prerenders ``/next``: while anybody drives it, it does not."""
    site.pages |= {"/room": WAITING_ROOM, NOTHING: "wait"}
    site.pages["/next"] = site.tag().replace("async ", "") + NEXT
    arguments = launch_arguments()
    process = subprocess.Popen(
        [
            *(arguments["executable_path"], *arguments["args"], "--headless"),
            *([] if arguments["chromium_sandbox"] else ["--no-sandbox"]),
            *(f"--user-data-dir={tmp_path}", site.url + "/room"),
        ],
        stderr=subprocess.DEVNULL,
    )
    yield site
    process.kill()
    process.wait()


def wait_for_get(site: Site, path: str) -> None:
    """Return once the browser has asked for this, which a site without a tracker cannot tell us."""
    deadline = time.monotonic() + WAIT_SECONDS
    while path not in site.gets:
        assert time.monotonic() < deadline, f"nobody asked for {path}, only for {set(site.gets)}"
        time.sleep(0.05)


def test_a_prerendered_page_begins_when_it_is_seen(waiting_room: Site) -> None:
    """Before that it asks for nothing, stores nothing and captures nothing; its calls are not lost."""
    site = waiting_room
    wait_for_get(site, "/tracker.js")
    site.gets.clear()
    for _ in range(5):  # half a second
        wait_for_get(site, NOTHING)
        site.gets.remove(NOTHING)
    assert [path for path in site.gets if not path.startswith("/state/")] == []
    assert all(path == NOTHING for path in site.gets)
    assert site.requests == []

    before = time.time() * 1000
    site.pages[NOTHING] = "go"
    facts = site.wait_for_count(4)
    home = next(fact for fact in facts if fact.get("name") == "home")
    assert home["properties"] == {"prerendering": True}, "the browser did not prerender the page"
    names = sorted(fact.get("name", fact["kind"]) for fact in facts)
    assert names == ["early", "explorer", "home", "identify"]
    assert all(fact["at"] >= before for fact in facts)


@pytest.mark.parametrize("state", ["active", "frozen"])
def test_what_is_on_disk_survives_a_tab_that_is_killed_or_discarded(
    visit: Visit, site: Site, state: str
) -> None:
    """As when the system needs its memory; the next page's worker delivers it, once."""
    site.refused = NO_PYTHON
    site.statuses = [503] * 1000
    visit.open(PAGE, head=STORED, tag=site.tag(DEBUG))
    visit.page.click("button")
    visit.page.wait_for_function("stored === 2")
    session = visit.page.context.new_cdp_session(visit.page)
    session.send("Page.setWebLifecycleState", {"state": state})
    with visit.page.expect_event("crash"), suppress(Error):
        visit.page.goto("chrome://crash", timeout=5000)
    site.statuses.clear()
    site.requests.clear()
    later = Visit(visit.page.context.new_page(), site)
    later.open("", tag=site.tag(DEBUG))
    site.wait_for_count(2)
    sent = [fact["name"] for request in site.requests for fact in request.facts]
    assert sorted(sent) == ["explorer", "run.click"]
    assert later.errors == []
    visit.page = later.page


CLOCK = """
  const now = Date.now.bind(Date);
  window.shift = 0;
  Date.now = () => now() + shift;
"""


def test_facts_keep_their_order_when_the_clock_is_set(visit: Visit) -> None:
    """Back: time goes on from where it was. Forward: it follows, and does not come back."""
    visit.page.add_init_script(CLOCK)
    visit.open("")
    visit.run("""async () => {
      const wait = () => new Promise((resolve) => setTimeout(resolve, 20));
      tracker.track("first");
      window.shift = -3_600_000;
      tracker.track("set.back");
      await wait();
      tracker.track("later");
      window.shift = 7_200_000;
      tracker.track("set.forward");
      window.shift = 0;
      await wait();
      tracker.track("last");
    }""")
    facts = visit.leave("first", "set.back", "later", "set.forward", "last")
    first, back, later, forward, last = (fact["at"] for fact in facts)
    assert first <= back < back + 15 <= later < first + 60_000
    assert first + 7_200_000 <= forward < forward + 15 <= last < first + 7_260_000
    assert all(isinstance(fact["at"], int) for fact in facts)


def test_a_session_ends_after_half_an_hour_without_activity(visit: Visit) -> None:
    """By the visitor's clock, on the page that stays open and on the next."""
    visit.page.clock.install()
    visit.open("")
    visit.run("() => tracker.track('a')")
    visit.page.clock.fast_forward("29:00")
    visit.run("() => tracker.track('b')")
    visit.page.clock.fast_forward("29:00")
    visit.run("() => tracker.track('c')")
    visit.page.clock.fast_forward("31:00")
    visit.run("() => tracker.track('d')")
    visit.open("")
    visit.run("() => tracker.track('e')")
    facts = visit.leave("a", "b", "c", "d", "e")
    sessions = [fact["visit"]["sessionId"] for fact in facts]
    assert sessions == [facts[0]["at"]] * 3 + [facts[3]["at"]] * 2
    assert len({fact["visit"]["anonymousId"] for fact in facts}) == 1


@pytest.mark.parametrize(
    ("machine", "is_lean"),
    [
        ("'connection', { value: { saveData: true, effectiveType: '4g' } }", True),
        ("'connection', { value: { effectiveType: 'slow-2g' } }", True),
        ("'connection', { value: { effectiveType: '2g' } }", True),
        ("'deviceMemory', { value: 0.5 }", True),
        ("'connection', { value: { effectiveType: '3g' } }", False),
        ("'connection', { value: undefined }", False),
    ],
)
def test_python_is_not_loaded_where_it_would_be_a_burden(
    visit: Visit, site: Site, machine: str, *, is_lean: bool
) -> None:
    """The worker sends raw events then."""
    site.refused = NO_PYTHON
    visit.page.add_init_script(f"Object.defineProperty(navigator, {machine});")
    visit.open(PAGE)
    site.wait_for("explorer")
    assert any(path.startswith("/assets/worker-") for path in site.gets)
    assert any(path.startswith(NO_PYTHON) for path in site.gets) != is_lean
