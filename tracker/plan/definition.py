"""From classes, enums and pages to the rules of a plan."""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeGuard, cast

from ..errors import PlanError
from ..event import Page, PageType
from .event import Event, Properties, event_rules, rules_of
from .names import Actions
from .rules import EventRules, Rules

if TYPE_CHECKING:
    from .rules import PageFact, Property, Unplanned


class _HasPage(Protocol):
    """``TrackPage``, which knows its page; a ``Page`` itself will do as well."""

    page: Page


Names: TypeAlias = type[Enum] | Iterable[str | Enum]
PageLike: TypeAlias = Page | _HasPage
Events: TypeAlias = (
    type[Enum]
    | types.ModuleType
    | Iterable[type[Event] | type[Enum] | Enum | str | types.ModuleType]
)


def define(
    app: str,
    *,
    events: Events,
    pages: Names | None,
    sections: Names | None,
    categories: Names | None,
    page_types: type[Enum],
    routes: Mapping[str, PageLike],
    modals: Iterable[PageLike],
    user_traits: type[Properties] | None,
    group_traits: type[Properties] | None,
    page_properties: type[Properties] | None,
    page_facts: Iterable[PageFact],
    actions: Actions,
    unplanned: Unplanned,
    version: str,
) -> Rules:
    """The rules that the arguments of ``Plan`` say, not checked yet."""
    wire_types = {kind.value for kind in PageType}
    if not {member.value for member in page_types} <= wire_types:
        raise PlanError(f"page_types: the wire has {' and '.join(sorted(wire_types))} alone")
    if not isinstance(cast("Any", version), str):
        raise PlanError(f"version: expected text, as 1.4.0, got {type(version).__name__}")
    if not isinstance(cast("Any", actions), Actions):
        raise PlanError(
            f'actions: expected Actions(client=("pinch",)), got {type(actions).__name__}'
        )
    if isinstance(page_facts, str):
        raise PlanError("page_facts: expected a list of names, got one text")
    return Rules(
        app=app,
        version=version,
        unplanned=unplanned,
        events=_events(events),
        pages=_names(pages, "pages"),
        sections=_names(sections, "sections"),
        categories=_names(categories, "categories"),
        routes=tuple((path, _page(page, f'routes "{path}"')) for path, page in routes.items()),
        modals=tuple(_page(page, "modals") for page in modals),
        user_traits=_closed_set(user_traits, "user_traits"),
        group_traits=_closed_set(group_traits, "group_traits"),
        page_properties=_closed_set(page_properties, "page_properties"),
        page_facts=tuple(page_facts),
        actions=actions,
    )


def _events(given: Events) -> tuple[EventRules, ...]:
    """The events, in the order in which they are first named; two classes of one name are both kept."""
    classes: dict[str, list[type[Event]]] = {}
    for one in _flat(given):
        if isinstance(one, str):
            classes.setdefault(one, [])
        elif not one.event_name:
            raise PlanError(f"{one.__name__} has no name: it is a base, list the events made of it")
        elif one not in classes.setdefault(one.event_name, []):
            classes[one.event_name].append(one)
    return tuple(
        rules
        for name, found in classes.items()
        for rules in (map(event_rules, found) if found else [EventRules(name)])
    )


def _flat(given: Any) -> Iterable[type[Event] | str]:
    if isinstance(given, types.ModuleType):
        for value in vars(given).values():
            if _is_event(value) and value.__module__ == given.__name__ and value.event_name:
                yield value
    elif _is_event(given):
        yield given
    elif isinstance(given, str | Enum):
        yield _text(given, "events")
    elif isinstance(given, Iterable):
        for one in cast("Iterable[Any]", given):
            yield from _flat(one)
    else:
        raise PlanError(
            "events: expected classes of events, names, an enum of names, or modules of classes; "
            f"got {type(given).__name__}"
        )


def _is_event(value: Any) -> TypeGuard[type[Event]]:
    return isinstance(value, type) and issubclass(value, Event)


def _names(given: Names | None, field: str) -> tuple[str, ...] | None:
    if given is None:
        return None
    if isinstance(given, str) or not isinstance(cast("Any", given), Iterable):
        raise PlanError(
            f"{field}: expected an enum, or a list of names, got {type(given).__name__}"
        )
    return tuple(dict.fromkeys(_text(name, field) for name in given))


def _text(value: Any, field: str) -> str:
    text = value.value if isinstance(value, Enum) else value
    if isinstance(text, str):
        return str(text)
    raise PlanError(f"{field}: expected texts, or an enum of texts, got {type(text).__name__}")


def _closed_set(given: type[Properties] | None, field: str) -> tuple[Property, ...] | None:
    if given is None:
        return None
    anything: Any = given
    if isinstance(anything, type) and issubclass(anything, Properties):
        return rules_of(anything)
    raise PlanError(f"{field}: expected a class made of Properties, with a typed field for each")


def _page(given: PageLike, field: str) -> Page:
    page = given if isinstance(given, Page) else getattr(given, "page", None)
    if not isinstance(page, Page):
        raise PlanError(f"{field}: expected a Page or a TrackPage, got {type(given).__name__}")
    category = None if page.category is None else _text(page.category, "category")
    return Page(_text(page.name, "page"), PageType(page.type), category)
