"""The validator: one for the visitor's worker, the collector and backend services.

It reads messages as the wire has them and says what in them the plan does not allow. It never
raises for a JSON value, and never quotes one.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, cast

from ..errors import Violation
from ..fields import as_object, kind_of
from .names import gist
from .values import acceptor, expected, explain, listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..event import Json
    from .rules import EventRules, Property, Rules


class Disposition(StrEnum):
    """What is to be done with a message."""

    PASS = "pass"  # noqa: S105  (no password)
    QUARANTINE = "quarantine"
    """Keep it apart, with the reasons, so that it can be replayed once the plan is mended."""
    REFUSE = "refuse"


class Findings(NamedTuple):
    """What a plan has to say about a message; nothing, mostly.

    ``violations`` break a rule for something that the plan knows; ``unplanned`` are events,
    properties, pages, sections, categories and traits that it does not know. ``other_plan`` when the
    message was made under other rules than these: then each rule is ``plan_version``.
    """

    violations: tuple[Violation, ...] = ()
    unplanned: tuple[Violation, ...] = ()
    other_plan: bool = False

    @property
    def all(self) -> tuple[Violation, ...]:
        """Both, violations first."""
        return self.violations + self.unplanned


NOTHING = Findings()

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")


class _Set:
    """A closed set of properties, ready to test values; ``whose`` says it in sentences."""

    __slots__ = ("at", "gists", "optional", "required", "rule", "tests", "types", "whose")

    def __init__(self, properties: Iterable[Property], whose: str, at: str, rule: str) -> None:
        self.whose, self.at, self.rule = whose, at, rule
        self.types = {one.name: one.type for one in properties}
        self.required = [one.name for one in properties if not one.optional]
        needed = frozenset(self.required)
        self.tests: dict[str, tuple[Callable[[Json], bool], bool]] = {
            name: (acceptor(type_), name in needed) for name, type_ in self.types.items()
        }
        self.gists = {gist(name): name for name in self.types}

    def check(self, values: Json, found: _Found) -> None:
        if values is None:
            values = {}
        elif type(values) is not dict:
            found.broken(self.at, "not_an_object", f"expected an object, got {kind_of(values)}")
            return
        given = cast("dict[str, Json]", values)
        tests, present = self.tests, 0
        for name, value in given.items():
            test = tests.get(name)
            if test is None:
                self._unknown(name, found)
            elif value is not None:
                if not test[0](value):
                    found.broken(f"{self.at}.{name}", *explain(self.types[name], value))
                present += test[1]
        if present < len(self.required):
            for name in self.required:
                if given.get(name) is None:
                    wanted = expected(self.types[name])
                    text = f"expected {wanted}, got nothing; {self.whose} needs it"
                    found.broken(f"{self.at}.{name}", "missing", text)

    def _unknown(self, name: str, found: _Found) -> None:
        # A key that is no plain name may itself be what must not be said.
        field = f"{self.at}.{name}" if _KEY.fullmatch(name) else self.at
        meant = self.gists.get(gist(name))
        mend = (
            f"did you mean {meant}?" if meant else f"it has {listed(tuple(self.types)) or 'none'}"
        )
        found.unknown(field, self.rule, f"{self.whose} has no such property; {mend}")


class _Found:
    """What is found as a message is read."""

    __slots__ = ("unplanned", "violations")

    def __init__(self) -> None:
        self.violations: list[Violation] = []
        self.unplanned: list[Violation] = []

    def broken(self, field: str, rule: str, message: str) -> None:
        self.violations.append(Violation(field, rule, message))

    def unknown(self, field: str, rule: str, message: str) -> None:
        self.unplanned.append(Violation(field, rule, message))


class _Names:
    """The names of one kind, such as pages."""

    __slots__ = ("gists", "kind", "kinds", "names")

    def __init__(self, names: Iterable[str], kind: str, kinds: str) -> None:
        self.kind, self.kinds = kind, kinds
        self.names = frozenset(names)
        self.gists = {gist(name): name for name in self.names}

    def check(self, name: Json, field: str, found: _Found) -> None:
        if type(name) is str:
            if name in self.names:
                return
            meant = self.gists.get(gist(name))
            mend = f"did you mean {meant}?" if meant else f"add it to the plan's {self.kinds}"
            found.unknown(
                field, f"unplanned_{self.kind}", f"the plan has no such {self.kind}; {mend}"
            )
        else:
            text = f"expected one of the plan's {self.kinds}, got {kind_of(name)}"
            found.unknown(field, f"unplanned_{self.kind}", text)


class Checker:
    """The rules of a plan, made ready to check many messages."""

    def __init__(self, rules: Rules) -> None:
        self._app, self._apps = rules.app, re.compile(rf"{rules.app}(?:_[a-z0-9_]{{1,40}})?")
        self._events = {event.name: _event_set(event) for event in rules.events}
        self._event_gists = {gist(name): name for name in self._events}
        self._pages = _names(rules.pages, "page", "pages")
        self._sections = _names(rules.sections, "section", "sections")
        self._categories = _names(rules.categories, "category", "categories")
        self._described: dict[str, set[tuple[Json, Json]]] = {}
        for page in rules.described_pages:
            kinds = self._described.setdefault(page.name, set())
            kinds.add((page.type.value, page.category))
        self._user_traits = _set(rules.user_traits, "the user", "traits", "unplanned_trait")
        self._context_traits = _set(
            rules.user_traits, "the user", "context.traits", "unplanned_trait"
        )
        self._group_traits = _set(rules.group_traits, "the group", "traits", "unplanned_trait")
        self._page_properties = _set(
            rules.page_properties, "a page", "properties", "unplanned_property"
        )

    def check(self, message: Json) -> _Found:
        """What the plan does not allow in a message."""
        found = _Found()
        if not isinstance(message, dict):
            found.broken("message", "not_an_object", f"expected an object, got {kind_of(message)}")
            return found
        get = cast("dict[str, Json]", message).get
        kind = get("type")
        if kind == "track":
            self.check_event(get("event"), get("properties"), found)
        elif kind in ("page", "screen"):
            if self._pages:
                self._pages.check(get("name"), "name", found)
            if self._categories and get("category") is not None:
                self._categories.check(get("category"), "category", found)
            if self._page_properties:
                self._page_properties.check(get("properties"), found)
        elif kind in ("identify", "group"):
            # To say who it is, without a word on them, is always allowed.
            traits = self._user_traits if kind == "identify" else self._group_traits
            if traits and get("traits") is not None:
                traits.check(get("traits"), found)
        context = get("context")
        if type(context) is dict:
            self._check_place(cast("dict[str, Json]", context), found)
        return found

    def _event_mend(self, name: str, rest: str) -> str:
        """What may have been meant; the whole name on the wire, where the app's is added to it."""
        meant = self._event_gists.get(gist(rest)) or self._event_gists.get(gist(name))
        if meant:
            return f"did you mean {meant}?"
        app, _, without = rest.partition(".")
        if without in self._events and self._apps.fullmatch(app):
            return f"the app's name comes before it by itself: {without}"
        return "add it to the plan, or correct it"

    def check_event(self, name: Json, properties: Json, found: _Found | None = None) -> _Found:
        """What the plan does not allow in an event; its name with or without the app's."""
        found = found or _Found()
        known = self._events.get(name) if type(name) is str else None
        if known is None and type(name) is str:
            app, _, rest = name.partition(".")
            known = self._events.get(rest)
            if known and not self._apps.fullmatch(app):
                text = f"expected the app {self._app}, or one whose name begins with {self._app}_"
                found.unknown("event", "unplanned_app", text)
            elif known is None:
                mend = self._event_mend(name, rest)
                found.unknown("event", "unplanned_event", f"the plan has no such event; {mend}")
        elif known is None:
            text = f"expected the name of an event, got {kind_of(name)}"
            found.unknown("event", "unplanned_event", text)
        if known:
            known.check(properties, found)
        return found

    def _check_place(self, context: dict[str, Json], found: _Found) -> None:
        page, section = as_object(context.get("page")), as_object(context.get("section"))
        if page:
            self._check_page(page, found)
        if section and self._sections:
            name, path = section.get("name"), section.get("path")
            if name is not None:
                self._sections.check(name, "context.section.name", found)
            if type(path) is list:
                for one in cast("list[Json]", path):
                    self._sections.check(one, "context.section.path", found)
        if self._context_traits and context.get("traits") is not None:
            self._context_traits.check(context["traits"], found)

    def _check_page(self, page: dict[str, Json], found: _Found) -> None:
        name, category = page.get("name"), page.get("category")
        if name is not None:
            if self._pages:
                self._pages.check(name, "context.page.name", found)
            kinds = self._described.get(name) if type(name) is str else None
            if kinds and (_text(page.get("type"), "page"), _text(category)) not in kinds:
                self._wrong_kind(name, kinds, found)
        if category is not None and self._categories:
            self._categories.check(category, "context.page.category", found)

    def _wrong_kind(self, name: str, kinds: set[tuple[Json, Json]], found: _Found) -> None:
        shapes = " or ".join(
            f'type "{type_}" and ' + (f'category "{category}"' if category else "no category")
            for type_, category in sorted(kinds, key=str)
        )
        found.broken("context.page", "page_kind", f"the plan has the page {name} with {shapes}")


def _text(value: Json, default: str | None = None) -> Json:
    """The value where it is one that can be looked up; what is no text is no type or category."""
    return default if value is None else value if type(value) is str else ()


def _event_set(event: EventRules) -> _Set:
    return _Set(event.properties, event.name, "properties", "unplanned_property")


def _set(properties: tuple[Property, ...] | None, whose: str, at: str, rule: str) -> _Set | None:
    return None if properties is None else _Set(properties, whose, at, rule)


def _names(names: tuple[str, ...] | None, kind: str, kinds: str) -> _Names | None:
    return None if names is None else _Names(names, kind, kinds)
