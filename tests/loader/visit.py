"""One visitor of the site, and what the loader does to the page meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Page

    from tests.loader.site import Fact, Site

WATCH = """<script>
  window.stored = new Set();
  window.settled = new Set();
  for (const what of ["stored", "settled"]) {
    document.addEventListener("tracker:" + what, ({ detail }) => detail.forEach((id) => window[what].add(id)));
  }
</script>"""
"""Collects the ids that a page with ``data-debug`` tells of."""

FACTS_ON_DISK = """new Promise((resolve) => {
  const opening = indexedDB.open("tracker");
  opening.onsuccess = () => {
    const database = opening.result;
    const names = [...database.objectStoreNames];
    if (!names.includes("facts")) { database.close(); return resolve(0); }
    const counting = database.transaction("facts").objectStore("facts").count();
    counting.onsuccess = () => { database.close(); resolve(counting.result); };
  };
})"""
"""A promise of their number."""


class Visit:
    """A page of ``site``, the errors it saw, and what the loader said in the console."""

    def __init__(self, page: Page, site: Site) -> None:
        """Watch ``page``, which is still empty."""
        self.page = page
        self.site = site
        self.errors: list[str] = []
        self._warnings: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._hear)

    @property
    def warnings(self) -> list[str]:
        """What the loader has said up to now.

        The console reaches this process in the order of the page's other messages, but only while it
        speaks to the page: hence the question, whose answer comes after all that was said before.
        """
        self.page.evaluate("0")
        return self._warnings

    def open(self, body: str, *, head: str = "", tag: str | None = None, path: str = "/") -> None:
        """Open a page with this body, and wait until the loader has run."""
        tag = self.site.tag() if tag is None else tag
        self.site.html = (
            f"<!doctype html><title>test</title><link rel=icon href=data:,>{head}{tag}{body}"
        )
        self.page.goto(self.site.url + path)
        self.page.wait_for_function("() => window.tracker?.version")

    def run(self, script: str, argument: object = None) -> Any:
        """Run JavaScript in the page."""
        return self.page.evaluate(script, argument)

    def leave(self, *names: str) -> list[Fact]:
        """Leave the page, and return the facts once exactly these have come, in this order."""
        self.page.goto("about:blank")
        return self.site.wait_for(*names)

    def leave_in_any_order(self, count: int) -> list[Fact]:
        """Leave the page, and return the facts once so many have come."""
        self.page.goto("about:blank")
        return self.site.wait_for_count(count)

    def storage(self) -> dict[str, str]:
        """Go to a page of the site without a tracker, and return the storage of the origin."""
        self.page.goto(self.site.url + "/empty")
        return self.page.evaluate("({ ...localStorage })")

    def databases(self) -> list[str]:
        """Return the names of the origin's databases."""
        return self.page.evaluate("indexedDB.databases().then(all => all.map(each => each.name))")

    def _hear(self, message: ConsoleMessage) -> None:
        if message.text.startswith("[tracker]"):
            self._warnings.append(message.text)


def scopes(fact: Fact) -> list[str]:
    """Return the path of a fact in short: ``page:explorer``, ``section:toolbar``."""
    return [f"{kind}:{scope['name']}" for each in fact["path"] for kind, scope in each.items()]
