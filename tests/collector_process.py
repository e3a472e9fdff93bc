"""A real ``tracker serve`` for tests: started on a free port with a data directory of its own."""

from __future__ import annotations

import contextlib
import json
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

START_SECONDS = 60.0
STOP_SECONDS = 30.0
WAIT_SECONDS = 60.0
POLL_SECONDS = 0.05
"""Between two looks at a condition of another process, which tells nobody when it comes true."""
WRITE_KEY = "test-write-key"
HOST = "127.0.0.1"
PORTS = range(20_000, 32_000)
"""Below those that systems give to outgoing connections, of which one could take the port meanwhile:
while its collector is down, or before it has started. To connect there could even meet itself."""

Message = dict[str, Any]


class CollectorError(Exception):
    """The collector did not start, stop or store as the test expected; the message has its log."""


class CollectorProcess:
    """One collector, which can be stopped, killed and started again over the same data and port."""

    def __init__(
        self, data: Path, *, arguments: Sequence[str] = (), write_key: str = WRITE_KEY
    ) -> None:
        """Prepare a collector over ``data``; ``arguments`` are added to ``tracker serve``. Nothing runs yet."""
        self.data = data
        self.write_key = write_key
        self.port = _free_port()
        self.url = f"http://{HOST}:{self.port}"
        self.log = data / "collector.log"
        self._arguments = tuple(arguments)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Return the process id of the running collector."""
        return self._running().pid

    def start(self) -> None:
        """Start the collector and return once ``/health`` answers."""
        if self._process is not None:
            message = "The collector already runs."
            raise CollectorError(message)
        self.data.mkdir(parents=True, exist_ok=True)
        tracker = Path(sys.executable).with_name("tracker")
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *(str(tracker), "serve", "--host", HOST, "--port", str(self.port)),
                    *("--data", str(self.data), "--demo", "--write-key", self.write_key),
                    *self._arguments,
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._wait_until_healthy()

    def stop(self) -> None:
        """Ask the collector to stop (SIGTERM) and wait for it. Does nothing when it does not run."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the collector at once (SIGKILL), as a crash or the kernel would."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop the collector and start it again over the same data, on the same port."""
        self.stop()
        self.start()

    def messages(self) -> list[Message]:
        """Return the stored messages, oldest first, read from the log itself rather than asked for."""
        return [
            message
            for (text,) in self.rows("SELECT messages FROM log ORDER BY id")
            for message in json.loads(text)
        ]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a read-only query over the store; none while there is no store."""
        path = self.data / "log.sqlite3"
        if not path.exists():
            return []
        with contextlib.closing(
            sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)
        ) as connection:
            return connection.execute(query).fetchall()

    def wait_for(
        self, enough: Callable[[list[Message]], object], *, seconds: float = WAIT_SECONDS
    ) -> list[Message]:
        """Return the stored messages as soon as ``enough(messages)`` is true.

        Raises:
            CollectorError: it was not true within ``seconds``; the message lists what was stored.
        """
        deadline = time.monotonic() + seconds
        while True:
            messages = self.messages()
            if enough(messages):
                return messages
            if time.monotonic() > deadline:
                stored = "\n".join(f"  {_summary(message)}" for message in messages) or "  nothing"
                raise CollectorError(
                    f"Not stored within {seconds:g} s. The store has:\n{stored}\n{self._log_tail()}"
                )
            time.sleep(POLL_SECONDS)

    def wait_for_count(self, count: int, *, seconds: float = WAIT_SECONDS) -> list[Message]:
        """Return the stored messages once there are at least ``count``."""
        return self.wait_for(lambda messages: len(messages) >= count, seconds=seconds)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            message = "The collector does not run."
            raise CollectorError(message)
        return self._process

    def _wait_until_healthy(self) -> None:
        process = self._running()
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                self._process = None
                raise CollectorError(
                    f"The collector ended with code {process.returncode}.\n{self._log_tail()}"
                )
            if self._answers("/health"):
                return
            time.sleep(POLL_SECONDS)
        self.kill()
        raise CollectorError(
            f"The collector was not healthy within {START_SECONDS:g} s.\n{self._log_tail()}"
        )

    def _answers(self, path: str) -> bool:
        try:
            with urllib.request.urlopen(self.url + path, timeout=2) as answer:
                return answer.status == HTTPStatus.OK
        except OSError:  # refused while it starts; urllib's own errors are OSErrors too
            return False

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise CollectorError(
                f"The collector did not stop within {STOP_SECONDS:g} s.\n{self._log_tail()}"
            ) from None

    def _log_tail(self) -> str:
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "Its log ends with:\n" + "\n".join(text.splitlines()[-30:])


def _free_port() -> int:
    for port in random.sample(PORTS, 100):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind((HOST, port))
            return port
    message = f"None of a hundred ports from {PORTS.start} on is free."
    raise CollectorError(message)


def _summary(message: Message) -> str:
    return " ".join(
        str(message[key]) for key in ("type", "event", "name", "messageId") if key in message
    )
