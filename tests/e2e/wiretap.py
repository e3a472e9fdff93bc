"""A relay between the browser and the collector that hears every request, and can do to it what networks do.

The browser's own tools lose sight of beacons that a closing page sends; nothing gets past this.
"""

from __future__ import annotations

import contextlib
import http.client
import threading
import time
import urllib.request
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")

_HOLD_SECONDS = 60.0
_NOT_RELAYED = frozenset(
    {"connection", "content-length", "date", "keep-alive", "server", "transfer-encoding"}
)


@dataclass(frozen=True, slots=True)
class Heard:
    """One request as it came over the wire."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    at: float
    """In seconds of a clock that is never set."""

    @property
    def text(self) -> str:
        """All of the request as text, to look for what must not be in it."""
        headers = "\n".join(f"{name}: {value}" for name, value in self.headers.items())
        return f"{self.method} {self.target}\n{headers}\n\n{self.body.decode(errors='replace')}"


@dataclass(slots=True)
class _Hold:
    prefix: str
    answers_only: bool
    released: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, slots=True)
class _Own:
    """An answer of the relay's own, to bodies of more than ``above`` bytes."""

    prefix: str
    status: int
    headers: dict[str, str]
    body: bytes = b""
    above: int = -1


class Wiretap:
    """Relays HTTP requests to ``upstream``; ``url`` is its own address."""

    def __init__(self, upstream: str, *, cached: bool = True) -> None:
        """Listen on a free port and relay to ``upstream``, a URL without a path.

        Unless ``cached``, the browser is told to keep no assets, so that each boot asks for them.
        """
        self.heard: list[Heard] = []
        self._upstream = urlsplit(upstream).netloc
        self._cached = cached
        self._holds: list[_Hold] = []
        self._own: list[_Own] = []
        self._cut: list[str] = []
        tap = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self) -> None:
                with contextlib.suppress(ConnectionError):
                    super().handle_one_request()

            def do_GET(self) -> None:
                tap._relay(self)

            do_POST = do_OPTIONS = do_HEAD = do_GET  # noqa: N815 - names that the base class looks for

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}
        )
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Release everything and stop listening."""
        for hold in self._holds:
            hold.released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def to(self, prefix: str) -> list[Heard]:
        """Return the requests whose target begins with ``prefix``, oldest first."""
        return [heard for heard in self.heard if heard.target.startswith(prefix)]

    def get(self, path: str) -> bytes:
        """Return what the collector serves at ``path``."""
        with urllib.request.urlopen(f"http://{self._upstream}{path}") as answer:
            return bytes(answer.read())

    @contextlib.contextmanager
    def holding(self, prefix: str) -> Iterator[None]:
        """Let requests to ``prefix`` wait, so that the collector does not see them until the end of the block."""
        with self._hold(_Hold(prefix, answers_only=False)):
            yield

    @contextlib.contextmanager
    def holding_answers(self, prefix: str) -> Iterator[None]:
        """Let the answers to requests to ``prefix`` wait: the collector has them, the browser does not know."""
        with self._hold(_Hold(prefix, answers_only=True)):
            yield

    @contextlib.contextmanager
    def refusing(
        self, prefix: str, status: int = 403, *, above: int = -1, **headers: str
    ) -> Iterator[None]:
        """Answer requests to ``prefix`` as a filter between visitor and collector would, which never sees them.

        Only those with more than ``above`` bytes of body; ``headers`` are added, with underscores for hyphens.
        """
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with _within(self._own, _Own(prefix, status, named, above=above)):
            yield

    @contextlib.contextmanager
    def replacing(self, prefix: str, body: bytes, **headers: str) -> Iterator[None]:
        """Answer requests to ``prefix`` with ``body``; ``headers`` are added, with underscores for hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with _within(self._own, _Own(prefix, 200, named, body)):
            yield

    @contextlib.contextmanager
    def cutting_answers(self, prefix: str) -> Iterator[None]:
        """Cut the connection in the middle of each answer to ``prefix``, which the collector gave in full."""
        with _within(self._cut, prefix):
            yield

    @contextlib.contextmanager
    def _hold(self, hold: _Hold) -> Iterator[None]:
        try:
            with _within(self._holds, hold):
                yield
        finally:
            hold.released.set()

    def _wait(self, target: str, *, for_answer: bool) -> None:
        for hold in list(self._holds):
            if hold.answers_only == for_answer and target.startswith(hold.prefix):
                hold.released.wait(_HOLD_SECONDS)

    def _relay(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        headers = dict(request.headers.items())
        self.heard.append(Heard(request.command, request.path, headers, body, time.monotonic()))
        for own in list(self._own):
            if request.path.startswith(own.prefix) and len(body) > own.above:
                self._answer(request, own.status, list(own.headers.items()), own.body)
                return
        self._wait(request.path, for_answer=False)
        upstream = http.client.HTTPConnection(self._upstream, timeout=30)
        try:
            upstream.request(request.command, request.path, body or None, headers)
            answer = upstream.getresponse()
            payload = answer.read()
        except OSError:
            request.close_connection = True  # the collector is down, and so are we
            return
        finally:
            upstream.close()
        self._wait(request.path, for_answer=True)
        self._answer(request, answer.status, answer.getheaders(), payload)

    def _answer(
        self,
        request: BaseHTTPRequestHandler,
        status: int,
        headers: list[tuple[str, str]],
        payload: bytes,
    ) -> None:
        def is_uncached(name: str) -> bool:
            is_asset = request.path.startswith("/assets/")
            return is_asset and name.lower() == "cache-control" and not self._cached

        request.send_response(status)
        for name, value in headers:
            if name.lower() not in _NOT_RELAYED:
                request.send_header(name, "no-store" if is_uncached(name) else value)
        request.send_header("Content-Length", str(len(payload)))
        if any(request.path.startswith(prefix) for prefix in self._cut):
            request.close_connection = True
            payload = payload[: len(payload) // 2]
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(payload)


@contextlib.contextmanager
def _within(those: list[T], one: T) -> Iterator[None]:
    """Have ``one`` among ``those`` for the block."""
    those.append(one)
    try:
        yield
    finally:
        those.remove(one)
