"""A TCP proxy that cuts connections, as networks do: with a reset, in the middle."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from typing import Self

_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER for no seconds: closing the socket then resets the connection."""


class CuttingProxy:
    """Passes connections on to ``port``, and resets each after so many bytes of either direction.

    None passes everything. A context manager.
    """

    def __init__(self, port: int, *, request: int | None = None, answer: int | None = None) -> None:
        self._target = ("127.0.0.1", port)
        self._limits = (request, answer)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        # Wakes the thread, which closing alone would not.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _run(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._relay, args=(client,), daemon=True).start()

    def _relay(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._target) as server:
            cut = threading.Event()
            pairs = zip((client, server), (server, client), self._limits, strict=True)
            threads = [threading.Thread(target=_pump, args=(*pair, cut)) for pair in pairs]
            for thread in threads:
                thread.start()
            cut.wait()
            for end in (client, server):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RD)
            for thread in threads:
                thread.join()


def _pump(
    source: socket.socket, sink: socket.socket, most: int | None, cut: threading.Event
) -> None:
    """Copy at most so many bytes; then, or at the end, have the connection cut."""
    with contextlib.suppress(OSError):
        if most == 0:
            # The first byte that comes is not passed on, but waited for: there is a request to lose.
            source.recv(1, socket.MSG_PEEK)
        while most is None or most > 0:
            chunk = source.recv(65536)
            if not chunk:
                break
            sink.sendall(chunk[:most])
            most = None if most is None else most - len(chunk)
    cut.set()
