"""Python breaks, the collector is down, slow or strict, answers get lost: nothing is lost or stored twice."""

from __future__ import annotations

import contextlib
import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.e2e.files import PYTHON, is_lean, path_of
from tests.e2e.hasty import CLOCK
from tests.e2e.visitor import PATIENCE_SECONDS, name_of
from tests.e2e.worker_page import WorkerPage, world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext

    from tests.collector_process import CollectorProcess
    from tests.e2e.wiretap import Wiretap

ENTRY = "tracker/browser/__init__.py"
BREAKING_WHEEL = '''

_handle_message = handle_message


def handle_message(text):
    """As before, but these events break Python as nothing ever should."""
    import js
    import os

    if "raise.always" in text:
        raise ZeroDivisionError("a fault in Python")
    if "abort.once" in text and not hasattr(js, "hasAborted"):
        js.hasAborted = True
        os.abort()
    _handle_message(text)
'''
BREAKING_GLUE = """
import createModule from "/whole-glue.mjs";

/* As before, but these events ask Python for what it cannot give. */
const FAULTS = {
  "raise.always": (python) => python.runPython("raise ZeroDivisionError('a fault in Python')"),
  "needs.cold": (python) => python.pyimport("zlib"),
  "needs.library": (python) => python.pyimport("decimal"),
  "abort.once": (python) => {
    if (self.hasAborted) return;
    self.hasAborted = true;
    python.runPython("import os; os.abort()");
  },
};

export default async (settings) => {
  const module = await createModule(settings);
  const { finalizeBootstrap } = module.API;
  module.API.finalizeBootstrap = (state) => {
    const python = finalizeBootstrap(state);
    const pyimport = (name) => {
      if (name !== "tracker.browser") return python.pyimport(name);
      const handle = python.pyimport(name).handle_message;
      const handle_message = (text) => {
        for (const [event, fail] of Object.entries(FAULTS)) if (text.includes(event)) fail(python);
        handle(text);
      };
      return { handle_message };
    };
    return { pyimport };
  };
  return module;
};
"""

WITH_PYTHON = pytest.mark.parametrize("python", [True, False], ids=["python", "raw"])


@pytest.fixture
def page(browser: Browser, tap: Wiretap) -> Iterator[WorkerPage]:
    """Yield a page in a browser profile of its own, whose worker is not started yet."""
    context: BrowserContext = browser.new_context()
    yield WorkerPage(context.new_page(), tap.url)
    context.close()


@pytest.fixture
def breaking(tap: Wiretap) -> Iterator[None]:
    """Serve a Python that breaks on certain events."""
    with contextlib.ExitStack() as served:
        served.enter_context(_breaking_stock(tap))
        if is_lean():
            script = {"Content_Type": "text/javascript"}
            glue = tap.get(path_of("glue"))
            served.enter_context(tap.replacing("/whole-glue.mjs", glue, **script))
            breaking = BREAKING_GLUE.encode()
            served.enter_context(tap.replacing(path_of("glue"), breaking, **script))
        yield


@contextlib.contextmanager
def _breaking_stock(tap: Wiretap) -> Iterator[None]:
    wheel = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(tap.get(path_of("wheel")))) as source,
        zipfile.ZipFile(wheel, "w") as target,
    ):
        for entry in source.infolist():
            breaking = BREAKING_WHEEL if entry.filename == ENTRY else ""
            target.writestr(entry, source.read(entry) + breaking.encode())
    with tap.replacing(path_of("wheel"), wheel.getvalue(), Content_Type="application/zip"):
        yield


def names(collector: CollectorProcess) -> list[str]:
    """Return the names of all stored events, sorted, with repetitions."""
    return sorted(name_of(message) for message in collector.messages())


def ways(collector: CollectorProcess) -> set[str]:
    """Return the ways by which events came: ``batch`` or ``raw``."""
    return {via for (via,) in collector.rows("SELECT DISTINCT via FROM log")}


def complaints(page: WorkerPage) -> list[str]:
    """Return what the worker reported, each as often as it did."""
    return [each["text"] for each in page.heard("report") + page.heard("failed")]


@pytest.mark.usefixtures("breaking")
def test_python_that_aborts_is_started_again(page: WorkerPage, collector: CollectorProcess) -> None:
    """Its WebAssembly is dead for good. Another one goes on, with what had not been sent."""
    page.connect()
    page.wait_until("settled", page.track("before.fault"))
    page.wait_until("settled", page.track("abort.once", "after.fault"))
    [complaint] = complaints(page)
    assert complaint.startswith("Python broke and is started again: ")
    assert ways(collector) == {"batch"}
    assert names(collector) == ["abort.once", "after.fault", "before.fault"]


@pytest.mark.usefixtures("breaking")
def test_python_that_breaks_again_is_given_up(
    page: WorkerPage, collector: CollectorProcess
) -> None:
    """An event that breaks every Python is stored all the same, raw, and so are those after it."""
    page.connect()
    page.wait_until("settled", page.track("before.fault"))
    page.wait_until("settled", page.track("raise.always", "after.fault"))
    page.wait_until("settled", page.track("later.on"))
    again, failed = complaints(page)
    assert again.startswith("Python broke and is started again: ")
    assert "a fault in Python" in failed
    assert len(page.heard("failed")) == 1
    assert names(collector) == ["after.fault", "before.fault", "later.on", "raise.always"]
    assert ways(collector) == {"batch", "raw"}


@pytest.mark.lean
@pytest.mark.usefixtures("breaking")
@pytest.mark.parametrize(("part", "how"), [("cold", "refused"), ("library", "cut off")])
def test_where_the_rest_of_python_cannot_be_had_it_is_a_crash_and_no_hang(
    page: WorkerPage, collector: CollectorProcess, tap: Wiretap, part: str, how: str
) -> None:
    """Something asked for it that no visit should ask for; facts go raw then, none is lost or doubled."""
    path = path_of(part)
    with tap.refusing(path, 404) if how == "refused" else tap.cutting_answers(path):
        page.connect()
        page.wait_until("settled", page.track("before.fault"))
        page.wait_until("settled", page.track(f"needs.{part}", "after.fault"))
    again, failed = complaints(page)
    assert again.startswith("Python broke and is started again: ")
    assert path in failed
    assert len(page.heard("failed")) == 1
    assert names(collector) == sorted(["after.fault", "before.fault", f"needs.{part}"])
    assert ways(collector) == {"batch", "raw"}


@pytest.mark.lean
def test_after_a_boot_that_failed_the_next_page_has_python_boot_again(
    browser: Browser, collector: CollectorProcess, tap: Wiretap
) -> None:
    """A network that was away for a moment does not cost the worker, which outlives pages, its Python."""
    with contextlib.closing(browser.new_context()) as context:
        first = WorkerPage(context.new_page(), tap.url)
        with tap.refusing(PYTHON, 503):
            first.connect()
            first.wait_until("settled", first.track("without.python"))
            first.wait_for("failed")
        second = WorkerPage(context.new_page(), tap.url)
        second.connect()
        second.wait_for("ready")
        ids = first.track("of.first") + second.track("of.second")
        first.wait_until("settled", ids[:1])
        second.wait_until("settled", ids[1:])
    assert names(collector) == ["of.first", "of.second", "without.python"]
    assert ways(collector) == {"raw", "batch"}


@pytest.mark.lean
@pytest.mark.usefixtures("breaking")
def test_what_breaks_in_pyodide_as_published_is_started_again_as_such(
    page: WorkerPage, collector: CollectorProcess, tap: Wiretap
) -> None:
    """Where the lean Python did not start, it is not tried, or complained about, a second time."""
    with tap.refusing(path_of("picture"), 404):
        page.connect()
        page.wait_until("settled", page.track("before.fault"))
    page.wait_until("settled", page.track("abort.once", "after.fault"))
    instead, again = complaints(page)
    assert instead.startswith(
        "The lean Python did not start, so Pyodide as published does its work: "
    )
    assert again.startswith("Python broke and is started again: ")
    assert len(tap.to(path_of("picture"))) == 1
    assert ways(collector) == {"batch"}
    assert names(collector) == ["abort.once", "after.fault", "before.fault"]


def test_where_wasm_is_forbidden_the_worker_delivers_raw(
    page: WorkerPage, collector: CollectorProcess, tap: Wiretap
) -> None:
    """A worker goes by the policy that it is served with, or by its page's when it is a blob."""
    source = tap.get(page.worker)
    with tap.replacing(
        page.worker,
        source,
        Content_Type="text/javascript",
        Content_Security_Policy="script-src 'self'",
    ):
        page.connect()
        page.wait_until("settled", page.track("without.wasm"))
    assert len(page.heard("failed")) == 1
    assert page.heard("ready") == page.heard("report") == []
    assert tap.to(PYTHON) == [], "neither of the two Pythons was asked for"
    assert ways(collector) == {"raw"}
    assert names(collector) == ["without.wasm"]


@WITH_PYTHON
def test_while_the_collector_is_down_everything_waits(
    page: WorkerPage, collector: CollectorProcess, *, python: bool
) -> None:
    """Its port is closed for a while, though the assets were there."""
    page.connect(python=python)
    ids = page.track("before.down")
    page.wait_until("settled", ids)
    collector.kill()
    ids += page.track(*(f"while.down_{n}" for n in range(20)))
    page.wait_until("stored", ids)
    page.page.wait_for_timeout(3000)  # so that it has tried more than once
    collector.start()
    ids += page.track("when.back")
    page.wait_until("settled", ids)
    assert sorted(page.ids("settled")) == sorted(ids)
    assert len(names(collector)) == len(set(names(collector))) == 22
    assert page.heard("report") == []


@WITH_PYTHON
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_honoured(
    page: WorkerPage, collector: CollectorProcess, tap: Wiretap, status: int, *, python: bool
) -> None:
    """One request, then silence for as long as the collector asked for, whatever else happens."""
    page.connect(python=python)
    page.wait_until("settled", page.track("before.storm"))
    way = "/v1/batch" if python else "/v1/raw"
    before = len(tap.to(way))
    with tap.refusing("/v1/", status, Retry_After="4"):
        ids = page.track("in.storm")
        page.post({"type": "flush"})
        collector.wait_for(lambda _: len(tap.to(way)) > before, seconds=PATIENCE_SECONDS)
        page.post({"type": "flush"})
        page.page.wait_for_timeout(2000)  # for so long the storm lasts
    ids += page.track(*(f"more.storm_{n}" for n in range(150)))
    page.post({"type": "flush"})
    page.wait_until("settled", ids)
    refused, again = tap.to(way)[before : before + 2]
    assert again.at - refused.at >= 4, "the collector asked for 4 s of silence"
    assert page.ids("settled").count(ids[0]) == 1
    assert len(names(collector)) == len(set(names(collector))) == 152


@WITH_PYTHON
def test_a_clock_that_is_set_while_facts_wait_changes_neither_wait_nor_time(
    page: WorkerPage, collector: CollectorProcess, tap: Wiretap, *, python: bool
) -> None:
    """An hour forward, in which nothing is sent early; then back, in which nothing is sent late."""
    way = "/v1/batch" if python else "/v1/raw"
    set_clock = "hours => void new BroadcastChannel('clock').postMessage(hours * 3_600_000)"
    with world(tap, CLOCK):
        page.connect(python=python)
        page.wait_until("settled", page.track("before.clock"))
    before = len(tap.to(way))
    with tap.refusing("/v1/", 503, Retry_After="3"):
        ids = page.track("in.clock")
        collector.wait_for(lambda _: len(tap.to(way)) > before, seconds=PATIENCE_SECONDS)
        page.page.evaluate(set_clock, 1)
        page.post({"type": "flush"})
        page.page.wait_for_timeout(1500)  # in this time nothing may happen
        page.page.evaluate(set_clock, -1)
    page.wait_until("settled", ids)
    refused, again = tap.to(way)[before : before + 2]
    assert 3 <= again.at - refused.at < 60, "the collector asked for 3 s of silence"
    [first, stored] = collector.messages()
    assert name_of(stored) == "in.clock"
    assert stored["originalTimestamp"] >= first["originalTimestamp"]
    assert stored["sentAt"] < stored["originalTimestamp"], "the clock was not set back"
    assert stored["originalTimestamp"] <= stored["timestamp"] <= stored["receivedAt"]


@WITH_PYTHON
def test_an_answer_that_is_lost_stores_nothing_twice(
    page: WorkerPage, collector: CollectorProcess, tap: Wiretap, *, python: bool
) -> None:
    """The collector has stored the events; the connection breaks within its answer."""
    page.connect(python=python)
    page.wait_until("settled", page.track("before.cut"))
    with tap.cutting_answers("/v1/"):
        ids = page.track("in.cut")
        collector.wait_for(lambda messages: len(messages) >= 2, seconds=PATIENCE_SECONDS)
        page.page.wait_for_timeout(2000)  # for so long answers are cut
        assert ids[0] not in page.ids("settled")
    page.wait_until("settled", ids)
    assert names(collector) == ["before.cut", "in.cut"]
    assert page.heard("report") == []


@WITH_PYTHON
def test_what_is_too_large_together_goes_in_parts(
    page: WorkerPage, collector: CollectorProcess, tap: Wiretap, *, python: bool
) -> None:
    """A proxy before the collector takes less than the collector would."""
    page.connect(python=python)
    page.wait_until("settled", page.track("before.all"))
    with tap.refusing("/v1/", 413, above=4000):
        ids = page.track(*(f"part.number_{n}" for n in range(60)))
        page.wait_until("settled", ids)
    assert len(names(collector)) == len(set(names(collector))) == 61
    assert page.heard("report") == []


def test_what_is_refused_for_good_is_said_and_dropped(
    page: WorkerPage, collector: CollectorProcess, tap: Wiretap
) -> None:
    """A key that the collector does not know will not become known by asking again."""
    page.connect(python=False, write_key="unknown")
    ids = page.track("of.nobody")
    page.wait_until("settled", ids)
    [report] = page.heard("report")
    assert report["ids"] == ids
    assert "401" in report["text"]
    assert page.on_disk() == []
    assert len(tap.to("/v1/raw")) == 1
    assert collector.messages() == []
