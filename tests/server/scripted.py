"""A collector that answers as a test says, over real sockets: for what the real one does rarely."""

from __future__ import annotations

import gzip
import json
import ssl
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable

CERTIFICATE = Path(__file__).with_name("localhost.pem")
"""A key and a certificate for localhost that nobody else trusts; they open nothing."""


@dataclass(frozen=True)
class Answer:
    """What to answer; status 0 is to close the connection without a word."""

    status: int = 200
    body: Any = field(default_factory=dict)
    headers: tuple[tuple[str, str], ...] = ()
    wait_for: threading.Event | None = None
    close_after: bool = False


@dataclass(frozen=True)
class Request:
    """What came."""

    target: str
    headers: dict[str, str]
    raw: bytes
    connection: int

    @property
    def body(self) -> dict[str, Any]:
        return json.loads(
            gzip.decompress(self.raw) if self.headers.get("content-encoding") else self.raw
        )

    @property
    def messages(self) -> list[dict[str, Any]]:
        return self.body["batch"]


class _QuietServer(ThreadingHTTPServer):
    """Says nothing of clients that hang up: that is what is tested."""

    def handle_error(self, request: object, client_address: object) -> None:
        pass


class ScriptedCollector:
    """Gives the ``answers`` in order, and 200 afterwards; ``decide`` may answer instead of them."""

    def __init__(
        self,
        *answers: Answer,
        decide: Callable[[Request], Answer] | None = None,
        tls: bool = False,
    ) -> None:
        self.requests: list[Request] = []
        self.connections = 0
        self._answers = list(answers)
        self._decide = decide
        self._arrived = threading.Condition()
        self._server = _QuietServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        self.url = f"{'https' if tls else 'http'}://localhost:{self.port}"
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def messages(self) -> list[dict[str, Any]]:
        """All messages of all requests, in the order in which they came."""
        return [message for request in self.requests for message in request.messages]

    def wait_for(self, count: int, seconds: float = 60) -> list[Request]:
        """Return the requests once there are so many; fails when they do not come."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.requests) >= count, seconds), (
                f"{len(self.requests)} of {count} requests came"
            )
        return self.requests

    def _take(self, request: Request) -> Answer:
        with self._arrived:
            self.requests.append(request)
            self._arrived.notify_all()
            if self._decide is not None:
                return self._decide(request)
            return self._answers.pop(0) if self._answers else Answer()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        collector = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                collector.connections += 1
                self.number = collector.connections

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                answer = collector._take(Request(self.path, headers, raw, self.number))
                if answer.wait_for is not None:
                    answer.wait_for.wait(120)
                if answer.status == 0:
                    self.close_connection = True
                    return
                content = json.dumps(answer.body).encode()
                self.send_response(answer.status)
                for name, value in answer.headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
                self.close_connection = answer.close_after

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        return Handler
