"""A web site with the loader in its pages, which records whatever reaches its collector's URLs."""

from __future__ import annotations

import json
import mimetypes
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ASSETS = Path(__file__).parents[2] / "tracker" / "collector" / "assets"
WAIT_SECONDS = 30.0
WRITE_KEY = "test-write-key"

Fact = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """A POST as it came: ``path`` with its query, and the body as text."""

    path: str
    headers: dict[str, str]
    body: str

    @property
    def facts(self) -> list[Fact]:
        """Return the facts of a body of ``/v1/raw``."""
        return json.loads(self.body)["facts"]


@dataclass
class Site:
    """Serves the built assets, the pages in ``pages``, and ``html`` at every other path.

    ``statuses`` are the answers to the next POSTs; after them, and without any, it is 200.
    ``refused`` are the beginnings of paths that answer 404; by default the worker's, so that no
    test waits for Python that is not about it. Those of ``held`` are not answered
    before ``release``.
    """

    html: str = ""
    pages: dict[str, str] = field(default_factory=lambda: {"/empty": "<!doctype html>"})
    statuses: list[int] = field(default_factory=list)
    refused: tuple[str, ...] = ("/assets/worker-",)
    held: tuple[str, ...] = ()
    worker_csp: str | None = None
    requests: list[Request] = field(default_factory=list)
    gets: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start to serve, on a free port."""
        self._changed = threading.Condition()
        self._released = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Stop to serve."""
        self.release()
        self._server.shutdown()
        self._server.server_close()

    def release(self) -> None:
        """Answer from now on what was held."""
        self._released.set()

    def tag(self, attributes: str = 'data-app="acme_webapp"', *, origin: str = "") -> str:
        """Return the loader's script tag."""
        return (
            f'<script async src="{origin or self.url}/tracker.js"'
            f' data-write-key="{WRITE_KEY}" {attributes}></script>'
        )

    def note(self, path: str) -> None:
        """Keep the path of a GET."""
        with self._changed:
            self.gets.append(path)
            self._changed.notify_all()

    def wait_for_get(self, beginning: str) -> None:
        """Return once a path with this beginning was asked for."""
        with self._changed:
            if not self._changed.wait_for(
                lambda: any(path.startswith(beginning) for path in self.gets), WAIT_SECONDS
            ):
                raise AssertionError(f"expected a GET of {beginning}…, got {self.gets}")

    def record(self, request: Request) -> int:
        """Keep a POST; return the status to answer it with."""
        with self._changed:
            self.requests.append(request)
            self._changed.notify_all()
            return self.statuses.pop(0) if self.statuses else 200

    def facts(self) -> list[Fact]:
        """Return the raw facts that came, in their order, each once."""
        facts: dict[str, Fact] = {}
        for request in list(self.requests):
            if request.path.startswith("/v1/raw"):
                for fact in request.facts:
                    facts.setdefault(fact["id"], fact)
        return list(facts.values())

    def names(self) -> list[str]:
        """Return what happened, as kind or name of each fact."""
        return [fact.get("name", fact["kind"]) for fact in self.facts()]

    def wait_for(self, *names: str) -> list[Fact]:
        """Return the facts once exactly these have come, in this order."""
        with self._changed:
            if not self._changed.wait_for(lambda: self.names() == list(names), WAIT_SECONDS):
                raise AssertionError(f"expected {list(names)}, got {self.names()}")
        return self.facts()

    def wait_for_count(self, count: int) -> list[Fact]:
        """Return the facts once so many have come."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.facts()) == count, WAIT_SECONDS):
                raise AssertionError(f"expected {count} facts, got {self.names()}")
        return self.facts()

    def wait_for_requests(self, count: int) -> list[Request]:
        """Return the POSTs once there are so many."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.requests) >= count, WAIT_SECONDS):
                raise AssertionError(f"expected {count} requests, got {len(self.requests)}")
        return self.requests


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            site.note(path)
            file = ASSETS / path.lstrip("/")
            if path.startswith(site.held):
                site._released.wait()
            if path.startswith(site.refused):
                self._answer(404, b"", "text/plain")
            elif path.startswith(("/tracker.js", "/assets/")) and file.is_file():
                kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
                kind = "application/wasm" if path.endswith(".wasm") else kind
                kind = "text/javascript" if path.endswith((".mjs", ".js")) else kind
                self._answer(200, file.read_bytes(), kind)
            else:
                html = site.pages.get(path, site.html)
                self._answer(200, html.encode(), "text/html; charset=utf-8")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            status = site.record(Request(self.path, dict(self.headers), body))
            answer = {"accepted": 0, "duplicate": 0, "refused": 0, "refusals": []}
            self._answer(status, json.dumps(answer).encode(), "application/json")

        def _answer(self, status: int, body: bytes, kind: str) -> None:
            with suppress(ConnectionError):
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Access-Control-Allow-Origin", "*")
                self.send_header("Cross-Origin-Resource-Policy", "cross-origin")
                if site.worker_csp and "/assets/worker-" in self.path:
                    self.send_header("Content-Security-Policy", site.worker_csp)
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    return Handler
