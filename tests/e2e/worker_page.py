"""A page without the loader, which speaks to the worker itself, so that each message can be chosen and timed."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error

from tests.browser_finder import launch_arguments
from tests.e2e.files import path_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from playwright.sync_api import Browser, Page

    from tests.e2e.wiretap import Wiretap

PATIENCE_MS = 60_000

_SCRIPT = Path(__file__).with_name("worker_page.js").read_text("utf-8")


@contextlib.contextmanager
def world(tap: Wiretap, code: str) -> Iterator[None]:
    """Serve the worker with ``code`` before its own, which makes another world of its globals."""
    source = code.encode() + tap.get(path_of("worker"))
    with tap.replacing(path_of("worker"), source, Content_Type="text/javascript; charset=utf-8"):
        yield


class WorkerPage:
    """Tells a worker what the loader would, and writes down what it answers."""

    def __init__(self, page: Page, origin: str, *, endpoint: str | None = None) -> None:
        """Load a page of ``origin`` that is plain text; the worker is not started yet."""
        self.page = page
        self.origin = origin
        self.endpoint = endpoint or origin
        self.worker = path_of("worker")
        page.goto(f"{origin}/tracker.js")
        page.evaluate(_SCRIPT)

    def connect(
        self,
        kind: str = "shared",
        *,
        python: bool | None = True,
        write_key: str = "demo",
    ) -> None:
        """Start a ``shared``, ``dedicated`` or ``blob`` worker, or connect to it, and say who we are.

        Python is asked for as ``python`` says, and not at all with None.
        """
        url = (self.origin if kind != "blob" else self.endpoint) + self.worker
        settings = {"endpoint": self.endpoint, "writeKey": write_key, "debug": False}
        self.page.evaluate(
            "([kind, url, settings]) => connect(kind, url, settings)", [kind, url, settings]
        )
        if python is not None:
            self.post({"type": "start", "python": python})

    def post(self, message: dict[str, Any]) -> None:
        """Post a message as it is."""
        self.page.evaluate("message => post(message)", message)

    def track(self, *names: str) -> list[str]:
        """Post a fact for each event, each in a message of its own; return their ids."""
        ids: list[str] = self.page.evaluate("names => names.map(track)", names)
        return ids

    def heard(self, kind: str) -> list[dict[str, Any]]:
        """Return the messages of this type, oldest first."""
        heard: list[dict[str, Any]] = self.page.evaluate(
            "kind => heard.filter(({type}) => type === kind)", kind
        )
        return heard

    def wait_for(self, kind: str, count: int = 1) -> None:
        """Return once so many messages of this type have come."""
        self.page.wait_for_function(
            "([kind, count]) => heard.filter(({type}) => type === kind).length >= count",
            arg=[kind, count],
            timeout=PATIENCE_MS,
        )

    def wait_until(self, kind: str, ids: Iterable[str]) -> None:
        """Return once the worker has said of all these ids that they are ``stored`` or ``settled``."""
        self.page.wait_for_function(
            "([kind, ids]) => { const said = new Set(idsOf(kind)); return ids.every(id => said.has(id)); }",
            arg=[kind, list(ids)],
            timeout=PATIENCE_MS,
        )

    def ids(self, kind: str) -> list[str]:
        """Return the ids of all messages of this type, in their order, with repetitions."""
        ids: list[str] = self.page.evaluate("kind => idsOf(kind)", kind)
        return ids

    def on_disk(self) -> list[str]:
        """Return the ids of the facts in IndexedDB."""
        ids: list[str] = self.page.evaluate("idsOnDisk()")
        return ids

    def wait_until_erased(self) -> None:
        """Return once there is no fact in IndexedDB."""
        self.page.wait_for_function("async () => !(await idsOnDisk()).length", timeout=PATIENCE_MS)

    def crash(self) -> None:
        """End the page's process, as the kernel or a fault would."""
        with contextlib.suppress(Error):
            self.page.goto("chrome://crash")


@contextlib.contextmanager
def bfcache_browser(browser: Browser) -> Iterator[Browser]:
    """Start another browser that has a back/forward cache, which Playwright turns off by itself."""
    other = browser.browser_type.launch(
        **launch_arguments(), ignore_default_args=["--disable-back-forward-cache"]
    )
    try:
        yield other
    finally:
        other.close()
