"""The tracking plan and the privacy guard in the visitor's browser, between the page and the wire."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from tests.collector_process import CollectorProcess
from tests.e2e.visitor import PATIENCE_SECONDS, Visitor
from tests.e2e.wiretap import Wiretap
from tests.privacy.corpus import filled
from tracker.browser.modules import run_source
from tracker.plan import Plan
from tracker.privacy import Policy, TraitsPolicy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

LEAKS = {
    "e-mail": "ada.lovelace@example.com",
    "key": filled("sk¦_live_{alnum:24}"),
    "SQL": "SELECT pan FROM payments WHERE holder = 'Ada'",
    "URL with a query": "https://app.example.com/reset?nonce=b81f2c",
    "connection": "postgres://ada:hunter2@db.internal:5432/finance",
    "file": filled("/ho¦me/ada/layoffs/plan.txt"),
}
TITLE = "Layoffs in Q3"
KEY = "own-key"
QUERY_EVENT = "acme_webapp.query_button.click"
PLAN = Plan(
    "acme",
    version="1",
    events=["query_button.click"],
    pages=["explorer"],
    sections=["toolbar"],
    page_facts=["title", "path", "utm"],
)
SOURCE = """
from enum import StrEnum
from tracker.plan import Count, Event, Plan

class PageName(StrEnum):
    EXPLORER = "explorer"

class QueryRan(Event, name="query_button.click"):
    rows: Count | None = None

plan = Plan("acme", version="7", events=[QueryRan], pages=PageName, sections=["toolbar"])
"""
TRACK_EVERYWHERE = """leak => {
  tracker.track("query_button.click", { note: leak, deep: [{ er: `it is ${leak}` }], [leak]: 1 });
  tracker.track(leak);
  tracker.page(leak, { note: leak });
  tracker.page("explorer");
  tracker.group("acme", { note: leak });
  tracker.group(leak);
  const section = document.createElement("track-section");
  section.setAttribute("name", leak);
  document.body.append(section);
  tracker.useTracking(section).track("query_button.click", { leak });
  tracker.identify("user-1", { email: leak, note: leak });
  tracker.identify(leak);
  tracker.reset();
}"""


class Page(Visitor):
    """A visitor of a page of our own, which the relay serves."""

    def show(self, attributes: str, *, key: str = KEY, query: str = "", ready: bool = True) -> None:
        """Open the page with these attributes on its script tag."""
        html = (
            f"<!doctype html><title>{TITLE}</title><link rel=icon href=data:,>"
            f'<script async src="/tracker.js" data-write-key="{key}" data-app="acme_webapp"'
            f" {attributes}></script><track-page name=explorer><track-section name=toolbar>"
            "<button data-track=query_button>Run</button></track-section></track-page>"
        )
        with self.tap.replacing("/own", html.encode(), Content_Type="text/html"):
            self.page.goto(f"{self.tap.url}/own{query}")
        if ready:
            self.page.wait_for_function(
                "window.tracker?.python === 'ready'", timeout=PATIENCE_SECONDS * 1000
            )

    def click_button(self) -> None:
        """Run the query."""
        self.page.locator("button").click()

    def said(self) -> list[str]:
        """What the console has said."""
        return [text for text in self.complaints if "[tracker]" in text]

    def sent(self) -> list[dict[str, Any]]:
        """The messages that Python has made."""
        batches = [json.loads(heard.body)["batch"] for heard in self.tap.to("/v1/batch")]
        return [message for batch in batches for message in batch]

    def posted(self) -> str:
        """All that has left the page."""
        posts = [heard for heard in self.tap.heard if heard.method == "POST"]
        return "\n".join(heard.target + heard.body.decode() for heard in posts)

    def written(self) -> bytes:
        """Every byte that the collector has on disk, its log among them."""
        files = [path for path in self.collector.data.rglob("*") if path.is_file()]
        return b"\n".join(path.read_bytes() for path in files)


@pytest.fixture
def own(browser: Browser, tmp_path: Any) -> Iterator[Page]:
    """Yield a visitor of a page of our own; its key has no plan, that of the demo has one."""
    collector = CollectorProcess(tmp_path / "collector", write_key=KEY)
    collector.start()
    tap = Wiretap(collector.url)
    page = Page(browser, collector, tap)
    yield page
    page.close()
    tap.close()
    collector.stop()


def wheel(package: str, version: str, files: dict[str, str]) -> bytes:
    """A wheel as small as micropip takes it."""
    info = f"{package}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n"
    tag = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    about = {f"{info}/METADATA": metadata, f"{info}/WHEEL": tag}
    record = "".join(f"{name},,\n" for name in (*files, *about, f"{info}/RECORD"))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as writer:
        for name, text in (files | about | {f"{info}/RECORD": record}).items():
            writer.writestr(name, text)
    return archive.getvalue()


def test_what_must_not_be_tracked_never_leaves_the_page(own: Page) -> None:
    """Wherever it stands in a call, in the address or in the title: not a byte of it goes."""
    own.show("data-debug", query="?nonce=b81f2c&email=ada.lovelace@example.com")
    own.settle()
    for leak in LEAKS.values():
        own.page.evaluate(TRACK_EVERYWHERE, leak)
        own.settle()  # what is too much to beacon at the end goes early, and as it is
    own.page.goto("about:blank")
    posted, written, said = own.posted(), own.written().decode(errors="replace"), own.said()
    for leak in (*LEAKS.values(), TITLE, "b81f2c", "hunter2"):
        assert leak not in posted
        assert json.dumps(leak)[1:-1] not in posted
        assert leak not in written
        assert leak not in "\n".join(said)
    stored = [each.message for each in own.stored()]
    records = [message["context"].get("privacy", {}).get("redacted", []) for message in stored]
    assert {"field": "properties.note", "rule": "email"} in [
        entry for record in records for entry in record
    ]
    assert any("properties.note was removed before it was sent: email" in text for text in said)
    clicks = [m for m in stored if m.get("event") == QUERY_EVENT]
    assert len(clicks) == 2 * len(LEAKS)
    assert all(m.get("properties", {}).get("note") is None for m in stored)


def test_a_beacon_before_python_is_up_carries_the_fact_and_the_collector_removes_the_leak(
    own: Page,
) -> None:
    """Nobody can inspect it in the page of who leaves at once; nothing of it is written."""
    leak = LEAKS["e-mail"]
    with own.tap.holding("/assets/"):
        own.show("data-page-facts=''", ready=False)
        own.page.evaluate("leak => tracker.track('query_button.click', { note: leak })", leak)
        own.leave()
    own.collector.wait_for_count(1)
    assert leak in own.posted()
    assert leak.encode() not in own.written()
    [click] = own.expect_stored(name="query_button.click")
    assert click.via == "raw"
    assert click.message["context"]["privacy"]["redacted"] == [
        {"field": "properties.note", "rule": "email"}
    ]


@pytest.mark.parametrize("kind", ["json", "py", "whl"])
def test_a_page_brings_its_own_plan(own: Page, kind: str) -> None:
    """What the plan knows passes, what it does not is sent with a warning, what breaks it is not sent."""
    bodies = {
        "json": json.dumps(
            run_source(SOURCE, "acme_events_here", "acme.py").plan.to_json()
        ).encode(),
        "py": SOURCE.encode(),
        "whl": wheel(
            "acme_events", "1.0", {"acme_events/__init__.py": "", "acme_events/plan.py": SOURCE}
        ),
    }
    name = "acme_events-1.0-py3-none-any.whl" if kind == "whl" else f"acme.{kind}"
    with own.tap.replacing(f"/plans/{name}", bodies[kind]):
        own.show(f"data-plan='/plans/{name}'")
        own.click_button()
        own.page.evaluate(
            """() => {
              tracker.track("query_button.clicked");
              tracker.track("query_button.click", { rows: "many" });
              tracker.track("query_button.click", { colour: 1 });
            }"""
        )
        own.settle()
    for stored in own.expect_stored(name="query_button.click", count=2):
        assert stored.message["context"]["plan"]["version"] == "7"
    own.expect_stored(name="query_button.clicked")
    assert own.tap.to("/v1/raw") == []
    said = "\n".join(own.said())
    assert "query_button.clicked: event: the plan has no such event; did you mean" in said
    assert "not tracked: properties.rows: expected a whole number from 0; got text" in said
    assert "many" not in own.posted()


def test_a_newer_wheel_takes_the_place_of_an_older_one_for_the_pages_that_name_it(
    own: Page,
) -> None:
    """One Python serves both, and micropip comes for the first of them."""
    for version in ("1.0", "2.0"):
        source = SOURCE.replace('version="7"', f'version="{version}"')
        files = {"acme_events/__init__.py": "", "acme_events/plan.py": source}
        name = f"acme_events-{version}-py3-none-any.whl"
        with own.tap.replacing(f"/plans/{name}", wheel("acme_events", version, files)):
            own.show(f"data-plan='/plans/{name}'")
            own.click_button()
            own.settle()
    stored = own.expect_stored(name="query_button.click", count=2)
    versions = [each.message["context"]["plan"]["version"] for each in stored]
    assert versions == ["1.0", "2.0"]
    assert len([each for each in own.tap.heard if "/micropip-" in each.target]) == 1


def test_a_page_is_held_to_the_plan_of_its_key(own: Page) -> None:
    """The collector says what it is; the page has it before the first message is sent."""
    own.show("", key="demo")
    own.page.evaluate("tracker.track('no_such_button.click')")
    own.settle()
    expected = json.loads(own.tap.get("/plan.json?writeKey=demo"))["plan"]
    stamps = [message["context"]["plan"] for message in own.sent()]
    assert stamps
    assert all(stamp == Plan.from_json(expected).stamp for stamp in stamps)
    assert any("no_such_button.click: event: the plan has no such event" in t for t in own.said())


def test_who_is_tracked_without_a_name_stays_so_on_later_pages_until_reset(own: Page) -> None:
    """Another worker, which has not heard it, goes by what the visitor's browser remembers."""
    allowed = Policy(traits=TraitsPolicy(frozenset({"email"}))).to_json()
    answer = json.dumps({"plan": PLAN.to_json(), "privacy": allowed}).encode()
    calls = [
        ("user-1", {"is_tracking_anonymized": True, "email": "first@example.com"}),
        ("user-1", {"email": "second@example.com"}),
        ("user-2", {"email": "third@example.com"}),
        (None, None),
        ("user-1", {"email": "fourth@example.com"}),
    ]
    own.context.add_init_script("delete window.SharedWorker")  # a worker ends with its page
    with own.tap.replacing("/plan.json", answer):
        for user_id, traits in calls:
            own.show("", key="demo")
            call = "tracker.identify(id, traits)" if user_id else "tracker.reset()"
            own.page.evaluate(f"([id, traits]) => {{ {call}; }}", [user_id, traits])
            own.settle()
            own.page.goto("about:blank")
    # By their ids: what a worker could not hear of, as its page went, is sent again.
    sent = {m["messageId"]: m["traits"] for m in own.sent() if m["type"] == "identify"}
    assert [traits.get("email") for traits in sent.values()] == [
        *(None, None, "third@example.com", "fourth@example.com")
    ]
    assert "first@" not in own.posted()
    assert "second@" not in own.posted()


def test_a_page_with_an_older_plan_meets_a_newer_collector(own: Page) -> None:
    """What only the old plan allows is kept apart for its own reason, and not refused."""
    answer = json.dumps({"plan": PLAN.to_json(), "privacy": None}).encode()
    with own.tap.replacing("/plan.json", answer):
        own.show("", key="demo")
        own.click_button()
        own.settle()
    apart = own.collector.rows("SELECT message, reasons FROM quarantined")
    assert any("query_button.click" in str(row) for row in apart)
    assert all("plan_version" in str(row) for row in apart)
    assert own.collector.rows("SELECT * FROM refused") == []
    assert own.said() == []


def test_without_a_plan_that_was_named_the_page_goes_on_and_says_so_once(own: Page) -> None:
    """The collector checks by its own."""
    own.show("data-plan=/plans/nowhere.json")
    own.click_button()
    own.settle()
    own.expect_stored(name="query_button.click")
    [text] = [text for text in own.said() if "tracking plan" in text]
    assert "/plans/nowhere.json cannot be used: the answer was 404" in text


def test_page_facts_that_tag_and_plan_allow_are_those_of_the_instant_of_the_call(own: Page) -> None:
    """The view that was captured before the second file was there has them, too."""
    with own.tap.replacing("/plans/acme.json", json.dumps(PLAN.to_json()).encode()):
        own.show(
            "data-plan=/plans/acme.json data-page-facts='title path utm url'",
            query="?utm_campaign=spring&nonce=b81f2c",
        )
        own.page.evaluate("document.title = 'Revenue'; history.pushState(null, '', '/board')")
        own.click_button()
        own.settle()
    [view] = [message for message in own.sent() if message.get("name") == "explorer"]
    [click] = [message for message in own.sent() if message.get("event") == QUERY_EVENT]
    assert view["context"]["page"]["title"] == TITLE
    assert view["context"]["page"]["path"] == "/own"
    assert view["context"]["campaign"] == {"name": "spring"}
    place = {"name": "explorer", "type": "page", "hostname": "127.0.0.1"}
    assert click["context"]["page"] == place | {"title": "Revenue", "path": "/board"}
    assert "campaign" not in click["context"]
    for each in (view, click):
        assert each["context"]["privacy"]["redacted"] == [
            {"field": "context.page.url", "rule": "page_not_allowed"}
        ]
    assert "b81f2c" not in own.posted()
    [stored] = own.expect_stored(name="query_button.click")
    assert stored.message["context"]["page"] == place, "the collector has a say, too"
