"""Browser profiles: one that lasts as long as its browser, and one that outlives a killed browser."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.async_api import Error

from tests.browser_finder import launch_arguments
from tests.browser_process import kill_browser

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, BrowserContext, Playwright


class Lodging:
    """A profile in a browser that others use too; it cannot be killed."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context

    async def kill(self) -> float:
        raise NotImplementedError("This browser is shared.")

    async def reopen(self) -> None:
        raise NotImplementedError("This browser was not killed.")


class House:
    """A profile on disk with a browser of its own."""

    context: BrowserContext

    def __init__(self, playwright: Playwright, profile: Path) -> None:
        self._playwright = playwright
        self._profile = profile

    async def kill(self) -> float:
        return await asyncio.to_thread(kill_browser, self._profile)

    async def reopen(self) -> None:
        self.context = await self._playwright.chromium.launch_persistent_context(
            self._profile, **launch_arguments()
        )


@contextlib.asynccontextmanager
async def lodging(browser: Browser) -> AsyncIterator[Lodging]:
    """Yield an empty profile in this browser."""
    context = await browser.new_context()
    try:
        yield Lodging(context)
    finally:
        await context.close()


@contextlib.asynccontextmanager
async def house(playwright: Playwright) -> AsyncIterator[House]:
    """Yield an empty profile with a running browser of its own."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = House(playwright, Path(folder))
        await home.reopen()
        try:
            yield home
        finally:
            with contextlib.suppress(Error):
                await home.context.close()
