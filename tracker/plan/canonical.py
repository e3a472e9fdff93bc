"""A plan as JSON, and its hash.

The JSON keeps the order in which the plan was written and leaves out what it does not say. The hash
is FNV-1a over 64 bits of the UTF-8 of that JSON, with keys and names in alphabetical order and
without the version, the descriptions and the reasons: the same rules have the same hash, whatever
is said about them. It tells plans apart; it is no signature.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast, get_args

from ..errors import PlanError
from ..event import Page, PageType
from .names import Actions
from .rules import EventRules, Property, Rules, checked
from .values import Kind, ValueType

if TYPE_CHECKING:
    from ..event import Json

FORMAT = 1
"""Of the JSON; raised when a reader of the one before would misread it."""

_KINDS: tuple[str, ...] = get_args(Kind)
_SPOKEN = ("version", "description", "because")


def to_json(rules: Rules) -> dict[str, Json]:
    """The rules as JSON; ``from_json`` gives equal ones back."""
    return _said(
        format=FORMAT,
        app=rules.app,
        version=rules.version,
        unplanned=rules.unplanned,
        events=[
            _said(
                name=event.name,
                description=event.description or None,
                properties=_properties(event.properties) or None,
            )
            for event in rules.events
        ],
        pages=_list(rules.pages),
        sections=_list(rules.sections),
        categories=_list(rules.categories),
        routes=[{"pattern": pattern, "page": _page(page)} for pattern, page in rules.routes]
        or None,
        modals=[_page(page) for page in rules.modals] or None,
        userTraits=_properties(rules.user_traits),
        groupTraits=_properties(rules.group_traits),
        pageProperties=_properties(rules.page_properties),
        pageFacts=list(rules.page_facts) or None,
        clientActions=list(rules.actions.client) or None,
        serverActions=list(rules.actions.server) or None,
    )


def from_json(data: Json) -> Rules:
    """Read what ``to_json`` wrote.

    Raises ``PlanError`` for anything else, and for rules that break the rules for plans.
    """
    if not isinstance(data, dict) or cast("dict[str, Json]", data).get("format") != FORMAT:
        raise PlanError(
            f"expected a plan as JSON of format {FORMAT}, as `tracker plan json` writes it"
        )
    fields = cast("dict[str, Json]", data)
    try:
        return checked(_read(fields))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise PlanError(f"the plan's JSON is damaged: {type(error).__name__} {error}") from None


def _read(fields: dict[str, Json]) -> Rules:
    return Rules(
        app=fields["app"],
        version=fields["version"],
        unplanned=fields["unplanned"],
        events=tuple(
            EventRules(
                event["name"],
                _read_properties(event.get("properties")) or (),
                event.get("description", ""),
            )
            for event in fields["events"]
        ),
        pages=_read_names(fields.get("pages")),
        sections=_read_names(fields.get("sections")),
        categories=_read_names(fields.get("categories")),
        routes=tuple((one["pattern"], _read_page(one["page"])) for one in fields.get("routes", ())),
        modals=tuple(map(_read_page, fields.get("modals", ()))),
        user_traits=_read_properties(fields.get("userTraits")),
        group_traits=_read_properties(fields.get("groupTraits")),
        page_properties=_read_properties(fields.get("pageProperties")),
        page_facts=tuple(fields.get("pageFacts", ())),
        actions=Actions(
            client=tuple(fields.get("clientActions", ())),
            server=tuple(fields.get("serverActions", ())),
        ),
    )


def hash_of(rules: Rules) -> str:
    """Sixteen hexadecimal digits that are the same for the same rules."""
    text = json.dumps(_sorted(to_json(rules)), sort_keys=True, separators=(",", ":"))
    digest = 0xCBF29CE484222325
    for byte in text.encode():
        digest = ((digest ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return f"{digest:016x}"


def _sorted(value: Any) -> Any:
    """The JSON without what is merely said, its lists in one order: none of them means an order."""
    if isinstance(value, dict):
        entries = cast("dict[str, Any]", value)
        return {key: _sorted(item) for key, item in entries.items() if key not in _SPOKEN}
    if isinstance(value, list):
        return sorted(map(_sorted, cast("list[Any]", value)), key=json.dumps)
    return value


def _properties(properties: tuple[Property, ...] | None) -> list[Json] | None:
    if properties is None:
        return None
    return [
        _said(
            name=one.name,
            type=_type(one.type),
            optional=one.optional or None,
            description=one.description or None,
        )
        for one in properties
    ]


def _type(type_: ValueType) -> Json:
    return _said(
        kind=type_.kind,
        choices=list(type_.choices) or None,
        maxLength=type_.max_length,
        because=type_.because,
        item=_type(type_.item) if type_.item else None,
        maxItems=type_.max_items,
    )


def _page(page: Page) -> Json:
    return _said(name=page.name, type=page.type.value, category=page.category)


def _read_properties(data: Json) -> tuple[Property, ...] | None:
    if data is None:
        return None
    return tuple(
        Property(
            one["name"],
            _read_type(one["type"]),
            one.get("optional", False),
            one.get("description", ""),
        )
        for one in data
    )


def _read_type(data: Json) -> ValueType:
    item = data.get("item")
    type_ = ValueType(
        data["kind"],
        tuple(data.get("choices", ())),
        data.get("maxLength"),
        data.get("because"),
        _read_type(item) if item else None,
        data.get("maxItems"),
    )
    if type_.kind not in _KINDS or (type_.kind == "choice" and not type_.choices):
        raise ValueError(f"no such type: {type_.kind}")
    if (type_.kind == "text" and not type_.max_length) or (type_.kind == "list" and not item):
        raise ValueError(f"a type without its bounds: {type_.kind}")
    return type_


def _read_page(data: Json) -> Page:
    return Page(data["name"], PageType(data["type"]), data.get("category"))


def _read_names(data: Json) -> tuple[str, ...] | None:
    return None if data is None else tuple(data)


def _list(names: tuple[str, ...] | None) -> list[str] | None:
    return None if names is None else list(names)


def _said(**fields: Any) -> dict[str, Json]:
    return {name: value for name, value in fields.items() if value is not None}
