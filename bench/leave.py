"""Which clicks arrive when the visitor leaves, and how often?

    python3 build.py bench --only leave                     # a few delays, the tracker alone
    python3 build.py bench --only leave -- --full           # the whole sweep of the tracker
    python3 build.py bench --only leave -- --full --peers   # and of its peers from npm
    python3 build.py bench --only leave -- --table FILE…    # the tables again, of what was recorded

A visitor opens a page, clicks, leaves after a delay, and comes back later; each visit has a browser
profile and a server of its own. The server answers after 50 ms. The tracker's counts are those of the
store behind a real collector; a peer's are the requests that its server received. Every outcome is
appended to a file of JSON lines, by default `.cache/leave.jsonl`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import sys
import tempfile
import time
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.async_api import Error, async_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.leaving.home import house, lodging
from bench.leaving.subjects import ROOT, SUBJECTS, WRITE_KEY, Subject, bundle, versions
from bench.leaving.table import ORDER, by_delay, noise, resent, side_by_side
from bench.leaving.visit import Cell, Outcome, visit
from tests.browser_finder import launch_arguments
from tests.collector_process import CollectorProcess

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.async_api import Browser, Playwright

DELAYS = (0, 10, 25, 50, 100, 200, 400, 800, 1600, 3000)
FEW_DELAYS = (0, 100)
PEER_STATES = ("cold", "warm")
# Python boots in each of the tracker's tabs; a peer's tab idles, most of the time, after its return.
TABS, BROWSERS, ACTING = 3, 1, 1
PEER_TABS, PEER_BROWSERS, PEER_ACTING = 10, 4, 2
ATTEMPTS = 3
CALM_POLL_SECONDS = 5.0


def cells(subject: Subject, options: argparse.Namespace) -> Iterator[Cell]:
    """Yield the ways to leave that were asked for."""
    states = [state for state in options.states if not subject.module or state in PEER_STATES]
    repetitions = range(options.repeat)
    for network, leave, state in product(options.networks, options.leaves, states):
        for delay, repetition in product(options.delays, repetitions):
            yield Cell(subject.name, state, leave, network, delay, repetition)


async def sweep(
    playwright: Playwright, browser: Browser, subject: Subject, options: argparse.Namespace
) -> None:
    """Make all visits of a subject, some at the same time, and record what came of them."""
    is_peer = bool(subject.module)
    tabs = asyncio.Semaphore(PEER_TABS if is_peer else TABS)
    browsers = asyncio.Semaphore(PEER_BROWSERS if is_peer else BROWSERS)
    acting = asyncio.Semaphore(PEER_ACTING if is_peer else ACTING)
    with tempfile.TemporaryDirectory() as folder:
        collector = None
        if is_peer:
            bundle(subject.module)
        else:
            config = Path(folder) / "tracker.toml"
            config.write_text("[limits]\nper_key = 0\nper_address = 0\n")
            collector = CollectorProcess(
                Path(folder) / "data",
                arguments=("--config", str(config)),
                write_key=WRITE_KEY,
            )
            collector.start()

        async def make(cell: Cell) -> Outcome:
            if cell.leave == "kill":
                async with browsers:
                    await calm(options.calm)
                    async with house(playwright) as home:
                        return await visit(cell, subject, home, collector, acting)
            async with tabs:
                await calm(options.calm)
                async with lodging(browser) as home:
                    return await visit(cell, subject, home, collector, acting)

        async def one(cell: Cell) -> None:
            name = f"{cell.subject}: {cell.network} {cell.leave} {cell.state} {cell.delay} ms"
            for _ in range(ATTEMPTS):
                try:
                    outcome = await make(cell)
                except Error as error:  # of the browser's driver: this was no visit
                    print(f"{name}: made again, because: {error.message}", flush=True)
                    continue
                with options.record.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(outcome.to_dict()) + "\n")
                print(f"{name}: {outcome.before} then {outcome.after}", flush=True)
                return
            print(f"{name}: NOT MEASURED", flush=True)

        todo = list(cells(subject, options))
        try:
            # A killed browser must not share the machine with visitors who count milliseconds.
            await asyncio.gather(*(one(cell) for cell in todo if cell.leave != "kill"))
            await asyncio.gather(*(one(cell) for cell in todo if cell.leave == "kill"))
            if collector:
                check(collector)
        finally:
            if collector:
                collector.stop()


async def calm(load: float) -> None:
    """Return when the machine's load average is not above this; the kernel tells nobody when it falls."""
    while True:
        if os.getloadavg()[0] <= load:
            return
        await asyncio.sleep(CALM_POLL_SECONDS)


def check(collector: CollectorProcess) -> None:
    """Stop with an error when the store has an id twice."""
    ids = [message["messageId"] for message in collector.messages()]
    if len(ids) != len(set(ids)):
        sys.exit("error: The store has a messageId twice.")


def print_tables(rows: list[dict[str, Any]]) -> None:
    """Print what the rows come to, as Markdown."""
    subjects = [subject.name for subject in SUBJECTS]
    present = [name for name in subjects if any(row["subject"] == name for row in rows)]
    print("\nClicks that arrived once/twice/never; → after the visitor came back.\n")
    print("\n".join(side_by_side(rows, present)))
    print(f"\n{resent(rows, present)}")
    for name in present:
        print(f"\n{name}, by ms from the click to leaving:\n")
        print("\n".join(by_delay(rows, name)))
    packages = ", ".join(f"{name} {version}" for name, version in versions().items())
    print(f"\n{len(rows)} clicks. {noise(rows)} Peers: {packages}.")


def parsed() -> argparse.Namespace:
    """Return the command line's options."""

    def words(text: str) -> list[str]:
        return text.split(",")

    def numbers(text: str) -> list[int]:
        return [int(word) for word in text.split(",")]

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--full", action="store_true", help="all delays and states")
    parser.add_argument(
        "--peers", nargs="?", const="too", choices=("too", "only"), help="the peers too, or alone"
    )
    parser.add_argument("--subjects", nargs="+", metavar="NAME", help="only these")
    parser.add_argument("--delays", type=numbers, metavar="MS,MS")
    parser.add_argument(
        "--states", type=words, metavar="STATE,STATE", help=", ".join(ORDER["state"])
    )
    parser.add_argument(
        "--leaves", type=words, default=ORDER["leave"], help=", ".join(ORDER["leave"])
    )
    parser.add_argument("--networks", type=words, default=ORDER["network"], help="online, offline")
    parser.add_argument("--repeat", type=int, default=1, help="visits of each kind")
    parser.add_argument(
        "--calm",
        type=float,
        default=math.inf,
        metavar="LOAD",
        help="wait for no higher load average",
    )
    parser.add_argument("--record", type=Path, default=ROOT / ".cache" / "leave.jsonl")
    parser.add_argument("--table", type=Path, nargs="+", metavar="FILE")
    options = parser.parse_args()
    options.delays = options.delays or (DELAYS if options.full else FEW_DELAYS)
    options.states = options.states or (ORDER["state"] if options.full else PEER_STATES)
    return options


async def main() -> None:
    """Sweep each subject in turn, with one browser for all who do not kill theirs."""
    options = parsed()
    if options.table:
        texts = [path.read_text("utf-8") for path in options.table]
    else:
        options.record.parent.mkdir(exist_ok=True)
        options.record.unlink(missing_ok=True)
        started = time.monotonic()
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(**launch_arguments())
            for subject in SUBJECTS:
                if options.peers == "only" and not subject.module:
                    continue
                if options.subjects and subject.name not in options.subjects:
                    continue
                if not subject.module or options.peers:
                    await sweep(playwright, browser, subject, options)
            await browser.close()
        print(f"\n{(time.monotonic() - started) / 60:.0f} minutes")
        texts = [options.record.read_text("utf-8")]
    print_tables([json.loads(line) for text in texts for line in text.splitlines()])


if __name__ == "__main__":
    asyncio.run(main())
