"""One worker for all tabs and pages of an origin, or one owner among several; Python boots once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.e2e.files import PYTHON
from tests.e2e.hasty import HASTY
from tests.e2e.visitor import PATIENCE_SECONDS, name_of
from tests.e2e.wiretap import Wiretap
from tests.e2e.worker_page import WorkerPage, bfcache_browser, world

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext

    from tests.collector_process import CollectorProcess


@pytest.fixture
def tap(collector: CollectorProcess) -> Iterator[Wiretap]:
    """Yield a relay that hears of every boot: the browser may not keep Python's files."""
    tap = Wiretap(collector.url, cached=False)
    yield tap
    tap.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Yield a browser profile of its own, with a tab that stays when others are closed."""
    context = browser.new_context()
    context.new_page()
    yield context
    context.close()


def boots(tap: Wiretap) -> int:
    """Return how often a Python was started, by the modules that a browser compiled."""
    return sum(heard.target.endswith(".wasm") for heard in tap.to(PYTHON))


def events(collector: CollectorProcess) -> list[str]:
    """Return the names of all stored events, sorted, with repetitions."""
    return sorted(name_of(message) for message in collector.messages())


def ways(collector: CollectorProcess) -> set[str]:
    """Return the ways by which events came: ``batch`` or ``raw``."""
    return {via for (via,) in collector.rows("SELECT DISTINCT via FROM log")}


def wait_for_events(collector: CollectorProcess, *names: str) -> None:
    """Wait until these events are stored; there must be no others, and none twice."""
    collector.wait_for(lambda messages: len(messages) >= len(names), seconds=PATIENCE_SECONDS)
    assert events(collector) == sorted(names)


def test_the_next_page_in_the_same_tab_finds_python_up(
    context: BrowserContext, collector: CollectorProcess, tap: Wiretap
) -> None:
    """The worker survives the navigation, though no page of the origin is left meanwhile."""
    page = context.new_page()
    first = WorkerPage(page, tap.url)
    first.connect()
    first.wait_until("settled", first.track("page.one"))
    second = WorkerPage(page, tap.url)
    second.connect()
    second.wait_until("settled", second.track("page.two"))
    assert [each["type"] for each in second.page.evaluate("heard")][:2] == ["opened", "ready"]
    assert boots(tap) == 1
    assert events(collector) == ["page.one", "page.two"]


def test_two_tabs_share_one_python(
    context: BrowserContext, collector: CollectorProcess, tap: Wiretap
) -> None:
    """Each tab is told what became of its facts; a worker that is shared needs no second Python."""
    one, two = (WorkerPage(context.new_page(), tap.url) for _ in range(2))
    one.connect()
    two.connect()
    ids = [*one.track("tab.one"), *two.track("tab.two")]
    one.wait_until("settled", ids[:1])
    two.wait_until("settled", ids[1:])
    assert boots(tap) == 1
    assert (one.ids("stored"), two.ids("stored")) == (ids[:1], ids[1:])
    assert events(collector) == ["tab.one", "tab.two"]


def test_the_worker_delivers_what_is_left_when_the_last_tab_is_closed(
    context: BrowserContext, collector: CollectorProcess, tap: Wiretap
) -> None:
    """Python finishes its boot with nobody there."""
    page = WorkerPage(context.new_page(), tap.url)
    with tap.holding(PYTHON):
        page.connect()
        page.wait_until("stored", page.track("last.words", "very.last"))
        page.page.close(run_before_unload=True)
    wait_for_events(collector, "last.words", "very.last")
    assert ways(collector) == {"batch"}


def test_what_is_left_by_a_tab_that_never_asked_for_python_goes_raw(
    context: BrowserContext, collector: CollectorProcess, tap: Wiretap
) -> None:
    """The visitor left before the page was idle."""
    page = WorkerPage(context.new_page(), tap.url)
    page.connect(python=None)
    page.wait_until("stored", page.track("last.words"))
    assert collector.messages() == []
    page.page.close(run_before_unload=True)
    wait_for_events(collector, "last.words")
    assert ways(collector) == {"raw"}
    assert boots(tap) == 0


def test_a_page_that_wants_no_python_gets_none_until_another_does(
    context: BrowserContext, collector: CollectorProcess, tap: Wiretap
) -> None:
    """On a slow line events go raw; a page that can afford Python starts it for both."""
    thrifty = WorkerPage(context.new_page(), tap.url)
    thrifty.connect(python=False)
    thrifty.wait_until("settled", thrifty.track("without.python"))
    assert ways(collector) == {"raw"}
    assert boots(tap) == 0
    page = WorkerPage(context.new_page(), tap.url)
    page.connect()
    page.wait_for("ready")
    thrifty.wait_until("settled", thrifty.track("with.python"))
    assert ways(collector) == {"raw", "batch"}
    assert events(collector) == ["with.python", "without.python"]


def test_of_two_dedicated_workers_one_boots_python_and_sends_for_both(
    context: BrowserContext, collector: CollectorProcess, tap: Wiretap
) -> None:
    """As in browsers without SharedWorker."""
    one, two = (WorkerPage(context.new_page(), tap.url) for _ in range(2))
    one.connect("dedicated")
    one.wait_for("ready")
    two.connect("dedicated")
    two.wait_until("settled", two.track("tab.two"))
    one.wait_until("settled", one.track("tab.one"))
    assert len(two.heard("ready")) == 1
    assert boots(tap) == 1
    assert events(collector) == ["tab.one", "tab.two"]


@pytest.mark.parametrize("how", ["closed", "killed"])
def test_when_the_owner_dies_another_worker_takes_over_all_it_had(
    context: BrowserContext, collector: CollectorProcess, tap: Wiretap, how: str
) -> None:
    """Its facts are on disk. They come once, though they may have been under way."""
    owner, heir = (WorkerPage(context.new_page(), tap.url) for _ in range(2))
    owner.connect("dedicated")
    owner.wait_for("ready")
    heir.connect("dedicated")
    heir.wait_for("ready")
    with tap.refusing("/v1/", 503):
        owner.wait_until("stored", owner.track("of.owner"))
        heir.wait_until("stored", heir.track("of.heir"))
        if how == "killed":
            owner.crash()
        owner.page.close()
    wait_for_events(collector, "of.heir", "of.owner")
    heir.wait_until("settled", heir.track("of.heir_later"))
    assert boots(tap) == 2
    assert heir.on_disk() == []
    assert events(collector) == ["of.heir", "of.heir_later", "of.owner"]


def test_an_owner_that_does_not_answer_is_replaced(
    context: BrowserContext, collector: CollectorProcess, tap: Wiretap
) -> None:
    """Something holds the lock for ever and delivers nothing, as a Python that never returns."""
    page = WorkerPage(context.new_page(), tap.url)
    page.page.evaluate("void navigator.locks.request('tracker', () => new Promise(() => {}))")
    with world(tap, HASTY):
        page.connect()
        page.wait_until("stored", page.track("held.back"))
    wait_for_events(collector, "held.back")


def test_a_page_in_the_back_forward_cache_gives_up_the_sending_and_comes_back(
    browser: Browser, collector: CollectorProcess, tap: Wiretap
) -> None:
    """Its worker is frozen with it: the page keeps its Python, and what it has not sent, others do."""
    with bfcache_browser(browser) as other:
        context = other.new_context()
        one, two = (WorkerPage(context.new_page(), tap.url) for _ in range(2))
        one.connect("dedicated")
        one.wait_for("ready")
        two.connect("dedicated")
        with tap.refusing("/v1/", 503):
            one.wait_until("stored", one.track("before.freeze"))
            one.page.goto(f"{tap.url}/tracker.js?away")
        two.wait_until("settled", two.track("while.frozen"))
        wait_for_events(collector, "before.freeze", "while.frozen")
        assert boots(tap) == 2
        one.page.go_back(wait_until="commit")
        assert one.page.evaluate("typeof heard") == "object", "the page was not kept"
        one.wait_until("settled", one.track("after.thaw"))
        assert boots(tap) == 2
        two.page.close()
        one.wait_until("settled", one.track("alone.again"))
        assert boots(tap) == 2
        wait_for_events(collector, "after.thaw", "alone.again", "before.freeze", "while.frozen")


def test_a_worker_of_another_origins_script_delivers(
    context: BrowserContext,
    collector: CollectorProcess,
    tap: Wiretap,
    start_collector: Callable[..., CollectorProcess],
) -> None:
    """The page's own origin is another one: its worker is a blob that imports the collector's."""
    page = WorkerPage(context.new_page(), start_collector().url, endpoint=tap.url)
    page.connect("blob")
    page.wait_until("settled", page.track("from.afar"))
    assert ways(collector) == {"batch"}
    assert events(collector) == ["from.afar"]


def test_facts_of_an_earlier_page_keep_its_environment(
    context: BrowserContext, collector: CollectorProcess, tap: Wiretap
) -> None:
    """A journal that is replayed, and two pages whose environments differ, over one Python."""
    page = WorkerPage(context.new_page(), tap.url)
    page.connect()
    [ours] = page.track("of.now")
    fact, environment = page.page.evaluate("[factOf('of.then'), environment]")
    environment["app"]["name"] = "older_webapp"
    page.post({"type": "replay", "environment": environment, "facts": [fact, ["x", "no JSON"]]})
    page.wait_until("settled", [ours, fact[0], "x"])
    [report] = page.heard("report")
    assert report["text"] == "1 events were not stored: they cannot be read"
    assert report["ids"] == ["x"]
    apps = {name_of(each): each["context"]["app"]["name"] for each in collector.messages()}
    assert apps == {"of.now": "acme_webapp", "older_webapp.of.then": "older_webapp"}


def test_a_fact_that_comes_again_is_sent_once(
    context: BrowserContext, collector: CollectorProcess, tap: Wiretap
) -> None:
    """The page may not have heard that it was settled, as when it was hidden."""
    page = WorkerPage(context.new_page(), tap.url)
    page.connect()
    fact = page.page.evaluate("factOf('a.b')")
    again = {"type": "facts", "facts": [fact]}
    page.post(again)
    page.post(again)
    page.wait_until("settled", fact[:1])
    page.post(again)
    page.wait_for("settled", 2)
    page.wait_until("settled", page.track("c.d"))
    bodies = [json.loads(heard.body) for heard in tap.to("/v1/batch")]
    assert [name_of(each) for body in bodies for each in body["batch"]] == ["a.b", "c.d"]
    assert events(collector) == ["a.b", "c.d"]


@pytest.mark.parametrize("kind", ["shared", "dedicated"])
def test_denied_consent_erases_what_all_tabs_and_workers_hold(
    context: BrowserContext, collector: CollectorProcess, tap: Wiretap, kind: str
) -> None:
    """Nothing of it is sent afterwards, from memory or from disk."""
    one, two = (WorkerPage(context.new_page(), tap.url) for _ in range(2))
    one.connect(kind)
    one.wait_for("ready")
    two.connect(kind)
    with tap.refusing("/v1/", 503):
        ids = [*one.track("secret.one"), *two.track("secret.two")]
        one.wait_until("stored", ids[:1])
        two.wait_until("stored", ids[1:])
        assert sorted(one.on_disk()) == sorted(ids)
        two.post({"type": "forget"})
        two.wait_until_erased()
    one.wait_until("settled", one.track("after.one"))
    two.wait_until("settled", two.track("after.two"))
    assert events(collector) == ["after.one", "after.two"]
    assert boots(tap) == 1
    one.page.close(run_before_unload=True)
    two.page.close(run_before_unload=True)
    later = WorkerPage(context.new_page(), tap.url)
    later.connect("dedicated")
    later.wait_until("settled", later.track("much.later"))
    assert events(collector) == ["after.one", "after.two", "much.later"]


def test_denied_consent_erases_what_waits_for_python(
    context: BrowserContext, collector: CollectorProcess, tap: Wiretap
) -> None:
    """Python finds nothing of it when it is up."""
    page = WorkerPage(context.new_page(), tap.url)
    with tap.holding(PYTHON):
        page.connect()
        page.wait_until("stored", page.track("secret.early"))
        page.post({"type": "forget"})
        page.wait_until_erased()
    page.wait_until("settled", page.track("after.denial"))
    assert events(collector) == ["after.denial"]


@pytest.mark.parametrize("python", [True, False], ids=["python", "raw"])
def test_what_was_under_way_at_the_denial_is_not_sent_again(
    context: BrowserContext, collector: CollectorProcess, tap: Wiretap, *, python: bool
) -> None:
    """The request is broken off; whether it had arrived nobody knows, and nobody asks."""
    page = WorkerPage(context.new_page(), tap.url)
    page.connect(python=python)
    page.wait_until("settled", page.track("before.denial"))
    with tap.holding("/v1/"):
        page.track("secret.sent")
        collector.wait_for(lambda _: bodies_with(tap, "secret.sent"), seconds=PATIENCE_SECONDS)
        page.post({"type": "forget"})
        page.wait_until_erased()
    page.wait_until("settled", page.track("after.denial"))
    assert bodies_with(tap, "secret.sent") == 1
    assert [name for name in events(collector) if name != "secret.sent"] == [
        "after.denial",
        "before.denial",
    ]


def bodies_with(tap: Wiretap, name: str) -> int:
    """Return how many requests had this event in them."""
    return sum(name.encode() in heard.body for heard in tap.to("/v1/"))
