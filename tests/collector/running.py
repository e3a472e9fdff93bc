"""A real collector on a free port, in a thread of the test's process, with a clock to set."""

from __future__ import annotations

import contextlib
import json
import socket
import sqlite3
import threading
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import httpx
import uvicorn

from tracker.collector.app import Collector
from tracker.collector.serve import configuration

if TYPE_CHECKING:
    from tracker.collector.settings import Settings

NOW = 1_795_450_000_000
"""2026-11-23T16:06:40Z: what the test's clock says until it is set."""


class SetClock:
    """A clock that stands still until a test sets it."""

    def __init__(self, now: int = NOW) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


class RunningCollector:
    """A collector and a client of it; a context manager."""

    def __init__(self, settings: Settings, *, assets: Path | None = None) -> None:
        self.clock = SetClock()
        self.collector = Collector(settings, clock=self.clock, assets=assets)
        self.key = self.collector.write_keys[0].key
        self._database = settings.data / "log.sqlite3"
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._server = uvicorn.Server(configuration(self.collector))
        self._thread = threading.Thread(target=self._server.run, args=([self._listener],))
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=20)

    def __enter__(self) -> Self:
        self._listener.listen()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()
        self._server.should_exit = True
        self._thread.join()
        self.collector.close()

    def post(self, body: Any, path: str = "/v1/batch", **options: Any) -> httpx.Response:
        """Send a body, as JSON unless it is bytes, with the write key as the user."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        options.setdefault("auth", (self.key, ""))
        return self.client.post(path, content=content, **options)

    def exchange(self, request: bytes) -> bytes:
        """Send raw bytes, close the sending side, and return what came back."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            answer = b""
            while chunk := connection.recv(65536):
                answer += chunk
            return answer

    def stored(self) -> dict[str, dict[str, Any]]:
        """The stored messages by id; fails when one is stored twice."""
        found: dict[str, dict[str, Any]] = {}
        for (text,) in self.rows("SELECT messages FROM log ORDER BY id"):
            for message in json.loads(text):
                assert message["messageId"] not in found
                found[message["messageId"]] = message
        return found

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query over the store."""
        with contextlib.closing(sqlite3.connect(self._database)) as connection:
            return connection.execute(query).fetchall()


def track(message_id: str | None = None, **fields: Any) -> dict[str, Any]:
    """A track message with an id that no other test uses."""
    message = {
        "type": "track",
        "event": "acme_webapp.run_query_button.click",
        "messageId": message_id or str(uuid.uuid4()),
        "anonymousId": "a-1",
        "originalTimestamp": "2026-11-23T16:06:30.000Z",
    }
    return message | fields
