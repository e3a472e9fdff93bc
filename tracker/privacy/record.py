"""What was removed, as ``context.privacy.redacted`` says it: the field and the rule, not the value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ..fields import as_list, as_object
from .patterns import Pattern
from .rules import RULES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..event import Json
    from .values import Values

MOST = 64
"""How many fields are named in one message; the last entry then says that there were more."""

_SEGMENT = r"(?:[^\W\d][\w$ -]{0,63}|\$[\w$ -]{0,63}|\{key [0-9]{1,6}\})"
_NAME = Pattern(rf"{_SEGMENT}")
_FIELD = Pattern(rf"{_SEGMENT}(?:\.{_SEGMENT}|\[[0-9]{{1,6}}\]){{0,80}}")
_PARTS = Pattern(r"[^.\[\]{}]+")


class Redaction(NamedTuple):
    """A field that was removed, or cut, because of a rule.

    ``field`` is a dotted path on the wire. A key that is itself a leak, or that has no plain name,
    is named by its position: ``properties.{key 3}`` is the third.
    """

    field: str
    rule: str


def name_of(key: str, position: int, *, is_safe: bool) -> str:
    """How a key is named in a field's path; ``position`` counts from 1."""
    if is_safe and _NAME.fullmatch(key):
        return key
    return f"{{key {position}}}"


def merged(earlier: Json, redactions: Sequence[Redaction], values: Values) -> list[Any]:
    """The record of an earlier guard, as far as it is one, and what this one removed."""
    fields = dict.fromkeys(_earlier(earlier, values))
    fields.update(dict.fromkeys(redactions))
    more = Redaction("message", "more")
    listed = [entry for entry in fields if entry != more]
    if len(listed) > MOST or more in fields:
        listed = [*listed[:MOST], more]
    return [{"field": field, "rule": rule} for field, rule in listed]


def _earlier(value: Json, values: Values) -> list[Redaction]:
    """Entries of the form that a guard writes; anything else could be what it should not hold."""
    found: list[Redaction] = []
    for item in (as_list(value) or [])[: 2 * MOST]:
        entry = as_object(item)
        if entry is None:
            continue
        field, rule = entry.get("field"), entry.get("rule")
        if isinstance(field, str) and isinstance(rule, str) and rule in RULES:
            if field not in values.fields and not _is_path(field, values):
                continue
            found.append(Redaction(field, rule))
    return found


def _is_path(field: str, values: Values) -> bool:
    """Whether this is a path as a guard writes it, of keys that may be named."""
    if len(field) > 2048 or not _FIELD.fullmatch(field):
        return False
    if not all(values.is_safe_key(part.group()) for part in _PARTS.finditer(field)):
        return False
    values.remember_field(field)
    return True
