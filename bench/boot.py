"""How long until the first Python result?

    python bench/boot.py [RUNS] [--rates 0,50,10] [--rest 2]

Chromium, a page that starts a module worker some seconds after it has loaded: a visitor's browser has
been running, this one has just been started, and takes as long to come to rest. From `new Worker()`
until the batch of the first fact has come back to the page. Files come over HTTP on loopback with brotli and immutable
caching, or over a line of 50 or 10 Mbit/s with 20 or 40 ms of latency. Stock and lean take turns in the
same run. Nothing is attached to the browser: the page posts what it measured.

- cold: a new profile. warm: the browser started anew on it.
- stock: Pyodide as published and the tracker's wheel unpacked, without micropip.
- lean: what `python -m tools.runtime` built.
- facts/s: through Python in messages of 100, made to a batch's JSON; one: a fact alone, the median of 200.
- memory: what the worker adds to the proportional set size of all the browser's processes.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.boot_server import BootServer
from tests.browser_finder import launch_arguments
from tools.console import CACHE, run
from tools.runtime.build import build_runtime
from tools.runtime.pinned import PYODIDE
from tools.wheels import build_browser_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator

RUNS = 7
LATENCY_S = {0: 0.0, 50: 0.02, 10: 0.04}
TIMEOUT_S = 120
SETTLE_S = 3.0
REST_S = 2.0
STOCK = (
    *("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm"),
    *("python_stdlib.zip", "pyodide-lock.json"),
)
HERE = Path(__file__).parent / "boot"


def files(runtime: Path) -> tuple[dict[str, Path], dict[str, str]]:
    """What is served, by path, and the workers' addresses."""
    served = {"/page.html": HERE / "page.html"}
    served |= {f"/{name}.mjs": bundled(HERE / f"{name}.mjs") for name in ("stock", "lean")}
    served |= {f"/stock/{name}": PYODIDE / name for name in STOCK}
    served["/wheel"] = build_browser_wheel(CACHE / "browser-wheel")
    manifest = json.loads((runtime / "manifest.json").read_text("utf-8"))["files"]
    served |= {f"/lean/{file['name']}": runtime / file["name"] for file in manifest.values()}
    names = {role: f"/lean/{file['name']}" for role, file in manifest.items()}
    return served, {"stock": "/stock.mjs", "lean": f"/lean.mjs?{urlencode(names)}"}


def bundled(entry: Path) -> Path:
    """A worker in one file, as the product's is."""
    out = CACHE / "bench-boot" / entry.name
    run(
        [
            *("node_modules/.bin/esbuild", entry, "--bundle", "--minify", "--format=esm"),
            *("--target=chrome109", f"--outfile={out}", "--log-level=warning"),
        ]
    )
    return out


@contextlib.contextmanager
def browser(profile: Path, url: str) -> Iterator[int]:
    """A Chromium on ``profile`` that opens ``url``; yields its process id."""
    found = launch_arguments()
    sandbox = [] if found["chromium_sandbox"] else ["--no-sandbox"]
    process = subprocess.Popen(
        [
            *(found["executable_path"], *found["args"], *sandbox, "--headless"),
            *(f"--user-data-dir={profile}", url),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def once(server: BootServer, profile: Path, worker: str, rest_s: float) -> dict[str, Any]:
    """One page in one browser; what it measured, and the memory that the worker took."""
    server.sent.clear()
    query = urlencode({"worker": worker, "rest": int(rest_s * 1000)})
    with browser(profile, f"{server.url}/page.html?{query}") as process:
        result = server.results.get(timeout=TIMEOUT_S)
        if result.get("error"):
            sys.exit(f"error: {worker}: {result['error']}")
        result["bytes"] = sum(server.sent.values()) - server.sent["/page.html"]
        time.sleep(SETTLE_S)  # until the browser has written what it keeps, and memory is at rest
        result["memory"] = proportional_memory(process)
    return result


def proportional_memory(process: int) -> float:
    """The proportional set size of a process and all below it, in MB."""
    total = 0.0
    waiting = [process]
    while waiting:
        each = waiting.pop()
        with contextlib.suppress(OSError):
            folder = Path(f"/proc/{each}")
            rollup = (folder / "smaps_rollup").read_text()
            total += int(rollup.partition("\nPss:")[2].split()[0]) / 1000
            children = (folder / "task" / str(each) / "children").read_text().split()
            waiting.extend(int(child) for child in children)
    return total


def main() -> None:
    """Measure each, in turns, and print the medians."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("runs", nargs="?", type=int, default=RUNS)
    parser.add_argument("--rates", default="0,50,10", help="Mbit/s, 0 for loopback")
    parser.add_argument("--rest", type=float, default=REST_S, help="seconds after the page's load")
    parser.add_argument("--only", default="stock,lean")
    parser.add_argument("--marks", action="store_true", help="also print the steps of the boot")
    options = parser.parse_args()
    served, workers = files(build_runtime())
    server = BootServer(served, CACHE / "brotli")
    results: dict[tuple[str, int, str], list[dict[str, Any]]] = {}
    chosen = options.only.split(",")
    for rate in [int(rate) for rate in options.rates.split(",")]:
        server.bits_per_second, server.latency_s = rate * 1_000_000, LATENCY_S[rate]
        for _ in range(options.runs):
            for name in chosen:
                profile = Path(tempfile.mkdtemp())
                try:
                    for phase in ("cold", "warm"):
                        result = once(server, profile, workers[name], options.rest)
                        results.setdefault((name, rate, phase), []).append(result)
                finally:
                    shutil.rmtree(profile, ignore_errors=True)
    print(
        f"{'ms to the first result':<28}{'median':>8}{'min':>8}{'max':>8}{'KB':>9}{'MB':>7}{'long':>6}{'facts/s':>10}{'one, ms':>9}"
    )
    for (name, rate, phase), each in results.items():
        line = f"{rate} Mbit/s" if rate else "loopback"
        times = [result["first"] for result in each]
        print(
            f"{f'{line}, {phase}, {name}':<28}{statistics.median(times):>8.0f}{min(times):>8.0f}{max(times):>8.0f}"
            f"{statistics.median(result['bytes'] for result in each) / 1000:>9.0f}"
            f"{statistics.median(result['memory'] for result in each):>7.0f}"
            f"{sum(len(result['longTasks']) for result in each):>6}"
            f"{statistics.median(result['speed']['perSecond'] for result in each):>10,.0f}"
            f"{statistics.median(result['speed']['oneMs'] for result in each):>9.2f}"
        )
        if options.marks:
            for mark in each[0]["marks"]:
                print(f"    {mark:<12}{statistics.median(r['marks'][mark] for r in each):>8.0f}")


if __name__ == "__main__":
    main()
