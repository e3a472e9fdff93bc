"""What the facts of a page are held to: the collector's plan and policy, or a plan of the page's own.

They come over the network while facts come, too: a rulebook has no pipeline until then, and the
facts wait with it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..errors import PlanError
from ..fields import as_object
from ..pipeline import Pipeline, guard_for
from ..plan import Plan
from ..privacy import Policy
from .modules import import_installed, run_source

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..event import Json

_COLLECTORS, _OWN = "rules", "plan"


class Rulebook:
    """The rules of all pages that name the same addresses; ``has_failed`` when some did not come."""

    def __init__(self) -> None:
        self.pipeline: Pipeline | None = None
        self.waiting: list[Callable[[Pipeline], None]] = []
        self.has_failed = False
        self.missing: set[str] = set()
        self.plans: dict[str, Plan | None] = {}
        self.policy: Policy | None = None

    def use(self, take: Callable[[Pipeline], None]) -> None:
        """Call with the pipeline, at once or when it is there."""
        if self.pipeline is None:
            self.waiting.append(take)
        else:
            take(self.pipeline)

    def finish(self) -> None:
        """Everything that was missing has come, or never will."""
        # A page's own plan that cannot be used is not replaced by another that it did not ask for.
        plan = self.plans.get(_OWN if _OWN in self.plans else _COLLECTORS)
        self.pipeline = Pipeline(plan=plan, guard=guard_for(plan, self.policy))
        waiting, self.waiting = self.waiting, []
        for take in waiting:
            take(self.pipeline)


class Rulebooks:
    """Every rulebook that some page needs.

    ``load`` asks for the file at an address as text, or when it is a wheel to have it installed;
    ``report`` tells the pages a sentence.
    """

    def __init__(
        self, load: Callable[[int, str, bool], None], report: Callable[[str], None]
    ) -> None:
        self._load = load
        self._report = report
        self._books: dict[tuple[str | None, str | None], Rulebook] = {}
        self._requests: dict[int, tuple[Rulebook, str, str]] = {}
        self._count = 0

    def open(self, rules: str | None, plan: str | None) -> Rulebook:
        """The rulebook at the collector's address for a key, and at that of a page's own plan.

        One that did not come is asked for again whenever another page needs it.
        """
        known = self._books.get((rules, plan))
        if known is not None and not known.has_failed:
            return known
        book = self._books[rules, plan] = Rulebook()
        wanted = {what: url for what, url in ((_COLLECTORS, rules), (_OWN, plan)) if url}
        book.missing.update(wanted)
        for what, url in wanted.items():
            self._count += 1
            self._requests[self._count] = book, what, url
            self._load(self._count, url, _name_of(url).endswith(".whl"))
        if not wanted:
            book.finish()
        return book

    def loaded(self, request: int, status: int, body: str) -> None:
        """A file came; status 0 is no answer in time."""
        book, what, url = self._requests.pop(request, (None, "", ""))
        if book is None:
            return
        try:
            _check_status(status, body)
            self._read(book, what, url, body, request)
        except Exception as error:  # noqa: BLE001  (a page's own code may raise anything)
            book.has_failed = True
            book.plans[what] = None
            reason = str(error) or type(error).__name__
            self._report(
                f"The tracking plan at {_without_query(url)} cannot be used: {reason}. "
                "Events go without it; the collector checks them by its own."
            )
        book.missing.discard(what)
        if not book.missing:
            book.finish()

    def forget(self) -> None:
        """Drop what waits. What is under way will not be answered, so it is asked for again."""
        self._requests.clear()
        for key, book in [*self._books.items()]:
            if book.pipeline is None:
                book.waiting.clear()
                del self._books[key]

    def _read(self, book: Rulebook, what: str, url: str, body: str, number: int) -> None:
        if what == _OWN:
            book.plans[_OWN] = _own_plan(url, body, number)
            return
        given = as_object(json.loads(body)) or {}
        policy, plan = given.get("privacy"), given.get("plan")
        if policy is not None:
            book.policy = Policy.from_json(policy)
        book.plans[_COLLECTORS] = None if plan is None else Plan.from_json(plan)


def _check_status(status: int, body: str) -> None:
    if status == 0:
        raise PlanError(body or "there was no answer")
    if status != 200:
        raise PlanError(f"the answer was {status}")


def _own_plan(url: str, body: str, number: int) -> Plan:
    name = _name_of(url)
    if name.endswith(".py"):
        return _plan_in(run_source(body, f"tracker_plan_{number}", _without_query(url)), "plan")
    if not name.endswith(".whl"):
        return Plan.from_json(_json(body))
    package = name.partition("-")[0]
    module, _, attribute = (url.partition("#")[2] or f"{package}.plan:plan").partition(":")
    return _plan_in(import_installed(module), attribute or "plan")


def _plan_in(module: Any, name: str) -> Plan:
    plan = getattr(module, name, None)
    if isinstance(plan, Plan):
        return plan
    raise PlanError(f"expected a Plan with the name {name}, got {type(plan).__name__}")


def _json(body: str) -> Json:
    try:
        return json.loads(body)
    except ValueError:
        raise PlanError("expected JSON, as `tracker plan json` writes it") from None


def _without_query(url: str) -> str:
    return url.partition("#")[0].partition("?")[0]


def _name_of(url: str) -> str:
    return _without_query(url).rpartition("/")[2]
