"""A plan as plain data: what the validator, the generators and the comparison read.

``Plan`` makes it of classes and enums, ``canonical`` of JSON. None where a plan says nothing about
a thing: what a plan does not speak of, it does not check.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from ..errors import PlanError
from .names import DEFAULT_ACTIONS, Actions, Side, is_snake_case, snake_case

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..event import Page
    from .values import ValueType

Unplanned: TypeAlias = Literal["refuse", "quarantine", "allow"]
UNPLANNED: tuple[Unplanned, ...] = ("refuse", "quarantine", "allow")

PageFact: TypeAlias = Literal["url", "path", "title", "referrer", "query", "utm"]
PAGE_FACTS: tuple[PageFact, ...] = ("url", "path", "title", "referrer", "query", "utm")
"""What a plan may allow to be read of a page beside its host name; without it, none of these is."""

MAX_PLACE_NAME = 64
"""The longest name of a page, a section or a category, in characters."""

RESERVED_COLUMNS = frozenset(
    {
        *("id", "anonymous_id", "user_id", "event", "event_text", "channel"),
        *("sent_at", "received_at", "original_timestamp", "timestamp", "uuid_ts", "loaded_at"),
    }
)
"""Columns that each warehouse table of Segment and RudderStack has; ``context_…`` are others."""

_WIRE_NAME = re.compile(r"[a-z][A-Za-z0-9_]{0,63}")


@dataclass(frozen=True, slots=True)
class Property:
    """One property of an event, or one trait: ``name`` is what the wire calls it.

    An optional one may be left out, or be null, which is the same.
    """

    name: str
    type: ValueType
    optional: bool = False
    description: str = ""


@dataclass(frozen=True, slots=True)
class EventRules:
    """An event and its closed set of properties; without properties it has none, not any."""

    name: str
    properties: tuple[Property, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """All that a plan says; ``routes`` are pairs of a URL pattern and the page it shows."""

    app: str
    version: str = "0"
    unplanned: Unplanned = "quarantine"
    events: tuple[EventRules, ...] = ()
    pages: tuple[str, ...] | None = None
    sections: tuple[str, ...] | None = None
    categories: tuple[str, ...] | None = None
    routes: tuple[tuple[str, Page], ...] = ()
    modals: tuple[Page, ...] = ()
    user_traits: tuple[Property, ...] | None = None
    group_traits: tuple[Property, ...] | None = None
    page_properties: tuple[Property, ...] | None = None
    page_facts: tuple[PageFact, ...] = ()
    actions: Actions = DEFAULT_ACTIONS

    def side_of(self, event: EventRules) -> Side:
        """Which side an event of this plan belongs to."""
        return self.actions.side_of_event(event.name)

    @property
    def described_pages(self) -> tuple[Page, ...]:
        """The pages of routes and modals, which have their type and category said; each once."""
        return tuple(dict.fromkeys((*(page for _, page in self.routes), *self.modals)))


def checked(rules: Rules) -> Rules:
    """Return the rules as they are.

    Raises ``PlanError`` that lists every name in them that breaks a rule.
    """
    problems = list(_problems(rules))
    if problems:
        raise PlanError("\n".join(problems))
    return rules


def property_problems(properties: Iterable[Property], owner: str) -> Iterator[str]:
    """What is wrong with the names of a set of properties."""
    columns: dict[str, str] = {}
    for one in properties:
        column = snake_case(one.name)
        if not _WIRE_NAME.fullmatch(one.name):
            yield f'{owner}.{one.name}: expected a name as project_id or projectId, got "{one.name}"'
        elif column in RESERVED_COLUMNS or column.startswith("context_"):
            yield (
                f"{owner}.{one.name}: each warehouse table has a column {column} of its own; "
                f"say whose it is, as project_{column.removeprefix('context_')}"
            )
        elif column in columns:
            yield f"{owner}.{one.name}: has the same warehouse column as {columns[column]}: {column}"
        columns[column] = one.name


def _problems(rules: Rules) -> Iterator[str]:
    if not is_snake_case(rules.app) or len(rules.app) > MAX_PLACE_NAME:
        yield f'app: expected lower snake case, as acme, got "{rules.app}"'
    if rules.unplanned not in UNPLANNED:
        yield f'unplanned: expected one of {", ".join(UNPLANNED)}, got "{rules.unplanned}"'
    for fact in rules.page_facts:
        if fact not in PAGE_FACTS:
            yield f'page_facts: expected some of {", ".join(PAGE_FACTS)}, got "{fact}"'
    yield from _event_problems(rules)
    for owner in ("user_traits", "group_traits", "page_properties"):
        yield from property_problems(getattr(rules, owner) or (), owner)
    yield from _place_problems(rules)
    yield from _page_problems(rules)


def _event_problems(rules: Rules) -> Iterator[str]:
    names: set[str] = set()
    for event in rules.events:
        try:
            rules.side_of(event)
        except PlanError as error:
            yield f"event {error}"
        if event.name in names:
            yield f'event "{event.name}": is there twice, with two sets of properties'
        names.add(event.name)
        yield from property_problems(event.properties, event.name)


def _place_problems(rules: Rules) -> Iterator[str]:
    for kind in ("pages", "sections", "categories"):
        for name in getattr(rules, kind) or ():
            if not is_snake_case(name) or len(name) > MAX_PLACE_NAME:
                yield (
                    f"{kind}: expected lower snake case of at most {MAX_PLACE_NAME} characters, "
                    f'as page_footer, got "{name}"'
                )


def _page_problems(rules: Rules) -> Iterator[str]:
    for page in rules.described_pages:
        if rules.pages is not None and page.name not in rules.pages:
            yield f'page "{page.name}": is in routes or modals, and not among the pages'
        if rules.categories is not None and page.category not in (None, *rules.categories):
            yield f'page "{page.name}": its category "{page.category}" is not among the categories'
    for page in rules.modals:
        if page.type != "modal":
            yield f'page "{page.name}": is in modals, and its type is not modal'
