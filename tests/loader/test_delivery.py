"""How facts get to the collector when Python is not there to send them, and when it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.loader.site import WRITE_KEY, Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.loader.visit import Visit

PYTHON = ("/assets/pyodide-", "/assets/python")
CLICK = '<track-page name="explorer"><button data-track="run">Run</button></track-page>'
NO_WASM = "default-src 'self'; script-src 'self'; connect-src *"


def test_leaving_beacons_what_is_unsettled(visit: Visit, site: Site) -> None:
    """One beacon of plain text, with the key in the query, although the page hides in two ways."""
    site.refused, site.held = (), PYTHON  # the worker is there, and busy with its boot
    visit.open(CLICK)
    visit.page.click("button")
    visit.leave("explorer", "run.click")
    [request] = site.requests
    assert request.path == f"/v1/raw?writeKey={WRITE_KEY}"
    assert request.headers["Content-Type"] == "text/plain;charset=UTF-8"
    body = json.loads(request.body)
    assert set(body) == {"environment", "facts", "sentAt"}
    assert set(body["environment"]) == {
        *("app", "library", "page", "locale", "timezone", "screen", "userAgent"),
    }
    assert body["environment"]["app"] == {"name": "acme_webapp"}
    assert body["environment"]["page"] == {"hostname": "127.0.0.1"}


@pytest.mark.parametrize(("count", "length"), [(120, 1000), (40, 3000)])
def test_a_spool_larger_than_one_beacon_leaves_whole(
    visit: Visit, site: Site, count: int, length: int
) -> None:
    """Beyond the browser's 64 KiB for beacons in flight, too; no chunk is larger than 60 KiB.

    What a browser that is slow to send does not take any more is the worker's to deliver.
    """
    site.refused = site.held = PYTHON  # the worker is there, and busy with a boot that will fail
    visit.open("")
    visit.run(
        """async ([count, length]) => {
          for (let n = 0; n < count; n++) {
            tracker.track("e" + n, { text: "ä".repeat(length) });
            await new Promise((resolve) => setTimeout(resolve));
          }
        }""",
        [count, length],
    )
    visit.page.goto("about:blank")
    site.release()
    facts = site.wait_for_count(count)
    assert {fact["name"] for fact in facts} == {f"e{n}" for n in range(count)}
    assert len(site.requests) > 3
    assert all(len(request.body.encode()) <= 60 * 1024 for request in site.requests)


def test_calls_of_the_page_as_it_leaves_are_not_lost(visit: Visit) -> None:
    """Whatever listener of the page they come from."""
    visit.open("")
    visit.run("""() => {
      addEventListener("pagehide", () => tracker.track("at-pagehide"));
      document.addEventListener("visibilitychange", () => tracker.track("at-hidden"));
    }""")
    names = {fact["name"] for fact in visit.leave_in_any_order(2)}
    assert names == {"at-pagehide", "at-hidden"}


HEAR_SENT = """<script>
  document.addEventListener("tracker:sent", () => { window.isSent = true; });
</script>"""
HEAR_FAILED = """<script>
  document.addEventListener("tracker:failed", () => document.body.dataset.failed = "yes");
</script>"""


def test_where_the_worker_is_missing_events_go_raw_while_the_visitor_stays(
    visit: Visit, site: Site
) -> None:
    """The console says so once, and settled facts are not sent again when the page is left."""
    visit.open(CLICK, head=HEAR_FAILED, tag=site.tag('data-app="acme_webapp" data-debug'))
    visit.run("""() => {
      window.settled = [];
      document.addEventListener("tracker:settled", ({ detail }) => settled.push(...detail));
    }""")
    visit.page.click("button")
    facts = site.wait_for("explorer", "run.click")
    visit.page.wait_for_function("settled.length === 2")
    assert visit.page.locator("body[data-failed]").count() == 1
    assert visit.run("settled") == [fact["id"] for fact in facts]
    sent = len(site.requests)
    visit.run("() => tracker.track('last')")
    visit.leave("explorer", "run.click", "last")
    assert [fact["name"] for request in site.requests[sent:] for fact in request.facts] == ["last"]
    assert sum("No Python here" in each for each in visit.warnings) == 1


def test_a_page_whose_policy_forbids_webassembly_sends_raw_events(visit: Visit, site: Site) -> None:
    """The worker runs, its Python cannot; nobody but the site is asked for anything."""
    site.refused = ()
    site.worker_csp = NO_WASM
    others: list[str] = []
    visit.page.on("request", lambda request: others.append(request.url))
    visit.open(CLICK, head=HEAR_FAILED, tag=site.tag('data-app="acme_webapp" data-debug'))
    site.wait_for("explorer")
    visit.page.wait_for_function("document.body.dataset.failed")  # the page may hear of it later
    assert all(url.startswith((site.url, "data:")) for url in others)
    assert sum("No Python here" in each for each in visit.warnings) == 1


def test_a_refusing_collector_is_asked_again_and_facts_are_sent_once_more(
    visit: Visit, site: Site
) -> None:
    """After 503 and 429; a 401 is for good."""
    site.statuses = [503, 429]
    visit.open(CLICK)
    requests = site.wait_for_requests(3)
    assert [fact["id"] for request in requests[:3] for fact in request.facts] == [
        site.facts()[0]["id"]
    ] * 3
    site.statuses = [401]
    visit.run("() => tracker.track('refused')")
    site.wait_for("explorer", "refused")
    visit.run("() => tracker.track('next')")
    site.wait_for("explorer", "refused", "next")
    assert [fact["name"] for fact in site.requests[-1].facts] == ["next"]


def test_flush_sends_what_waits_before_python_is_there(visit: Visit, site: Site) -> None:
    """It does not wait for a worker, nor for the page to be left."""
    visit.page.add_init_script("window.requestIdleCallback = () => 0")
    visit.open("")
    visit.run("() => { tracker.track('e'); tracker.flush(); }")
    site.wait_for("e")


def test_what_is_beaconed_and_not_settled_goes_again_at_the_next_leaving(
    visit: Visit, site: Site
) -> None:
    """Nobody knows whether a beacon arrived; the collector drops what it has."""
    site.refused, site.held = (), PYTHON
    visit.open("")
    site.wait_for_get("/assets/worker-")  # before the second file is there, each goes once
    visit.run("""() => {
      window.hide = (hidden) => {
        Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
        document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
      };
      tracker.track("e");
      hide(true); dispatchEvent(new Event("pagehide")); hide(false); hide(true);
    }""")
    first, second = site.wait_for_requests(2)
    assert first.facts == second.facts


def test_another_sites_tag_starts_a_worker_and_sends_there(browser: Browser, site: Site) -> None:
    """The worker of another origin is imported by a blob; Python is ready in it."""
    other = Site()
    site.refused = ()
    context = browser.new_context()
    page = context.new_page()
    other.html = site.tag('data-app="acme_webapp" data-debug') + (
        "<track-page name=explorer>x</track-page>"
        "<script>addEventListener('tracker:ready', () => { window.isReady = true; }, true)</script>"
    )
    page.goto(other.url)
    page.wait_for_function("window.isReady", timeout=60_000)
    [request] = site.wait_for_requests(1)
    [message] = json.loads(request.body)["batch"]
    assert request.path == f"/v1/batch?writeKey={WRITE_KEY}"
    assert message["name"] == "explorer"
    assert message["context"]["page"]["hostname"] == "127.0.0.1"
    context.close()
    other.close()


def test_nothing_of_the_address_title_or_referrer_leaves_the_page(visit: Visit, site: Site) -> None:
    """Neither by beacon, nor by Python, nor in a header that the loader could have set."""
    site.refused = ()
    visit.page.goto(f"{site.url}/referring-secret?query-secret")
    visit.open(
        f"<h1>body-secret</h1>{CLICK}",
        head=f"<title>title-secret</title><link rel=canonical href='/canonical-secret'>{HEAR_SENT}",
        tag=site.tag('data-app="acme_webapp" data-debug'),
        path="/path-secret?query-secret=1#hash-secret",
    )
    visit.page.wait_for_function("window.isSent")
    # Whatever happens before, the worker may have delivered; what happens now goes by beacon.
    visit.run("() => addEventListener('pagehide', () => document.querySelector('button').click())")
    visit.page.goto("about:blank")
    site.wait_for_requests(2)
    assert {request.path.split("?")[0] for request in site.requests} == {"/v1/batch", "/v1/raw"}
    for request in site.requests:
        assert "secret" not in request.body
        assert "secret" not in request.path
