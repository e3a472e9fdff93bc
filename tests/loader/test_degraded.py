"""Where the browser, its settings or a sandbox forbid something, events come all the same."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Error

from tests.loader.site import Site
from tests.loader.visit import FACTS_ON_DISK, WATCH, Visit

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

CLICK = '<track-page name="explorer"><button data-track="run">Run</button></track-page>'
NO_PYTHON = ("/assets/pyodide-", "/assets/python")

MISSING = "Object.defineProperty({0}, '{1}', {{ value: undefined, configurable: true }});"
THROWING = (
    "Object.defineProperty({0}, '{1}', {{ get() {{ throw new DOMException('denied', 'SecurityError'); }},"
    " configurable: true }});"
)
REFUSING = "{0}.{1} = () => {{ throw new DOMException('denied', 'SecurityError'); }};"


@pytest.mark.parametrize("how", [MISSING, THROWING], ids=["missing", "throwing"])
@pytest.mark.parametrize(
    "what",
    [
        "window.localStorage",
        "window.indexedDB",
        "window.BroadcastChannel",
        "window.SharedWorker",
        "window.Worker",
        "navigator.connection",
        "navigator.sendBeacon",
        "navigator.locks",
    ],
)
def test_a_page_without_it_delivers_while_it_is_seen_and_as_it_is_left(
    visit: Visit, site: Site, what: str, how: str
) -> None:
    """And sees no error."""
    site.refused = NO_PYTHON
    visit.page.add_init_script(how.format(*what.split(".")))
    visit.open(CLICK)
    visit.run("() => { tracker.identify('user-1'); tracker.flush(); }")
    site.wait_for("explorer", "identify")
    visit.page.click("button")
    visit.leave("explorer", "identify", "run.click")


@pytest.mark.parametrize(
    ("what", "how"),
    [
        ("navigator.sendBeacon", REFUSING),
        ("window.requestIdleCallback", REFUSING),
        ("window.requestIdleCallback", MISSING),
    ],
)
def test_a_function_that_throws_is_as_if_it_were_not_there(
    visit: Visit, site: Site, what: str, how: str
) -> None:
    """Extensions for privacy make such functions."""
    visit.page.add_init_script(how.format(*what.split(".")))
    visit.open(CLICK)
    site.wait_for("explorer")
    visit.page.click("button")
    visit.leave("explorer", "run.click")


@pytest.mark.parametrize("how", ["SharedWorker", "Worker", "SharedWorker, Worker"])
def test_a_worker_that_cannot_be_made_is_replaced(visit: Visit, site: Site, how: str) -> None:
    """By one for this page alone, or else by the page itself."""
    site.refused = NO_PYTHON
    visit.page.add_init_script(f"""
      for (const name of "{how}".split(", ")) {{
        window[name] = class {{ constructor() {{ throw new DOMException("denied", "SecurityError"); }} }};
      }}
    """)
    visit.open(CLICK)
    site.wait_for("explorer")
    has_worker = any(path.startswith("/assets/worker-") for path in site.gets)
    assert has_worker == (how != "SharedWorker, Worker")


def test_without_a_worker_the_page_itself_keeps_facts_on_disk(visit: Visit, site: Site) -> None:
    """So that they survive a tab that is killed; what is settled does not stay there."""
    site.statuses = [503] * 1000
    debug = site.tag('data-app="acme_webapp" data-debug')
    visit.open(CLICK, head=WATCH, tag=debug)
    visit.page.click("button")
    visit.page.wait_for_function("tracker.python === 'failed' && stored.size === 2")
    with visit.page.expect_event("crash"), suppress(Error):
        visit.page.goto("chrome://crash", timeout=5000)
    site.statuses.clear()
    site.requests.clear()
    later = Visit(visit.page.context.new_page(), site)
    later.open("", head=WATCH, tag=debug)
    later.page.wait_for_function("settled.size === 2")
    assert [fact["name"] for request in site.requests for fact in request.facts] == [
        "explorer",
        "run.click",
    ]
    later.page.wait_for_function(FACTS_ON_DISK + ".then((count) => count === 0)")
    assert later.errors == []
    visit.page = later.page


def test_without_random_uuids_ids_are_still_unique(visit: Visit) -> None:
    """As on an origin that is not secure."""
    visit.page.add_init_script(MISSING.format("crypto", "randomUUID"))
    visit.open("")
    visit.run("() => { for (let n = 0; n < 100; n++) tracker.track('e'); }")
    facts = visit.leave_in_any_order(100)
    assert len({fact["id"] for fact in facts}) == 100
    assert len({fact["visit"]["anonymousId"] for fact in facts}) == 1


def test_where_the_second_file_is_blocked_beacons_and_journals_go_on(
    visit: Visit, site: Site
) -> None:
    """The console says so; each fact is beaconed once, however often the page is hidden."""
    site.refused = ("/assets/tracker-",)
    visit.open(CLICK)
    visit.page.wait_for_function("performance.getEntriesByType('resource').length > 1")
    visit.page.click("button")
    assert site.requests == []
    visit.run("""() => {
      window.hide = (hidden) => {
        Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
        dispatchEvent(new Event("visibilitychange"));
      };
      hide(true);
    }""")
    site.wait_for("explorer", "run.click")  # on their way, beacons may overtake one another
    visit.run("() => { hide(false); tracker.track('later'); hide(true); }")
    site.wait_for("explorer", "run.click", "later")
    assert [[fact["name"] for fact in request.facts] for request in site.requests] == [
        ["explorer", "run.click"],
        ["later"],
    ]
    site.refused = ("/assets/worker-",)
    assert sum("Only beacons" in each for each in visit.warnings) == 1
    visit.page.goto(site.url + "/empty")
    site.requests.clear()
    visit.open("")
    site.wait_for("explorer", "run.click", "later")


def csp(policy: str) -> str:
    """Return a policy as a page's own element, without inline scripts."""
    return f'<meta http-equiv="Content-Security-Policy" content="{policy}">'


@pytest.mark.parametrize("is_strict", [False, True], ids=["by host", "strict-dynamic"])
@pytest.mark.parametrize("is_other", [False, True], ids=["of this origin", "of another"])
def test_the_documented_policy_is_enough(
    visit: Visit, site: Site, *, is_strict: bool, is_other: bool
) -> None:
    """For a worker, and for its Python's files; there is no word of anything that was blocked."""
    site.refused = NO_PYTHON
    tracker = Site() if is_other else site
    tracker.refused = NO_PYTHON
    scripts = "'strict-dynamic' 'nonce-n'" if is_strict else tracker.url
    policy = (
        f"default-src 'none'; script-src {scripts} 'wasm-unsafe-eval';"
        f" connect-src {tracker.url}; worker-src blob: {tracker.url}; img-src data:"
    )
    blocked: list[str] = []
    visit.page.on("console", lambda message: blocked.append(message.text))
    tag = tracker.tag().replace("<script ", "<script nonce=n ")
    visit.open(CLICK, head=csp(policy), tag=tag)
    tracker.wait_for("explorer")
    assert any(path.startswith("/assets/worker-") for path in tracker.gets)
    assert any(path.startswith(NO_PYTHON) for path in tracker.gets)
    assert visit.warnings, "the console says that there is no Python here"
    assert not any("Content Security Policy" in text for text in blocked), blocked
    if tracker is not site:
        tracker.close()


@pytest.mark.parametrize(
    "policy",
    ["worker-src 'none'", "require-trusted-types-for 'script'", "script-src 'nonce-n'"],
)
def test_a_policy_that_forbids_something_costs_no_event(
    visit: Visit, site: Site, policy: str
) -> None:
    """The console says once what is missing; the page sees no error."""
    site.refused = NO_PYTHON
    tag = site.tag().replace("<script ", "<script nonce=n ")
    visit.open(CLICK, head=csp(policy), tag=tag)
    visit.page.wait_for_function(
        "() => tracker.python === 'failed'"
    )  # a policy forbids to evaluate text
    visit.page.click("button")
    facts = visit.leave_in_any_order(2)
    assert {fact["name"] for fact in facts} == {"explorer", "run.click"}
    assert sum("No Python here" in each for each in visit.warnings) == 1


def test_what_a_policy_lets_nobody_send_waits_for_another_page(visit: Visit, site: Site) -> None:
    """Of the page and of its worker, which is served with the same policy."""
    site.refused = NO_PYTHON
    site.worker_csp = "connect-src 'none'"
    visit.page.add_init_script("delete window.SharedWorker")  # which would outlive the page
    debug = site.tag('data-app="acme_webapp" data-debug')
    visit.open(CLICK, head=WATCH + csp("connect-src 'none'"), tag=debug)
    visit.page.click("button")
    visit.page.wait_for_function("stored.size === 2")
    visit.page.goto("about:blank")
    assert site.requests == []
    site.worker_csp = None
    visit.open("")
    site.wait_for_count(2)


HOSTILE = {
    "the body is gone": "document.body.remove()",
    "the document is empty": "document.replaceChildren()",
    "fetch throws": "window.fetch = () => { throw new Error('patched'); }",
    "fetch gives nothing": "window.fetch = () => undefined",
    "beacons are refused": "navigator.sendBeacon = () => false",
    "beacons are swallowed": "navigator.sendBeacon = () => true",
    "storage is read-only": "Object.defineProperty(Storage.prototype, 'setItem', { value() { throw 1; } })",
    "ids cannot be made": "crypto.randomUUID = () => { throw new Error('patched'); }",
}


@pytest.mark.parametrize("what", HOSTILE)
@pytest.mark.parametrize("worker", ["with a worker", "without"])
def test_whatever_the_page_does_to_itself_it_hears_no_error(
    visit: Visit, site: Site, what: str, worker: str
) -> None:
    """Nor loses what was captured: what this page cannot send, the next one does."""
    if worker == "with a worker":
        site.refused = NO_PYTHON
    visit.open(CLICK)
    visit.page.click("button")
    visit.run(f"() => {{ {HOSTILE[what]}; }}")
    visit.run("() => { tracker.track('later'); tracker.flush(); }")
    visit.page.goto(site.url + "/empty")
    visit.open("")
    expected = {"explorer", "run.click", "later"}
    if what == "ids cannot be made":
        expected -= {"later"}  # which is said
        assert any("Not tracked" in each for each in visit.warnings)
    facts = site.wait_for_count(len(expected))
    assert {fact["name"] for fact in facts} == expected


def test_a_sandboxed_frame_without_an_origin_delivers(visit: Visit, site: Site) -> None:
    """It has no storage, no databases, and no worker of its own URL."""
    site.refused = NO_PYTHON
    site.pages["/frame"] = site.tag() + CLICK
    visit.page.goto(site.url + "/empty")
    visit.run("""() => {
      const frame = document.createElement("iframe");
      frame.sandbox = "allow-scripts";
      frame.src = "/frame";
      document.body.append(frame);
    }""")
    visit.page.frame_locator("iframe").locator("button").click()
    facts = site.wait_for("explorer", "run.click")
    assert facts[0]["visit"] == facts[1]["visit"]


def test_a_page_from_a_file_delivers(browser: Browser, site: Site, tmp_path: Path) -> None:
    """Its origin is no site's."""
    site.refused = NO_PYTHON
    file = tmp_path / "page.html"
    file.write_text(f"<!doctype html>{site.tag()}{CLICK}", "utf-8")
    context = browser.new_context()
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(file.as_uri())
    page.wait_for_function("window.tracker?.version")
    page.click("button")
    site.wait_for("explorer", "run.click")
    assert errors == []
    context.close()
