"""What only the page knows as it is left is written down for the next page, which delivers it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tests.loader.site import WRITE_KEY

if TYPE_CHECKING:
    from tests.loader.site import Site
    from tests.loader.visit import Visit

CLICK = '<track-page name="explorer"><button data-track="run">Run</button></track-page>'
NO_PYTHON = ("/assets/pyodide-", "/assets/python")
DEBUG = 'data-app="acme_webapp" data-debug'
NO_DATABASE = "Object.defineProperty(window, 'indexedDB', { value: undefined });"
ACKNOWLEDGED = """<script>
  window.stored = [];
  window.settled = [];
  document.addEventListener("tracker:stored", ({ detail }) => stored.push(...detail));
  document.addEventListener("tracker:settled", ({ detail }) => settled.push(...detail));
</script>"""


def journals(storage: dict[str, str]) -> dict[str, Any]:
    """Return the journals in an origin's storage, by their keys."""
    return {key: json.loads(text) for key, text in storage.items() if "#" in key}


def journal_of(*ids: str) -> str:
    """Return a journal as a page would have written it."""
    facts = [
        {
            "id": each,
            "at": 1_800_000_000_000,
            "kind": "track",
            "name": each,
            "path": [],
            "visit": {"anonymousId": "a", "sessionId": 1_800_000_000_000},
        }
        for each in ids
    ]
    return json.dumps({"environment": {"app": {"name": "old"}}, "facts": facts, "sentAt": "then"})


def leave_a_journal(visit: Visit, key: str, text: str) -> None:
    """Put a text into the storage of the origin, where an earlier page would have."""
    visit.page.goto(visit.site.url + "/empty")
    visit.run("([key, text]) => { localStorage[key] = text; }", [key, text])


def test_what_was_not_acknowledged_is_delivered_by_the_next_page(visit: Visit, site: Site) -> None:
    """Once, as what it was on the page where it happened; then the journal is gone."""
    visit.page.add_init_script(NO_DATABASE)
    site.statuses = [503] * 1000
    visit.open(CLICK, tag=site.tag('data-app="acme_webapp" data-app-version="1"'))
    visit.page.click("button")
    [(key, journal)] = journals(visit.storage()).items()
    assert key.startswith(f"tracker:{site.url}/v1/raw?writeKey={WRITE_KEY}#")
    assert [fact.get("name") for fact in journal["facts"]] == ["explorer", "run.click"]

    site.statuses.clear()
    site.requests.clear()
    visit.open("", tag=site.tag('data-app="acme_webapp" data-app-version="2"'))
    assert site.wait_for("explorer", "run.click") == journal["facts"]
    visit.page.wait_for_function(f"!Object.keys(localStorage).includes({json.dumps(key)})")
    [request] = site.requests
    assert json.loads(request.body)["environment"] == journal["environment"]
    assert journal["environment"]["app"]["version"] == "1"

    visit.open("")
    visit.run("() => { tracker.track('later'); tracker.flush(); }")
    site.wait_for("explorer", "run.click", "later")
    assert [[fact["name"] for fact in request.facts] for request in site.requests] == [
        ["explorer", "run.click"],
        ["later"],
    ]


def test_what_the_worker_has_on_disk_is_not_journalled(visit: Visit, site: Site) -> None:
    """Although nothing of it has arrived: the worker sees to that."""
    site.refused = NO_PYTHON
    site.statuses = [503] * 1000
    visit.open(CLICK, head=ACKNOWLEDGED, tag=site.tag(DEBUG))
    visit.page.click("button")
    visit.page.wait_for_function("stored.length === 2")
    assert visit.run("settled") == []
    assert journals(visit.storage()) == {}


def test_only_what_is_not_on_disk_is_journalled(visit: Visit, site: Site) -> None:
    """What happens as the page is left, no worker could have had time for."""
    site.refused = NO_PYTHON
    site.statuses = [503] * 1000
    visit.open(CLICK, head=ACKNOWLEDGED, tag=site.tag(DEBUG))
    visit.page.wait_for_function("stored.length === 1")
    visit.run("() => addEventListener('pagehide', () => tracker.track('last'))")
    [journal] = journals(visit.storage()).values()
    assert [fact["name"] for fact in journal["facts"]] == ["last"]


def test_a_hidden_page_that_goes_on_removes_its_own_journal(visit: Visit, site: Site) -> None:
    """When all of it is acknowledged, at the latest."""
    visit.page.add_init_script(NO_DATABASE)
    site.statuses = [503] * 5
    visit.open("", head=ACKNOWLEDGED, tag=site.tag(DEBUG))
    visit.run("""() => {
      tracker.track("e");
      Object.defineProperty(document, "hidden", { value: true });
      dispatchEvent(new Event("visibilitychange"));
    }""")
    assert len(journals(visit.run("({ ...localStorage })"))) == 1
    site.statuses.clear()
    visit.page.wait_for_function("settled.length === 1")
    assert journals(visit.run("({ ...localStorage })")) == {}


def test_journals_of_another_key_or_endpoint_are_not_ours(visit: Visit, site: Site) -> None:
    """Another script tag, on another page of the origin, delivers them."""
    other_key = f"tracker:{site.url}/v1/raw?writeKey=other#p"
    elsewhere = f"tracker:https://other.example/v1/raw?writeKey={WRITE_KEY}#p"
    ours = f"tracker:{site.url}/v1/raw?writeKey={quote(WRITE_KEY)}#p"
    for key in (other_key, elsewhere):
        leave_a_journal(visit, key, journal_of("theirs"))
    leave_a_journal(visit, ours, journal_of("ours"))
    visit.open("")
    site.wait_for("ours")
    visit.page.wait_for_function(f"!Object.keys(localStorage).includes({json.dumps(ours)})")
    assert sorted(journals(visit.storage())) == sorted([other_key, elsewhere])
    assert site.names() == ["ours"]


def test_what_is_no_journal_costs_nothing_else(visit: Visit, site: Site) -> None:
    """It is removed, and the others are delivered."""
    prefix = f"tracker:{site.url}/v1/raw?writeKey={WRITE_KEY}#"
    leave_a_journal(visit, prefix + "a", "{not json")
    leave_a_journal(visit, prefix + "b", journal_of("one", "two"))
    visit.open("")
    site.wait_for("one", "two")
    visit.page.wait_for_function("!Object.keys(localStorage).some(key => key.includes('#'))")


def test_a_full_storage_is_said_once_and_beacons_still_go(visit: Visit, site: Site) -> None:
    """The visitor is then remembered by the page alone."""
    visit.page.add_init_script(NO_DATABASE)
    visit.page.goto(site.url + "/empty")
    visit.run("""() => {
      for (let size = 1 << 20; size; size >>= 1) {
        try {
          for (;;) localStorage["fill" + Math.random()] = "x".repeat(size);
        } catch {}
      }
    }""")
    site.statuses = [503] * 1000
    visit.open(CLICK)
    visit.page.click("button")
    visit.run("""() => {
      Object.defineProperty(document, "hidden", { value: true });
      for (let n = 0; n < 3; n++) dispatchEvent(new Event("visibilitychange"));
    }""")
    assert sum("Storage is full" in each for each in visit.warnings) == 1
    facts = visit.leave("explorer", "run.click")
    assert len({fact["visit"]["anonymousId"] for fact in facts}) == 1
