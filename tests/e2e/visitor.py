"""Someone who uses the demo in a real browser, and what of it reached the store."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.e2e.files import NOT_FOR_A_VISIT, is_lean

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

    from tests.collector_process import CollectorProcess, Message
    from tests.e2e.wiretap import Wiretap

LOCALE = "de-DE"
TIMEZONE = "Europe/Berlin"
SCREEN = {"width": 1280, "height": 800, "density": 2, "innerWidth": 1280, "innerHeight": 720}
PATIENCE_SECONDS = (
    60.0  # Python boots in seconds on a quiet machine, and not every machine is quiet
)

_barriers = itertools.count()


@dataclass(frozen=True, slots=True)
class Stored:
    """A message in the store, and the way that it came: ``batch`` or ``raw``."""

    via: str
    message: Message


class Visitor:
    """A browser of its own with a page of the demo in it; what it asks for and complains of is recorded.

    With ``may_fetch_all``, also what the lean runtime has to do without in a visit like others.
    """

    def __init__(self, browser: Browser, collector: CollectorProcess, tap: Wiretap) -> None:
        """Open an empty page; nothing is loaded before ``open``."""
        self.collector = collector
        self.tap = tap
        self.requested: list[str] = []
        self._complaints: list[str] = []
        self.may_fetch_all = False
        self._since = 0
        self.context = browser.new_context(
            locale=LOCALE,
            timezone_id=TIMEZONE,
            screen={"width": SCREEN["width"], "height": SCREEN["height"]},
            viewport={"width": SCREEN["innerWidth"], "height": SCREEN["innerHeight"]},
            device_scale_factor=SCREEN["density"],
        )
        self.context.on("request", self._note_request)
        self.context.on("console", self._note_console)
        self.context.on("weberror", lambda error: self._complaints.append(str(error.error)))
        self.context.set_default_timeout(PATIENCE_SECONDS * 1000)
        self.page: Page = self.context.new_page()

    @property
    def complaints(self) -> list[str]:
        """The warnings and errors up to now; who has looked at them may clear them.

        The console reaches this process in the order of the page's other messages, but only while it
        speaks to the page: hence the question, whose answer comes after all that was said before.
        """
        if not self.page.is_closed():
            self.page.evaluate("0")
        return self._complaints

    def close(self) -> None:
        """Close the browser and all its pages."""
        self.context.close()

    def open(self, route: str = "welcome", *, ready: bool = True) -> None:
        """Load a page of the demo; with ``ready``, return once Python runs."""
        self.page.goto(f"{self.tap.url}/demo/{route}")
        if ready:
            self.wait_for_python()

    def visit(self, route: str) -> None:
        """Start anew on a page of the app without loading it again: what was stored before is forgotten.

        Python takes seconds to boot; this is for tests that are not about that.
        """
        self.settle()
        [(self._since,)] = self.collector.rows("SELECT max(id) FROM log")
        self.page.evaluate(
            "url => { history.pushState(null, '', url); dispatchEvent(new PopStateEvent('popstate')); }",
            f"/demo/{route}",
        )

    def leave(self) -> None:
        """Go where there is no tracker, and return once the page's beacon has arrived."""
        before = len(self.tap.to("/v1/raw"))
        self.page.goto("about:blank")
        self._wait(lambda: len(self.tap.to("/v1/raw")) > before)

    def new_tab(self) -> None:
        """Go on in another tab of the same browser."""
        self.page = self.context.new_page()

    def wait_for_python(self) -> None:
        """Return once the worker's Python runs."""
        expect(self.page.locator("#sent-boot")).to_have_attribute("data-state", "ready")

    def click(self, name: str, *, section: str | None = None) -> None:
        """Click what is tracked as ``name``, in ``section`` where there are several."""
        within = f"track-section[name={section}] " if section else ""
        self.page.locator(f"{within}[data-track={name}]").click()

    def page_name(self) -> str | None:
        """Return the name of the page that the app shows."""
        return self.page.locator("#app > track-page").get_attribute("name")

    def stored(self) -> list[Stored]:
        """Return what the store has, oldest first, but for the barriers of ``settle``."""
        rows = self.collector.rows(
            f"SELECT via, messages FROM log WHERE id > {self._since} ORDER BY id"
        )
        stored = [Stored(via, message) for via, text in rows for message in json.loads(text)]
        return [each for each in stored if not _is_barrier(each.message)]

    def expect_stored(self, *, count: int = 1, **fields: Any) -> list[Stored]:
        """Wait until the store has ``count`` messages with these fields; it must not have more.

        ``name`` is that of the event without the app, or of the page; any other field is compared
        with the message's own.
        """
        self._wait(lambda: len(self._found(fields)) >= count)
        found = self._found(fields)
        assert len(found) == count, f"{fields}: stored {len(found)} times, not {count}"
        return found

    def expect_not_stored(self, **fields: Any) -> None:
        """Assert that no message has these fields, once all that the page knows is stored."""
        self.settle()
        found = self._found(fields)
        assert not found, f"{fields}: stored, and should not be: {found}"

    def settle(self) -> None:
        """Return once everything captured before is stored: a barrier sent after it has arrived."""
        barrier = (
            f"barrier-{next(_barriers)}"  # a group that says nothing of itself is always planned
        )
        self.page.evaluate("id => { tracker.group(id); tracker.flush(); }", barrier)
        self.collector.wait_for(
            lambda messages: any(message.get("groupId") == barrier for message in messages),
            seconds=PATIENCE_SECONDS,
        )
        self.page.wait_for_function(
            "() => !document.querySelector('.message:not([data-state=stored])')"
        )

    def names(self) -> list[str]:
        """Return the names of all stored messages in the order of their capture."""
        messages = sorted(
            (each.message for each in self.stored()), key=lambda each: each["originalTimestamp"]
        )
        return [name_of(message) for message in messages]

    def expect_warning(self, text: str, *, among_errors: bool = False) -> None:
        """Wait for the tracker's warning with this text: it must have said it once, and is to say no other.

        With ``among_errors``, the browser's own complaints, of a failed request say, may stand beside it.
        """
        self._wait(lambda: any(text in each for each in self.complaints))
        complaints = list(self.complaints)
        warnings = [each for each in complaints if each.startswith("warning: [tracker] ")]
        assert len(warnings) == 1
        assert text in warnings[0]
        assert among_errors or complaints == warnings
        self.complaints.clear()

    def check(self) -> None:
        """Assert what must be true of every visit, and begin to record anew."""
        hosts = {urlsplit(url).netloc for url in self.requested}
        complaints = list(self.complaints)
        self.requested.clear()
        self.complaints.clear()
        assert hosts <= {urlsplit(self.tap.url).netloc}, (
            "only the collector may be asked for anything"
        )
        assert complaints == []
        if is_lean() and not self.may_fetch_all:
            heard = [each.target for each in self.tap.heard]
            assert [target for target in heard if target.startswith(NOT_FOR_A_VISIT)] == []

    def _wait(self, enough: Callable[[], bool]) -> None:
        self.collector.wait_for(lambda _messages: enough(), seconds=PATIENCE_SECONDS)

    def _found(self, fields: dict[str, Any]) -> list[Stored]:
        return [each for each in self.stored() if _matches(each.message, fields)]

    def _note_request(self, request: Request) -> None:
        self.requested.append(request.url)

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._complaints.append(f"{message.type}: {message.text}")


def name_of(message: Message) -> str:
    """Return the event's name without its app, the page's name, or the type of another message."""
    if message["type"] == "track":
        return str(message["event"]).removeprefix("acme_webapp.")
    return str(message.get("name", message["type"]))


def without_receipt(message: Message) -> Message:
    """Return the message without what the collector stamps on it."""
    return {
        key: value
        for key, value in message.items()
        if key not in ("sentAt", "receivedAt", "timestamp")
    }


def _matches(message: Message, fields: dict[str, Any]) -> bool:
    return all(
        name_of(message) == value if field == "name" else message.get(field) == value
        for field, value in fields.items()
    )


def _is_barrier(message: Message) -> bool:
    return re.fullmatch(r"barrier-\d+", message.get("groupId", "")) is not None
