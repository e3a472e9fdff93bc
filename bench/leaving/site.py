"""A page to leave, and the server that its SDK sends to."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bench.leaving.server import Answer, Server
from bench.leaving.subjects import bundle
from bench.leaving.wire import events, imitate, relay

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.leaving.server import Request
    from bench.leaving.subjects import Subject
    from tests.collector_process import CollectorProcess

LATENCY = 0.05


class Site:
    """A page to leave and the server that its SDK sends to, on origins of their own for each visit."""

    def __init__(
        self, subject: Subject, collector: CollectorProcess | None, *, loader_late: float
    ) -> None:
        self._subject = subject
        self._collector = collector
        self._loader_late = loader_late
        self._answer: Callable[[Request], Answer] = relay(collector.url) if collector else imitate
        self.plane = Server(self._respond, LATENCY)
        self.pages = self.plane if subject.is_same_origin else Server(self._page)
        self.url = f"{self.pages.url}/leave/first"
        self.next_url = f"{self.pages.url}/leave/next"
        self.last_url = f"{self.pages.url}/leave/last"
        # Another site, not only another origin: the browser takes another process for it.
        self.other_url = f"http://localhost:{self.pages.port}/other"

    def close(self) -> None:
        """Stop to serve."""
        self.plane.cut()
        self.pages.cut()

    def count(self, click: str) -> int:
        """Return how often the click was counted: stored, or at a peer's server received."""
        if self._collector is None:
            return self.wire(click).total()
        event = f"leave.{click}.click"
        return sum(message.get("event") == event for message in self._collector.messages())

    def wire(self, click: str) -> Counter[str]:
        """Return the ids under which the click came over the wire, with how often each did."""
        bodies = [request.body for request in list(self.plane.heard) if request.method == "POST"]
        return Counter(own for body in bodies for name, own in events(body) if name == click)

    def _respond(self, request: Request) -> Answer:
        if request.target.startswith(("/leave/", "/other", "/bundle/")):
            return self._page(request)
        answer = self._answer(request)
        if request.target == "/tracker.js":
            return Answer(answer.status, answer.body, answer.headers, self._loader_late)
        return answer

    def _page(self, request: Request) -> Answer:
        if request.target.startswith("/bundle/"):
            return Answer(200, bundle(self._subject.module), (("Content-Type", "text/javascript"),))
        if request.target == "/other":
            return _html("<title>Elsewhere</title>")
        return _html(self._subject.html(self.plane.url))


def _html(text: str) -> Answer:
    headers = (("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store"))
    return Answer(200, text.encode(), headers)
