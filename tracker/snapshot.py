"""Copies what a call was given, so that a later change of it does not change the fact."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from .event import Json

_MAX_DEPTH = 32


def snapshot(values: Mapping[str, Json] | None, field: str) -> dict[str, Json]:
    """A copy as plain JSON: enums become their values, tuples lists, and None entries go.

    Raises ``TypeError`` that names the field when something in it is not JSON.
    """
    if not values:
        return {}
    copied = _copied(values, field, 0)
    return {name: value for name, value in copied.items() if value is not None}


def _copied(value: Any, field: str, depth: int) -> Json:
    if depth > _MAX_DEPTH:
        raise TypeError(f"{field}: expected at most {_MAX_DEPTH} levels, got more, or a cycle")
    if isinstance(value, Enum):
        return _copied(value.value, field, depth + 1)
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float) and value - value == 0:
        return value
    if isinstance(value, list | tuple):
        items = cast("list[Any]", value)
        return [_copied(item, f"{field}[{at}]", depth + 1) for at, item in enumerate(items)]
    if isinstance(value, Mapping):
        entries = cast("Mapping[Any, Any]", value)
        return {
            _key(key, field): _copied(item, f"{field}.{key}", depth + 1)
            for key, item in entries.items()
        }
    raise TypeError(
        f"{field}: expected a JSON value (text, a finite number, a boolean, a list, "
        f"a mapping or an enum of them), got {type(value).__name__}"
    )


def _key(key: Any, field: str) -> str:
    text = key.value if isinstance(key, Enum) else key
    if isinstance(text, str):
        return text
    raise TypeError(f"{field}: expected texts as keys, got {type(text).__name__}")
