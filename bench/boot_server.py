"""The server of bench/boot.py: brotli, immutable caching, and a line as slow as one likes."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from typing import TYPE_CHECKING, Any

import brotli

from tools.compress import BROTLI_QUALITY, BROTLI_WINDOW

if TYPE_CHECKING:
    from pathlib import Path

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".wasm": "application/wasm",
}
CHUNK_BYTES = 16 * 1024


class BootServer:
    """Serves ``files`` by their paths on a port of its own, and takes what pages post to /result.

    ``bits_per_second`` is the line that all answers share (0: as fast as it goes); ``sent`` counts
    the bytes of all bodies.
    """

    def __init__(self, files: dict[str, Path], cache: Path) -> None:
        self.bits_per_second = 0
        self.latency_s = 0.0
        self.sent: dict[str, int] = {}
        self.results: Queue[dict[str, Any]] = Queue()
        self._free_at = 0.0
        self._lock = threading.Lock()
        self._bodies = {path: _compressed(file, cache) for path, file in files.items()}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def _wait_for_line(self, size: int) -> None:
        """Take the line for ``size`` bytes: one after the other, as packets do."""
        if not self.bits_per_second:
            return
        with self._lock:
            now = time.monotonic()
            self._free_at = max(self._free_at, now) + size * 8 / self.bits_per_second
            wait = self._free_at - now
        time.sleep(wait)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                path = self.path.partition("?")[0]
                found = server._bodies.get(path)
                if found is None:
                    self.send_error(404)
                    return
                time.sleep(server.latency_s)
                suffix, body = found
                server.sent[path] = server.sent.get(path, 0) + len(body)
                self.send_response(200)
                self.send_header("Content-Type", TYPES.get(suffix, "application/octet-stream"))
                self.send_header("Content-Encoding", "br")
                self.send_header("Content-Length", str(len(body)))
                kept = "no-cache" if suffix == ".html" else "public, max-age=31536000, immutable"
                self.send_header("Cache-Control", kept)
                self.end_headers()
                step = CHUNK_BYTES if server.bits_per_second else len(body)
                for start in range(0, len(body), step):
                    chunk = body[start : start + step]
                    server._wait_for_line(len(chunk))
                    self.wfile.write(chunk)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                server.results.put(json.loads(body))
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (http.server names it)
                pass

        return Handler


def _compressed(file: Path, cache: Path) -> tuple[str, bytes]:
    """The brotli of ``file`` at the quality of the product's build, from ``cache`` if it is there."""
    content = file.read_bytes()
    kept = cache / hashlib.sha256(content).hexdigest()
    if not kept.exists():
        cache.mkdir(parents=True, exist_ok=True)
        partial = kept.with_suffix(".boot")
        partial.write_bytes(brotli.compress(content, quality=BROTLI_QUALITY, lgwin=BROTLI_WINDOW))
        partial.replace(kept)
    return file.suffix, kept.read_bytes()
