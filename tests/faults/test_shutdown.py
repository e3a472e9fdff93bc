"""Asked to end, the collector answers what it has, waits for nobody for long, and ends with 0."""

from __future__ import annotations

import contextlib
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

from tests.collector.process import ServeProcess
from tests.faults.ledger import Ledger, start_senders, unlimited

STUCK: dict[str, bytes] = {
    "silent": b"",
    "in the headers": b"POST /v1/batch HTTP/1.1\r\nHost: x\r\nX-A",
    "in the body": b"POST /v1/batch?writeKey=k HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{",
    "idle after an answer": b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n",
}


def test_a_load_that_does_not_end_is_drained(tmp_path: Path, *, is_long: bool) -> None:
    """What was sent and not answered is sent again to the next collector, and stored once."""
    data = tmp_path / "data"
    ledger = Ledger(seed=3)
    for _ in range(20 if is_long else 2):
        with ServeProcess(data, *unlimited(tmp_path)) as serve:
            senders = start_senders(serve.url, ledger)
            ledger.wait_for_more(100)
            code, _ = serve.end(signal.SIGTERM)
            for sender in senders:
                sender.join()
        assert code == 0
        ledger.check(data)
        assert not (data / "log.sqlite3-wal").exists()
    with ServeProcess(data, *unlimited(tmp_path)) as serve:
        ledger.settle(serve.client, data)


def test_clients_that_are_stuck_do_not_hold_it_up(tmp_path: Path) -> None:
    with ServeProcess(tmp_path) as serve, _connections(serve.url) as connections:
        for connection, begun in zip(connections, STUCK.values(), strict=True):
            connection.sendall(begun)
        # The last of them is answered, so all of them have arrived.
        assert connections[-1].recv(12) == b"HTTP/1.1 200"
        # ``end`` waits for 20 seconds; the one in the body would have 30.
        assert serve.end(signal.SIGTERM)[0] == 0


def test_at_the_second_control_c_it_waits_for_nobody(tmp_path: Path) -> None:
    with ServeProcess(tmp_path) as serve, _connections(serve.url) as connections:
        connections[0].sendall(STUCK["in the body"])
        assert serve.client.get("/health").status_code == 200
        serve.process.send_signal(signal.SIGINT)
        _wait_until_refused(serve.url)
        assert serve.end(signal.SIGINT)[0] == 0


def _wait_until_refused(url: str) -> None:
    """Return once nobody listens there any more."""
    with contextlib.suppress(ConnectionRefusedError):
        while True:
            with contextlib.suppress(ConnectionResetError):  # on its way as the socket was closed
                socket.create_connection(_address(url)).close()


@contextlib.contextmanager
def _connections(url: str) -> Iterator[list[socket.socket]]:
    with contextlib.ExitStack() as stack:
        connect = socket.create_connection
        yield [stack.enter_context(connect(_address(url), timeout=5)) for _ in STUCK]


def _address(url: str) -> tuple[str, int]:
    host, _, port = url.removeprefix("http://").partition(":")
    return host, int(port)
