"""What changed between two versions of a plan, and whether pages of the old one can go on as they are.

A change is compatible when every message that the old plan lets pass, the new one lets pass too: an
old page, still open in somebody's browser, then sends to a new collector and nothing is set apart.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from .values import expected, includes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..event import Page
    from .rules import Property, Rules
    from .values import ValueType


class Change(NamedTuple):
    """One change, in a sentence; ``subject`` is what changed, as ``project.created.project_id``."""

    subject: str
    compatible: bool
    sentence: str


def compare(old: Rules, new: Rules) -> tuple[Change, ...]:
    """Every change from the old rules to the new, breaking ones first."""
    return tuple(sorted(_Comparison(old, new).changes(), key=lambda change: change.compatible))


class _Comparison:
    """Two sets of rules; ``open_before`` and ``open_after`` where what is unplanned passes."""

    def __init__(self, old: Rules, new: Rules) -> None:
        self.old, self.new = old, new
        self.open_before = old.unplanned == "allow"
        self.open_after = new.unplanned == "allow"

    def changes(self) -> Iterator[Change]:
        old, new = self.old, self.new
        if old.app != new.app:
            # A message with an app's name before the event's is of no app that the new plan knows.
            sentence = f"The app is called {new.app} now, no more {old.app}."
            yield Change("app", self.open_after and self.open_before, sentence)
        if old.unplanned != new.unplanned:
            sentence = (
                f'What is not in the plan is up to "{new.unplanned}", no more "{old.unplanned}".'
            )
            yield Change("unplanned", not self.open_before, sentence)
        yield from self._events()
        yield from self._names("pages", old.pages, new.pages)
        yield from self._names("sections", old.sections, new.sections)
        yield from self._names("categories", old.categories, new.categories)
        yield from self._shapes()
        yield from self._set("user traits", old.user_traits, new.user_traits)
        yield from self._set("group traits", old.group_traits, new.group_traits)
        yield from self._set("page properties", old.page_properties, new.page_properties)
        yield from self._routes()
        for fact in dict.fromkeys((*old.page_facts, *new.page_facts)):
            if (fact in old.page_facts) != (fact in new.page_facts):
                # Without it, it is taken out of the message, which passes all the same.
                now = "may be read now" if fact in new.page_facts else "is not read any more"
                yield _compatible("page_facts", f"The page's {fact} {now}.")

    def _events(self) -> Iterator[Change]:
        before = {event.name: event for event in self.old.events}
        after = {event.name: event for event in self.new.events}
        for name in before.keys() - after.keys():
            yield Change(name, self.open_after, f"The event {name} is gone.")
        for name, event in after.items():
            was = before.get(name)
            if was is None:
                # Where anything passed, the event came with any properties.
                yield Change(name, not self.open_before, f"The event {name} is new.")
                continue
            yield from self._properties(name, was.properties, event.properties)
            if was.description != event.description:
                yield _compatible(name, f"The description of {name} is another.")

    def _set(
        self, owner: str, old: tuple[Property, ...] | None, new: tuple[Property, ...] | None
    ) -> Iterator[Change]:
        if old is None and new is not None:
            yield _breaking(owner, f"The {owner} are checked now.")
        elif old is not None and new is None:
            yield _compatible(owner, f"The {owner} are not checked any more.")
        else:
            yield from self._properties(owner, old or (), new or ())

    def _properties(
        self, owner: str, old: tuple[Property, ...], new: tuple[Property, ...]
    ) -> Iterator[Change]:
        before, after = {one.name: one for one in old}, {one.name: one for one in new}
        for name in before.keys() - after.keys():
            sentence = f"{owner} has no {name} any more."
            yield Change(f"{owner}.{name}", self.open_after, sentence)
        for name, one in after.items():
            was = before.get(name)
            if was is None:
                kind = "may have" if one.optional else "has to have"
                compatible = one.optional and not self.open_before
                yield Change(f"{owner}.{name}", compatible, f"{owner} {kind} {name} now.")
            else:
                yield from _property(f"{owner}.{name}", was, one)

    def _names(
        self, kind: str, old: tuple[str, ...] | None, new: tuple[str, ...] | None
    ) -> Iterator[Change]:
        if old is None and new is not None:
            yield Change(kind, self.open_after, f"The {kind} are checked now.")
        elif old is not None and new is None:
            yield _compatible(kind, f"The {kind} are not checked any more.")
        elif old is not None and new is not None:
            for name in (name for name in old if name not in new):
                sentence = f"The {kind} have no {name} any more."
                yield Change(f"{kind}.{name}", self.open_after, sentence)
            for name in (name for name in new if name not in old):
                yield _compatible(f"{kind}.{name}", f"The {kind} have {name} now.")

    def _shapes(self) -> Iterator[Change]:
        """Pages of which routes and modals say type and category; others may be of any."""
        before, after = _shapes_of(self.old), _shapes_of(self.new)
        for name in dict.fromkeys((*before, *after)):
            was, now = before.get(name), after.get(name)
            if was == now:
                continue
            # A page that the old plan did not have was never sent, unless anything passed.
            unknown = self.old.pages is not None and name not in self.old.pages
            never = unknown and not self.open_before
            wider = now is None or never or (was is not None and was <= now)
            sentence = f"The page {name} was {_listed(was)}, and is {_listed(now)} now."
            yield Change(f"pages.{name}", wider, sentence)

    def _routes(self) -> Iterator[Change]:
        before, after = dict(self.old.routes), dict(self.new.routes)
        for pattern in dict.fromkeys((*before, *after)):
            was, now = before.get(pattern), after.get(pattern)
            if now is None:
                yield _compatible(pattern, f"The route {pattern} is gone.")
            elif was is None:
                yield _compatible(pattern, f"The route {pattern} shows {now.name}.")
            elif was.name != now.name:
                sentence = f"The route {pattern} shows {now.name}, no more {was.name}."
                yield _compatible(pattern, sentence)


def _property(subject: str, was: Property, now: Property) -> Iterator[Change]:
    if _bare(was.type) != _bare(now.type):
        old, new = expected(was.type), expected(now.type)
        if old == new:
            old, new = f"a {was.type.kind}", f"a {now.type.kind}"
        sentence = f"{subject} was {old}, and is {new} now."
        yield Change(subject, includes(now.type, was.type), sentence)
    if was.optional != now.optional:
        text = "may be left out now" if now.optional else "has to be there now"
        yield Change(subject, now.optional, f"{subject} {text}.")
    if (was.description, was.type.because) != (now.description, now.type.because):
        yield _compatible(subject, f"The description of {subject} is another.")


def _bare(type_: ValueType) -> ValueType:
    """The type without what is merely said about it."""
    item = _bare(type_.item) if type_.item else None
    return replace(type_, because=None, item=item, choices=tuple(sorted(type_.choices)))


def _shapes_of(rules: Rules) -> dict[str, set[Page]]:
    shapes: dict[str, set[Page]] = {}
    for page in rules.described_pages:
        shapes.setdefault(page.name, set()).add(page)
    return shapes


def _listed(pages: set[Page] | None) -> str:
    if pages is None:
        return "of any type and category"
    shapes = (f"a {page.type.value} of category {page.category or 'none'}" for page in pages)
    return " or ".join(sorted(shapes))


def _compatible(subject: str, sentence: str) -> Change:
    return Change(subject, compatible=True, sentence=sentence)


def _breaking(subject: str, sentence: str) -> Change:
    return Change(subject, compatible=False, sentence=sentence)
