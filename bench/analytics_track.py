"""What does one ``track()`` call cost a service, beside the SDKs that it would use otherwise?

    .venv/bin/python bench/analytics_track.py [ROUNDS]

Each SDK runs in a process of its own, in turns, with its default settings, and sends to the same
small stand-in for a collector, which answers 200 to anybody: PostHog's SDK speaks a wire of its own.
All delivers is waited for after each part and not counted in the call. Peers are installed, pinned,
into an environment under ``.cache``.

- spaced: one call a millisecond, as requests come; the wall time that the caller waits.
- burst: 100 calls back to back, while the SDK's own thread works on the same interpreter.
- CPU of the call: of the calling thread alone, in the bursts.
- CPU in all: of the whole process, for each event, until it is delivered.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
import venv
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
PEERS = ("rudder-sdk-python==2.1.9", "segment-analytics-python==2.4.0", "posthog==7.91.1")
NAMES = ("tracker", "tracker with a spool", "rudder", "segment", "posthog")
MEASURES = ("spaced", "burst", "CPU of the call", "CPU in all")
ROUNDS, SPACED, BURSTS, BURST = 7, 300, 40, 100
PROPERTIES = {
    "projectId": "7f6f7e64-31d9-4d5a-a9a5-4f2d5f7b1c55",
    "projectType": "dbt",
    "warehouseConnectionType": "bigquery",
    "models": 12,
    "isFirst": True,
}
EVENT, USER = "project.created", "2a9c1c44-0000-4a5e-8a53-6b1f0c7f9a10"


def tracker(url: str, **options: Any) -> tuple[Callable[[], object], Callable[[], object]]:
    """Return our call, and our flush."""
    sys.path.insert(0, str(ROOT))
    from tracker.server import Analytics, App

    analytics = Analytics("key", url, App("acme", "acme_server", "1.4.0"), **options)
    return (
        lambda: analytics.track(EVENT, PROPERTIES, user_id=USER),
        lambda: analytics.flush(60) or sys.exit("not delivered"),
    )


def rudder(url: str) -> tuple[Callable[[], object], Callable[[], object]]:
    """Return RudderStack's."""
    from rudderstack.analytics import Client  # pyright: ignore[reportMissingImports]

    client: Any = Client("key", host=url)
    return (
        lambda: client.track(user_id=USER, event=EVENT, properties=PROPERTIES),
        client.flush,
    )


def segment(url: str) -> tuple[Callable[[], object], Callable[[], object]]:
    """Return Segment's."""
    from segment.analytics import Client  # pyright: ignore[reportMissingImports]

    client: Any = Client("key", host=url)
    return lambda: client.track(USER, EVENT, PROPERTIES), client.flush


def posthog(url: str) -> tuple[Callable[[], object], Callable[[], object]]:
    """Return PostHog's."""
    from posthog import Posthog  # pyright: ignore[reportMissingImports]

    client: Any = Posthog("key", host=url)
    return (
        lambda: client.capture(EVENT, distinct_id=USER, properties=PROPERTIES),
        lambda: client.flush(60),
    )


def measure(name: str, url: str, directory: str) -> None:
    """Measure one SDK in this process, and print the four figures in µs as JSON."""
    makers: dict[str, Callable[[], tuple[Callable[[], object], Callable[[], object]]]] = {
        "tracker": lambda: tracker(url),
        "tracker with a spool": lambda: tracker(url, spool=directory),
        "rudder": lambda: rudder(url),
        "segment": lambda: segment(url),
        "posthog": lambda: posthog(url),
    }
    call, flush = makers[name]()
    for _ in range(200):
        call()
    flush()
    spaced: list[float] = []
    for _ in range(SPACED):
        time.sleep(0.001)
        start = time.perf_counter()
        call()
        spaced.append(time.perf_counter() - start)
    flush()
    bursts: list[float] = []
    process, thread = time.process_time(), time.thread_time()
    for _ in range(BURSTS):
        time.sleep(0.005)
        start = time.perf_counter()
        for _ in range(BURST):
            call()
        bursts.append((time.perf_counter() - start) / BURST)
    thread = time.thread_time() - thread
    flush()
    process = time.process_time() - process
    calls = BURSTS * BURST
    figures = [median(spaced), median(bursts), thread / calls, process / calls]
    print(json.dumps([figure * 1e6 for figure in figures]))


def stand_in() -> None:
    """Answer 200 to everybody; print the port first."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        do_GET = do_POST  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
    os._exit(0)


def environment() -> Path:
    """Return the Python that has the peers, made at the first run."""
    directory = ROOT / ".cache" / "bench" / "analytics_track"
    python = directory / "bin" / "python"
    stamp = directory / "peers.txt"
    if not stamp.exists() or stamp.read_text() != "\n".join(PEERS):
        print("  Installing the peers ...", flush=True)
        venv.create(directory, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PEERS], check=True)
        stamp.write_text("\n".join(PEERS))
    return python


def main(rounds: int = ROUNDS) -> None:
    """Take turns, so that all meet the same noise."""
    python = environment()
    server = subprocess.Popen(
        [python, __file__, "--stand-in"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    port = server.stdout.readline().strip() if server.stdout else ""
    url = f"http://127.0.0.1:{port}"
    found: dict[str, list[list[float]]] = {name: [] for name in NAMES}
    spool = ROOT / ".cache" / "bench" / "spool"
    for turn in range(rounds):
        for name in NAMES[turn % len(NAMES) :] + NAMES[: turn % len(NAMES)]:
            answer = subprocess.run(
                [python, __file__, "--measure", name, url, spool],
                capture_output=True,
                text=True,
                check=False,
            )
            if answer.returncode:
                sys.exit(f"{name}: {answer.stderr}")
            found[name].append(json.loads(answer.stdout.splitlines()[-1]))
    server.communicate()
    show(found)


def show(found: dict[str, list[list[float]]]) -> None:
    """Print medians, spread, and ratios to the fastest peer of the same round."""
    peers = [name for name in NAMES if not name.startswith("tracker")]
    print(f"us an event, median (min to max) of {len(found['tracker'])} rounds\n")
    print(f"{'':22}" + "".join(f"{measure:>28}" for measure in MEASURES))
    for name in NAMES:
        columns = zip(*found[name], strict=True)
        cells = (f"{median(c):8.1f} ({min(c):.1f} to {max(c):.1f})" for c in columns)
        print(f"{name:22}" + "".join(f"{cell:>28}" for cell in cells))
    for name in NAMES[:2]:
        cells = list[str]()
        for index in range(len(MEASURES)):
            ratios = [
                ours[index] / min(found[peer][turn][index] for peer in peers)
                for turn, ours in enumerate(found[name])
            ]
            cells.append(f"{median(ratios):8.2f} ({min(ratios):.2f} to {max(ratios):.2f})")
        print(f"\n{name}, ratio to the fastest peer of its round:")
        print(f"{'':22}" + "".join(f"{cell:>28}" for cell in cells))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--stand-in"]:
        stand_in()
    elif sys.argv[1:2] == ["--measure"]:
        measure(*sys.argv[2:])
    else:
        main(*map(int, sys.argv[1:]))
