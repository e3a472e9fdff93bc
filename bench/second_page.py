"""How soon does the second page of a tab have a Python, when the shared worker has survived?

    python bench/second_page.py [RUNS]

Chromium, the product's own worker: from `new SharedWorker()` until the page hears that Python is up.
The first page boots it; the second is of the same tab, after a navigation. No page has anything else in it.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.browser_finder import launch_arguments
from tests.collector_process import CollectorProcess
from tests.e2e.files import is_lean
from tests.e2e.worker_page import WorkerPage

RUNS = 7


def until_ready(page: WorkerPage) -> float:
    """Return the ms from the worker's start, or the page's connection to it, until Python is up."""
    start = page.page.evaluate("performance.now()")
    page.connect()
    page.wait_for("ready")
    return float(page.heard("ready")[0]["at"]) - start


def main() -> None:
    """Measure both pages in new profiles, and print the medians."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    times: dict[str, list[float]] = {"first page": [], "second page": []}
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        collector = CollectorProcess(Path(folder), write_key="demo")
        collector.start()
        browser = playwright.chromium.launch(**launch_arguments())
        for _ in range(runs):
            context = browser.new_context()
            tab = context.new_page()
            for each in times.values():
                page = WorkerPage(tab, collector.url)
                each.append(until_ready(page))
                page.wait_until("settled", page.track("page.seen"))
            context.close()
        browser.close()
        collector.stop()
    print(f"{'ms, lean' if is_lean() else 'ms, stock':<20}{'median':>8}{'min':>8}{'max':>8}")
    for name, each in times.items():
        print(f"{name:<20}{statistics.median(each):>8.0f}{min(each):>8.0f}{max(each):>8.0f}")


if __name__ == "__main__":
    main()
