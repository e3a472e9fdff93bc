"""How long from page load to the first stored event, cold?

    python bench/first_event.py [RUNS]

Each run has a browser and a profile of its own: nothing is cached. The time is from the start of
the navigation to the first row in the store, on one machine that also runs the collector.

- worker: the visitor stays; Python boots, makes the message of the page view and sends it.
- raw: the visitor leaves as soon as the page is loaded; the view goes by beacon.
- stock Pyodide: for scale, until a plain `loadPyodide()` of the same files is up in the same page,
  without the tracker.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.browser_finder import launch_arguments
from tests.collector_process import CollectorProcess

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

RUNS = 5
WAIT_SECONDS = 60
POLL_SECONDS = 0.002
PYODIDE = "/assets/pyodide-314.0.7/"


def worker(page: Page, collector: CollectorProcess) -> float:
    """Return the ms to the first row that Python in the worker sent."""
    page.goto(f"{collector.url}/demo/welcome", wait_until="commit")
    return first_row(collector, "batch") - time_origin(page)


def raw(page: Page, collector: CollectorProcess) -> float:
    """Return the ms to the first row of a visitor who left at once."""
    page.goto(f"{collector.url}/demo/welcome")
    start = time_origin(page)
    page.goto("about:blank")
    return first_row(collector, "raw") - start


def stock_pyodide(page: Page, collector: CollectorProcess) -> float:
    """Return the ms to a running Pyodide that nothing was asked of."""
    page.route("**/tracker.js", lambda route: route.abort())
    page.goto(f"{collector.url}/demo/welcome")
    boot = (
        "async url => { await (await import(url + 'pyodide.mjs')).loadPyodide({ indexURL: url }); }"
    )
    page.evaluate(boot, PYODIDE)
    return time.time() * 1000 - time_origin(page)


def time_origin(page: Page) -> float:
    """Return when the navigation began, in ms since the epoch."""
    return float(page.evaluate("performance.timeOrigin"))


def first_row(collector: CollectorProcess, via: str) -> float:
    """Wait for the first row of the store, which must have come this way; return when it was seen."""
    give_up = time.monotonic() + WAIT_SECONDS
    while not (rows := collector.rows("SELECT via FROM log ORDER BY id LIMIT 1")):
        if time.monotonic() > give_up:
            sys.exit(f"error: Nothing was stored within {WAIT_SECONDS} s.")
        # Another process writes the store, and tells nobody: a short pause between looks is all there is.
        time.sleep(POLL_SECONDS)
    seen = time.time() * 1000
    if rows != [(via,)]:
        sys.exit(f"error: The first event came via {rows[0][0]}, not {via}.")
    return seen


def main() -> None:
    """Run each way, in turns, and print the medians."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    ways: list[Callable[[Page, CollectorProcess], float]] = [worker, raw, stock_pyodide]
    times: dict[str, list[float]] = {way.__name__: [] for way in ways}
    with sync_playwright() as playwright:
        for _ in range(runs):
            for way in ways:
                with tempfile.TemporaryDirectory() as folder:
                    collector = CollectorProcess(Path(folder), write_key="demo")
                    collector.start()
                    browser = playwright.chromium.launch(**launch_arguments())
                    try:
                        times[way.__name__].append(way(browser.new_page(), collector))
                    finally:
                        browser.close()
                        collector.stop()
    print(f"{'ms from page load, cold':<26}{'median':>8}{'min':>8}{'max':>8}   ({runs} runs)")
    for name, each in times.items():
        label = name.replace("_", " ")
        print(f"{label:<26}{statistics.median(each):>8.0f}{min(each):>8.0f}{max(each):>8.0f}")


if __name__ == "__main__":
    main()
