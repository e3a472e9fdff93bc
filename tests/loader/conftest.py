"""A page with the loader in it; whatever a test does there, the page must not see an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.loader.site import ASSETS, Site
from tests.loader.visit import Visit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser


@pytest.fixture
def site() -> Iterator[Site]:
    """Yield a site that serves the built loader."""
    if not (ASSETS / "tracker.js").exists():
        pytest.fail("There is no built loader. Run `python3 build.py build` first.")
    site = Site()
    yield site
    site.close()


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Visit]:
    """Yield a visit in a profile of its own; afterwards the page must have had no error."""
    context = browser.new_context()
    visit = Visit(context.new_page(), site)
    yield visit
    context.close()
    assert visit.errors == []
