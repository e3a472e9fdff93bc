"""A plan as a catalogue in Markdown, for people who look for an event."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..plan.values import expected, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..plan import Plan
    from ..plan.names import Side
    from ..plan.rules import EventRules, Property, Rules
    from ..plan.values import ValueType

_MARKS = re.compile(r"([\\`*_{}\[\]()#+!|~=:@.-])")
_UNPLANNED = {
    "refuse": "is refused",
    "quarantine": "is set apart, and can be replayed once the plan knows it",
    "allow": "passes",
}


def catalogue(plan: Plan) -> str:
    """The whole plan; what people wrote in it is escaped, and can be nothing but text."""
    return "\n".join(_lines(plan)).rstrip("\n") + "\n"


def _lines(plan: Plan) -> Iterator[str]:
    rules = plan.rules
    yield f"# Tracking plan of {_text(rules.app)}"
    yield ""
    yield (
        f"Version {_text(rules.version)}, hash `{plan.hash}`. What is not in this plan "
        f"{_UNPLANNED[rules.unplanned]}."
    )
    sides: dict[Side, list[EventRules]] = {"client": [], "server": []}
    for event in rules.events:
        sides[rules.side_of(event)].append(event)
    yield from _events("Events of the client", sides["client"])
    yield from _events("Events of the server", sides["server"])
    yield from _traits("Traits of users", rules.user_traits)
    yield from _traits("Traits of groups", rules.group_traits)
    yield from _traits("Properties of pages", rules.page_properties)
    yield from _pages(rules)
    yield from _names("Sections", rules.sections)
    yield from _names("Categories", rules.categories)


def _events(title: str, events: list[EventRules]) -> Iterator[str]:
    if not events:
        return
    yield from ("", f"## {title}")
    bare = [event for event in events if not event.properties]
    if bare:
        yield from ("", "Without properties:", "", "| event | when |", "| --- | --- |")
        yield from (f"| `{event.name}` | {_text(event.description)} |" for event in bare)
    for event in events:
        if event.properties:
            yield from ("", f"### `{event.name}`", "")
            if event.description:
                yield from (_text(event.description), "")
            yield from _table(event.properties)


def _traits(title: str, properties: tuple[Property, ...] | None) -> Iterator[str]:
    if properties is not None:
        yield from ("", f"## {title}", "")
        yield from _table(properties)


def _table(properties: Iterable[Property]) -> Iterator[str]:
    yield from ("| property | type | required | description |", "| --- | --- | --- | --- |")
    for one in properties:
        said = " ".join(part for part in (one.description, _why(one.type)) if part)
        required = "no" if one.optional else "yes"
        yield f"| `{one.name}` | {_type(one.type)} | {required} | {_text(said)} |"


def _type(type_: ValueType) -> str:
    match type_.kind:
        case "choice":
            return _text(listed(type_.choices, most=len(type_.choices)))
        case "list":
            item = type_.item or type_
            return f"at most {type_.max_items}, each {_type(item)}"
        case "boolean":
            return "true or false"
        case _:
            return _text(expected(type_))


def _why(type_: ValueType) -> str:
    because = (type_.item or type_).because
    return f"Free text, because {because}." if because else ""


def _pages(rules: Rules) -> Iterator[str]:
    if rules.pages is None:
        return
    shapes = {page.name: page for page in rules.described_pages}
    yield from (
        "",
        "## Pages",
        "",
        "| page | type | category | routes |",
        "| --- | --- | --- | --- |",
    )
    for name in rules.pages:
        shape = shapes.get(name)
        routes = ", ".join(_text(pattern) for pattern, page in rules.routes if page.name == name)
        type_ = shape.type.value if shape else ""
        category = _text(shape.category or "") if shape else ""
        yield f"| `{name}` | {type_} | {category} | {routes} |"


def _names(title: str, names: tuple[str, ...] | None) -> Iterator[str]:
    if names:
        yield from ("", f"## {title}", "")
        yield from (f"- `{name}`" for name in names)


def _text(text: str) -> str:
    """Text in which nothing is markup: neither Markdown's nor HTML's."""
    plain = "".join(mark if mark.isprintable() else " " for mark in text)
    plain = plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKS.sub(r"\\\1", " ".join(plain.split()))
