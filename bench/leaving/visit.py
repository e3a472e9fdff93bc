"""One visit: come, click, leave in some way after some time, and come back later."""

from __future__ import annotations

import asyncio
import os
import random
import string
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol

from bench.leaving.site import Site

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, Page

    from bench.leaving.subjects import Subject
    from tests.collector_process import CollectorProcess

LOADER_LATE = 0.5
"""How much later the tracker's own script comes in the state "unloaded"."""
BOOTING_SECONDS = 0.25
"""From a page's load: half a second after it Python is up, cold, on a quiet machine."""
IDLE_SECONDS = 1.0
GRACE_SECONDS = 3.0
"""After leaving, until what has arrived counts as arrived before any return."""
AWAY_SECONDS = 1.0
READY_SECONDS = 120.0
LATE_SECONDS = 18.0
"""What has not arrived so long after a return, and when that page was closed, is never to come."""
POLL_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Cell:
    """One way to leave.

    Args:
        state: of the SDK at the click. "unloaded": its script is on the way; "cold": the page has just
            loaded; "booting": a quarter of a second later; "warm": ready, and idle for a second; "second": just
            loaded, with a first page before it that was warm.
        leave: "same" goes to the next page of the site, with the SDK; "other" to another site without
            it; "close" closes the tab; "kill" ends the browser's processes.
        network: "online", or "offline" from before the click until the return.
        delay: ms from the click to leaving.
    """

    subject: str
    state: str
    leave: str
    network: str
    delay: int
    repetition: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a click: how often it was counted before the return, and at the end.

    A peer's server counts requests, the collector counts what is stored. ``copies`` is how often the
    click went over the wire, ``ids`` how many ids it had there; ``took`` are the ms from the click
    to leaving, as measured; ``load`` is the machine's load average then.
    """

    cell: Cell
    before: int
    after: int
    copies: int
    ids: int
    took: float
    load: float

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as one flat JSON object."""
        own = asdict(self)
        return {**own.pop("cell"), **own}


class Home(Protocol):
    """A browser profile: what remains of the visitor between two visits."""

    context: BrowserContext

    async def kill(self) -> float:
        """End the browser; return when, in ms since the epoch."""
        ...

    async def reopen(self) -> None:
        """Start the browser again on the same profile."""
        ...


async def visit(
    cell: Cell,
    subject: Subject,
    home: Home,
    collector: CollectorProcess | None,
    acting: asyncio.Semaphore,
) -> Outcome:
    """Make the visit and return what came of its click.

    ``acting`` is held from opening the page until it is left, so that visitors who come back do not
    all use the processor while another counts milliseconds.
    """
    site = Site(subject, collector, loader_late=LOADER_LATE if cell.state == "unloaded" else 0)
    click = "click_" + "".join(random.choices(string.ascii_lowercase, k=8))  # noqa: S311 - a name
    try:
        async with acting:
            page = await home.context.new_page()
            await _reach(page, site, cell.state)
            if cell.network == "offline":
                site.plane.cut()
                await home.context.set_offline(True)
            took = await _leave(page, site, cell, click, home)
        await asyncio.sleep(GRACE_SECONDS if cell.network == "online" else AWAY_SECONDS)
        before = site.count(click)
        if cell.leave in ("same", "other"):
            await page.close(run_before_unload=True)
            await asyncio.sleep(AWAY_SECONDS)
        site.plane.mend()
        if cell.leave == "kill":
            await home.reopen()
        await home.context.set_offline(False)
        await _come_back(await home.context.new_page(), site, subject, click)
        ids, load = site.wire(click), os.getloadavg()[0]
        return Outcome(cell, before, site.count(click), ids.total(), len(ids), took, load)
    finally:
        site.close()


async def _reach(page: Page, site: Site, state: str) -> None:
    """Open the page and return when the SDK is in the state."""
    early = state == "unloaded"
    await page.goto(site.url, wait_until="domcontentloaded" if early else "load")
    if state == "booting":
        await asyncio.sleep(BOOTING_SECONDS)
    if state in ("warm", "second"):
        await _ready(page)
        await asyncio.sleep(IDLE_SECONDS)
    if state == "second":
        async with page.expect_navigation(url=site.next_url, wait_until="load"):
            await page.evaluate("url => { location.href = url; }", site.next_url)


async def _leave(page: Page, site: Site, cell: Cell, click: str, home: Home) -> float:
    """Click and leave after the delay; return the ms from the one to the other."""
    if cell.leave in ("same", "other"):
        url = site.last_url if cell.leave == "same" else site.other_url
        # By the page's own timer; with no delay, in the very task of the click.
        # Offline, what comes is the browser's own page, which says so.
        arrived = (url, "chrome-error://chromewebdata/")
        async with page.expect_event("framenavigated", lambda frame: frame.url in arrived):
            await page.evaluate(
                "([name, url, ms]) => leave(name, url, ms)", [click, url, cell.delay]
            )
        return cell.delay
    clicked = float(await page.evaluate("name => press(name)", click))
    await asyncio.sleep(max(0, clicked / 1000 + cell.delay / 1000 - time.time()))
    if cell.leave == "kill":
        return await home.kill() - clicked
    left = time.time() * 1000
    await page.close(run_before_unload=True)
    return left - clicked


async def _come_back(page: Page, site: Site, subject: Subject, click: str) -> None:
    """Open the page again, and stay until all must have arrived that ever will."""
    await page.goto(site.url)
    await _ready(page)
    await asyncio.sleep(subject.replay_seconds)
    for _ in range(int((LATE_SECONDS - subject.replay_seconds) / POLL_SECONDS)):
        if site.count(click):
            break
        await asyncio.sleep(POLL_SECONDS)
    # Some SDKs send what an earlier page left only when this one goes.
    await page.close(run_before_unload=True)
    await asyncio.sleep(AWAY_SECONDS)


async def _ready(page: Page) -> None:
    await page.wait_for_function("lab.isReady", timeout=READY_SECONDS * 1000)
