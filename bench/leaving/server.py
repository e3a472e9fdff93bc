"""A small HTTP server that remembers what it heard, answers late, and can be cut off."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Request:
    """A request that has arrived completely."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back; ``late`` are seconds that this answer takes beside the server's own latency."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    late: float = 0.0


@dataclass
class Server:
    """Listens on a free port of its own; ``heard`` has each request, also those whose answer nobody read.

    Args:
        respond: makes the answer; called in a thread of the connection's own.
        latency: seconds from a request's arrival to its answer.
    """

    respond: Callable[[Request], Answer]
    latency: float = 0.0
    heard: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start to listen."""
        self._connections: set[socket.socket] = set()
        self._listener: ThreadingHTTPServer | None = self._listen(0)
        self.port = self._listener.server_port
        self.url = f"http://{HOST}:{self.port}"

    def cut(self) -> None:
        """End all connections at once and refuse new ones, as when the network is gone."""
        listener, self._listener = self._listener, None
        if listener is None:
            return
        listener.shutdown()
        listener.server_close()
        for connection in list(self._connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Listen again, on the same port."""
        if self._listener is None:
            self._listener = self._listen(self.port)

    def _listen(self, port: int) -> ThreadingHTTPServer:
        listener = ThreadingHTTPServer((HOST, port), self._handler())
        listener.daemon_threads = True
        threading.Thread(target=listener.serve_forever, args=(0.02,), daemon=True).start()
        return listener

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self) -> None:
                super().setup()
                server._connections.add(self.connection)

            def finish(self) -> None:
                server._connections.discard(self.connection)
                with contextlib.suppress(OSError):
                    super().finish()

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except OSError:
                    self.close_connection = True

            def do_GET(self) -> None:
                server._serve(self)

            do_POST = do_OPTIONS = do_HEAD = do_GET  # noqa: N815 - names that the base class looks for

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
                pass

        return Handler

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("Content-Length", 0))
        body = handler.rfile.read(length)
        if len(body) < length:  # the visitor went before all of it was sent
            handler.close_connection = True
            return
        request = Request(handler.command, handler.path, dict(handler.headers.items()), body)
        self.heard.append(request)
        answer = self.respond(request)
        # This wait is the network that is being imitated.
        time.sleep(self.latency + answer.late)
        handler.send_response(answer.status)
        for name, value in answer.headers:
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(answer.body)))
        handler.end_headers()
        if request.method != "HEAD":
            handler.wfile.write(answer.body)
