"""Goes through the values of a message, and leaves out what breaks a rule."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from ..fields import as_list, as_object
from .record import Redaction, name_of
from .values import as_number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..event import Json
    from .values import Position, Values

MAX_DEPTH = 32
"""Deeper values are removed unseen."""

SMALLEST_CARD = 4_000_000_000_000
"""A smaller number is no payment card; times in milliseconds are smaller until the year 2096."""

# New in every message, and of a form that can be nothing else: a UUID, a time in ISO 8601.
is_stamp = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?"
    r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
).fullmatch


class _Gone:
    """Stands for a value that was removed."""


GONE: Final = _Gone()

Special: TypeAlias = "Mapping[str, Callable[[Json], Json]]"
_NOTHING: Special = {}

Where: TypeAlias = "str | tuple[Where, Mapping[str, Json] | None, str | int]"
"""A field's path: text, or the place above it with its object and key, or its list's index.

It is put into words only when something is removed there, which is rare.
"""


class Sweep:
    """One pass over one message; ``redactions`` is what it removed."""

    __slots__ = ("redactions", "values")

    def __init__(self, values: Values) -> None:
        self.values = values
        self.redactions: list[Redaction] = []

    def note(self, where: Where, rule: str) -> None:
        """Say that the field was removed, or cut, because of the rule."""
        self.redactions.append(Redaction(self.path_of(where), rule))

    def path_of(self, where: Where) -> str:
        """The field's dotted path; a key that is itself a leak is named by its position."""
        if isinstance(where, str):
            return where
        above, entries, key = where
        path = self.path_of(above)
        if entries is None or isinstance(key, int):
            return f"{path}[{key}]"
        name = name_of(key, 0, is_safe=self.values.is_safe_key(key))
        if name != key:
            name = name_of(key, [*entries].index(key) + 1, is_safe=False)
        return f"{path}.{name}" if path else name

    def mapping(  # noqa: C901 - the hot path: one loop without calls
        self, data: dict[str, Json], where: Where, special: Special = _NOTHING, depth: int = 0
    ) -> dict[str, Json]:
        """The object without what breaks a rule: itself if nothing does.

        ``special`` has the fields that are no plain values, with what to make of them.
        """
        known = self.values.keys
        changes: dict[str, Json] | None = None
        for key, value in data.items():
            position = known.get(key)
            if position is not None:
                # Almost everything ends here: a text that was seen before, or no text at all.
                kind: Any = value.__class__
                if kind is str:
                    if value in position.safe or (position.is_open and is_stamp(value)):
                        continue
                elif kind is int:
                    if position.is_open and value < SMALLEST_CARD:
                        continue
                elif value is None or kind is bool or (kind is dict and not value):
                    continue
            if key in special:
                kept = special[key](value)
            elif (
                position is not None
                and value.__class__ is dict
                and position.always is None
                and depth < MAX_DEPTH
            ):
                kept = self.mapping(value, (where, data, key), depth=depth + 1)
            else:
                kept = self._entry(data, where, key, value, position, depth)
            if kept is not value:
                if changes is None:
                    changes = {}
                changes[key] = kept
        return data if changes is None else without_gone(data | changes)

    def value(self, value: Json, where: Where, key: str = "", depth: int = 0) -> Json:
        """The value under a key without what breaks a rule, ``GONE`` if nothing is left."""
        position = self.values.keys.get(key) or self.values.position_of(key)
        return self._value(value, where, key, position, depth)

    def _entry(  # noqa: PLR0917 - private, and called from one line
        self,
        data: Mapping[str, Json],
        where: Where,
        key: str,
        value: Json,
        position: Position | None,
        depth: int,
    ) -> Json:
        here = (where, data, key)
        if position is None:
            rule = self.values.rule_of_key(key)
            if rule is not None:
                self.note(here, rule)
                return GONE
            position = self.values.position_of(key)
        return self._value(value, here, key, position, depth)

    def _value(self, value: Json, where: Where, key: str, position: Position, depth: int) -> Json:
        rule = None
        if isinstance(value, dict | list):
            entries, items = as_object(cast("Json", value)), as_list(cast("Json", value))
            if not (entries or items):
                return cast("Json", value)
            if depth >= MAX_DEPTH:
                rule = "too_deep"
            elif self.values.is_secret_object(key, position):
                rule = position.always
            elif entries is not None:
                return self.mapping(entries, where, depth=depth + 1)
            else:
                return self._items(items or [], where, key, position, depth + 1)
        elif isinstance(value, str):
            rule = self.values.rule_of_text(value, position)
        else:
            number = as_number(value)
            if number is not None:
                rule = self.values.rule_of_number(number, key, position)
        if rule is None:
            return cast("Json", value)
        self.note(where, rule)
        return GONE

    def _items(
        self, items: list[Any], where: Where, key: str, position: Position, depth: int
    ) -> list[Any]:
        safe = position.safe
        kept: list[Any] | None = None
        for at, item in enumerate(items):
            if type(item) is str and item in safe:
                left = item
            else:
                left = self._value(item, (where, None, at), key, position, depth)
            if left is not item and kept is None:
                kept = items[:at]
            if kept is not None and left is not GONE:
                kept.append(left)
        return items if kept is None else kept


def without_gone(data: dict[str, Json]) -> dict[str, Json]:
    """The object without the fields that were removed."""
    return {key: value for key, value in data.items() if value is not GONE}
