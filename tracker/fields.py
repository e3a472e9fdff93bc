"""Reads typed fields out of untrusted JSON, and notes each rule that one of them breaks.

A reader never raises while it reads: it notes a violation and gives a harmless value, so that one
pass finds everything that is wrong; ``raise_violations`` then raises them together. No violation
quotes a value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from .errors import InvalidInput, Violation
from .times import MAX_TIME_MS, parse_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .event import Json

MAX_TEXT = 1024
"""The longest name, id or other single text of the envelope, in characters."""


def kind_of(value: Json) -> str:
    """What kind of JSON value this is, in words that can be shown and stored."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "text" if value else "empty text"
        case list():
            return "a list"
        case _:
            return "an object"


def as_object(value: Json) -> dict[str, Json] | None:
    """The value when it is a JSON object, else None."""
    return cast("dict[str, Json]", value) if isinstance(value, dict) else None


def as_list(value: Json) -> list[Json] | None:
    """The value when it is a JSON list, else None."""
    return cast("list[Json]", value) if isinstance(value, list) else None


_NOTHING: Mapping[str, Json] = {}


class Fields:
    """The fields of one JSON object, called ``name`` at the root and nothing further down."""

    __slots__ = ("_above", "_data", "_name", "_violations")

    def __init__(self, data: Json, name: str, above: Fields | None = None) -> None:
        self._name = name
        self._above = above
        self._violations: list[Violation] = [] if above is None else above._violations
        found = as_object(data)
        self._data: Mapping[str, Json] = _NOTHING if found is None else found
        if found is None and (data is not None or above is None):
            self.refuse("", "not_an_object", f"expected an object, got {kind_of(data)}")

    def __bool__(self) -> bool:
        return bool(self._data)

    def refuse(self, field: str, rule: str, message: str) -> None:
        """Note that ``field`` of this object (the object itself when empty) breaks ``rule``."""
        path = self._path_to(field) or self._name
        self._violations.append(Violation(path, rule, message))

    def raise_violations(self) -> None:
        """Raise ``InvalidInput`` when anything that was read so far breaks a rule."""
        if self._violations:
            raise InvalidInput(tuple(self._violations))

    @property
    def violations(self) -> tuple[Violation, ...]:
        """What was noted so far, by this reader and those beneath it."""
        return tuple(self._violations)

    def text(self, field: str, *, required: bool = False) -> str | None:
        """Text of 1 to ``MAX_TEXT`` characters."""
        value = self._data.get(field)
        if isinstance(value, str) and 0 < len(value) <= MAX_TEXT:
            return value
        if isinstance(value, str) and value:
            self.refuse(field, "too_long", f"expected at most {MAX_TEXT} characters, got more")
        elif required or value not in (None, ""):
            rule = "missing" if value in (None, "") else "not_text"
            self.refuse(field, rule, f"expected text, got {kind_of(value)}")
        return None

    def texts(self, field: str) -> tuple[str, ...]:
        """A list of texts."""
        value = self._data.get(field)
        texts = as_list(value)
        if texts is not None and all(isinstance(text, str) for text in texts):
            return tuple(texts)
        if value is not None:
            self.refuse(field, "not_texts", f"expected a list of texts, got {kind_of(value)}")
        return ()

    def choice(
        self, field: str, choices: Sequence[str], default: str, *, required: bool = True
    ) -> str:
        """One of ``choices``; ``default`` when it is absent or wrong."""
        value = self._data.get(field)
        if isinstance(value, str) and value in choices:
            return value
        if required or value is not None:
            rule = "missing" if value is None else "unknown_" + field
            expected = ", ".join(choices)
            got = "another text" if isinstance(value, str) else kind_of(value)
            self.refuse(field, rule, f"expected one of {expected}; got {got}")
        return default

    def whole(self, field: str) -> int | None:
        """A whole number."""
        value = self._data.get(field)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, float) and value.is_integer():
            return int(value)
        self.refuse(field, "not_a_whole_number", f"expected a whole number, got {kind_of(value)}")
        return None

    def number(self, field: str) -> float | None:
        """A finite number."""
        value = self._data.get(field)
        if value is None:
            return None
        if isinstance(value, int | float) and not isinstance(value, bool) and _finite(value):
            return value
        self.refuse(field, "not_a_number", f"expected a finite number, got {kind_of(value)}")
        return None

    def time(self, field: str) -> int | None:
        """A required time in milliseconds since the epoch, before the year 10000."""
        value = self.whole(field)
        if value is not None and 0 <= value <= MAX_TIME_MS:
            return value
        if value is not None or self._data.get(field) is None:
            self.refuse(field, "not_a_time", "expected milliseconds since the epoch")
        return None

    def timestamp(self, field: str) -> int | None:
        """An ISO 8601 time as text; the answer is in milliseconds since the epoch."""
        value = self._data.get(field)
        if value is None:
            return None
        if isinstance(value, str):
            try:
                return parse_time(value)
            except ValueError:
                pass
        self.refuse(field, "not_a_time", "expected ISO 8601 such as 2026-11-23T16:12:07.908Z")
        return None

    def mapping(self, field: str) -> dict[str, Json]:
        """An object with any fields; empty when absent."""
        value = self._data.get(field)
        found = as_object(value)
        if found is None and value is not None:
            self.refuse(field, "not_an_object", f"expected an object, got {kind_of(value)}")
        return found or {}

    def object(self, field: str, *, required: bool = False) -> Fields:
        """A reader of the object beneath; false when there is none."""
        value = self._data.get(field)
        if value is None and required:
            self.refuse(field, "missing", "expected an object, got nothing")
        return Fields(value, field, self)

    def objects(self, field: str, limit: int) -> Iterator[Fields]:
        """A reader of each object in a list of at most ``limit``; none when absent."""
        value = self._data.get(field)
        entries = as_list(value)
        if entries is not None and len(entries) <= limit:
            for index, entry in enumerate(entries):
                yield Fields(entry, f"{field}[{index}]", self)
        elif entries is not None:
            self.refuse(field, "too_many", f"expected at most {limit} entries, got more")
        elif value is not None:
            self.refuse(field, "not_a_list", f"expected a list, got {kind_of(value)}")

    def _path_to(self, field: str) -> str:
        """The dotted path of a field; the root's own name is not part of it."""
        if self._above is None:
            return field
        here = self._above._path_to(self._name)
        return f"{here}.{field}" if field else here


def _finite(value: float) -> bool:
    return value - value == 0
