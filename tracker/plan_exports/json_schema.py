"""JSON Schema 2020-12 of the messages that a plan lets pass, for tools that know no Python.

It says about a message what ``Plan.check`` says: the two are held to each other by a test. It
leaves to others what is not the plan's, as ids and times.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..plan.values import (
    ID_PATTERN,
    MAX_INTEGER,
    MAX_ITEMS,
    MAX_NUMBER,
    VERSION_PATTERN,
    ValueType,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..event import Json, Page
    from ..plan import Plan
    from ..plan.rules import EventRules, Property, Rules

Schema = dict[str, Any]

# In Python's dialect of regular expressions `$` also matches before a line break at the end.
_END = r"$(?!\n)"


def schema(plan: Plan) -> dict[str, Json]:
    """The schema of one message, of whichever type."""
    rules = plan.rules
    closed = rules.unplanned != "allow"
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:tracking-plan:{rules.app}:{plan.hash}",
        "title": f"Messages under the tracking plan {rules.app} {rules.version}",
        "type": "object",
        "properties": {"context": _context(rules, closed=closed)},
        "allOf": [
            _when(["track"], _track(rules, closed=closed)),
            _when(["page", "screen"], _page_message(rules, closed=closed)),
            _when(["identify"], _traits(rules.user_traits, closed=closed)),
            _when(["group"], _traits(rules.group_traits, closed=closed)),
        ],
        "$defs": {event.name: _event(event, closed=closed) for event in rules.events},
    }


def _when(types: list[str], then: Schema) -> Schema:
    return {"if": {"properties": {"type": {"enum": types}}, "required": ["type"]}, "then": then}


def _track(rules: Rules, *, closed: bool) -> Schema:
    app = rf"(?:{rules.app}(?:_[a-z0-9_]{{1,40}})?\.)?"
    cases: list[Schema] = []
    for event in rules.events:
        # Under whatever app: with a foreign one before it, its properties are checked all the same.
        pattern = rf"^(?:[^.]*\.)?{re.escape(event.name)}{_END}"
        named = {"properties": {"event": {"type": "string", "pattern": pattern}}}
        cases.append(
            {"if": {**named, "required": ["event"]}, "then": {"$ref": f"#/$defs/{event.name}"}}
        )
    if not closed:
        return _all(cases)
    names = "|".join(re.escape(event.name) for event in rules.events)
    # Without any event, a pattern that nothing matches.
    planned = rf"^{app}(?:{names}){_END}" if names else "(?!)"
    return {
        "properties": {"event": {"type": "string", "pattern": planned}},
        "required": ["event"],
        **_all(cases),
    }


def _event(event: EventRules, *, closed: bool) -> Schema:
    described = {"description": event.description} if event.description else {}
    return {**described, **_holder("properties", event.properties, closed=closed)}


def _page_message(rules: Rules, *, closed: bool) -> Schema:
    found: Schema = {"properties": {}}
    if closed and rules.pages is not None:
        found["properties"]["name"] = {"enum": list(rules.pages)}
        found["required"] = ["name"]
    if closed and rules.categories is not None:
        found["properties"]["category"] = _or_null({"enum": list(rules.categories)})
    if rules.page_properties is None:
        return found
    return {"allOf": [found, _holder("properties", rules.page_properties, closed=closed)]}


def _traits(properties: tuple[Property, ...] | None, *, closed: bool) -> Schema:
    if properties is None:
        return {}
    return {"properties": {"traits": _or_null(_set(properties, closed=closed))}}


def _context(rules: Rules, *, closed: bool) -> Schema:
    page: Schema = {}
    section: Schema = {}
    if closed and rules.pages is not None:
        page["name"] = _or_null({"enum": list(rules.pages)})
    if closed and rules.categories is not None:
        page["category"] = _or_null({"enum": list(rules.categories)})
    if closed and rules.sections is not None:
        section["name"] = _or_null({"enum": list(rules.sections)})
        section["path"] = {"items": {"enum": list(rules.sections)}}
    found: Schema = {
        "page": {"properties": page, **_all(_shapes(rules.described_pages))},
        "section": {"properties": section},
    }
    if rules.user_traits is not None:
        found["traits"] = _or_null(_set(rules.user_traits, closed=closed))
    return {"properties": found}


def _shapes(pages: Iterable[Page]) -> list[Schema]:
    """Of each page that routes or modals describe, the types and categories that it may have."""
    shapes: dict[str, list[Schema]] = {}
    for page in pages:
        absent = [None] if page.type == "page" else []
        shape: Schema = {
            "properties": {
                "type": {"enum": [page.type.value, *absent]},
                "category": {"enum": [page.category]},
            },
            "required": [
                *([] if absent else ["type"]),
                *(["category"] if page.category else []),
            ],
        }
        shapes.setdefault(page.name, []).append(shape)
    return [
        {
            "if": {"properties": {"name": {"const": name}}, "required": ["name"]},
            "then": {"anyOf": found},
        }
        for name, found in shapes.items()
    ]


def _holder(field: str, properties: tuple[Property, ...], *, closed: bool) -> Schema:
    """A message whose ``field`` has the properties; it may be absent when none is required."""
    inner = _set(properties, closed=closed)
    if any(not one.optional for one in properties):
        return {"properties": {field: inner}, "required": [field]}
    return {"properties": {field: _or_null(inner)}}


def _set(properties: tuple[Property, ...], *, closed: bool) -> Schema:
    found: Schema = {
        "type": "object",
        "properties": {one.name: _property(one) for one in properties},
        "required": [one.name for one in properties if not one.optional],
    }
    return {**found, "additionalProperties": False} if closed else found


def _property(one: Property) -> Schema:
    type_ = _or_null(_type(one.type)) if one.optional else _type(one.type)
    said = " ".join(part for part in (one.description, one.type.because) if part)
    return {"description": said, **type_} if said else type_


def _type(type_: ValueType) -> Schema:  # noqa: PLR0911  (one for each kind)
    match type_.kind:
        case "boolean":
            return {"type": "boolean"}
        case "integer":
            return {"type": "integer", "minimum": -MAX_INTEGER, "maximum": MAX_INTEGER}
        case "number":
            return {"type": "number", "minimum": -MAX_NUMBER, "maximum": MAX_NUMBER}
        case "count" | "duration":
            return {"type": "integer", "minimum": 0, "maximum": MAX_INTEGER}
        case "choice":
            return {"enum": list(type_.choices)}
        case "id":
            return {"type": "string", "pattern": f"^{ID_PATTERN}{_END}"}
        case "version":
            return {"type": "string", "pattern": f"^{VERSION_PATTERN}{_END}"}
        case "text":
            return {"type": "string", "maxLength": type_.max_length}
        case "list":
            most = type_.max_items or MAX_ITEMS
            return {"type": "array", "items": _type(type_.item or type_), "maxItems": most}


def _all(schemas: list[Schema]) -> Schema:
    """All of them; of none there is nothing to say, and an empty list is no schema."""
    return {"allOf": schemas} if schemas else {}


def _or_null(inner: Schema) -> Schema:
    return {"anyOf": [inner, {"type": "null"}]}
