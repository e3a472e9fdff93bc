"""From what is written after a property's colon to its type; what is not closed is refused here."""

from __future__ import annotations

import types
from collections.abc import Sequence
from dataclasses import replace
from enum import Enum
from typing import Annotated, Any, Literal, TypeVar, Union, cast, get_args, get_origin

from ..errors import PlanError
from .values import (
    MAX_INTEGER,
    MAX_ITEMS,
    MOST_CHOICE_TEXT,
    MOST_CHOICES,
    AtMost,
    Count,
    Duration,
    Id,
    Text,
    ValueType,
    Version,
)

CHOICES = (
    "bool, int, float, an Enum, a Literal, Id, Count, Duration, Version, one of these | None, "
    "a tuple[…, ...] of one of these, or, when it has to be free text, "
    'Annotated[str, Text(max_length=…, because="…")]'
)

_PLAIN: dict[Any, ValueType] = {
    bool: ValueType("boolean"),
    int: ValueType("integer"),
    float: ValueType("number"),
}

# What must not be tracked, whatever it is typed as: a name that ends so and can hold any text is
# a leak that was only given another type. An enum, a boolean or a count of such things is fine.
_SECRETS = (
    *("password", "passwd", "passphrase", "secret", "credential", "credentials", "token"),
    *("api_key", "access_key", "private_key", "secret_key"),
)
_NEVER = (
    *(*_SECRETS, "sql", "email", "email_address", "phone", "phone_number", "ip", "ip_address"),
    *("model_name", "field_name", "column_name", "table_name", "schema_name", "database_name"),
    *("first_name", "last_name", "full_name", "user_name", "username", "date_of_birth", "ssn"),
    *("sql_query", "raw_sql", "card_number", "iban", "passcode", "otp", "cvv", "connection_string"),
    *("dbt_model", "dataset_name", "cookie", "jwt", "authorization"),
)
_NEVER_ALONE = ("pin", "field_id", "table", "schema", "column", "database")
"""What the privacy guard would remove; with a word before it, it may be something else."""


class NotClosed(Exception):
    """An annotation that is no closed type; the text says what it is instead."""


def read(annotation: Any, owner: str, name: str) -> tuple[ValueType, bool, str]:
    """The type, whether None is allowed too, and the description of a property.

    Raises ``PlanError`` that names class and field, what came, and the choices.
    """
    try:
        type_, optional, description = _read(annotation)
    except NotClosed as error:
        raise PlanError(f"{owner}.{name}: {error}; expected {CHOICES}") from None
    except PlanError as error:
        raise PlanError(f"{owner}.{name}: {error}") from None
    _refuse_telling_names(type_, owner, name)
    return type_, optional, description


def _read(annotation: Any) -> tuple[ValueType, bool, str]:
    annotation, metadata = _unwrapped(annotation)
    alternatives, optional = _without_none(annotation)
    if len(alternatives) > 1:
        raise NotClosed(f"{_shown(annotation)} may be one thing or another")
    inner, more = _unwrapped(alternatives[0])
    metadata = (*more, *metadata)
    description = next((" ".join(text.split()) for text in metadata if isinstance(text, str)), "")
    return _value_type(inner, metadata), optional, description


def _value_type(annotation: Any, metadata: tuple[Any, ...]) -> ValueType:
    at_most: int | None = None
    found: ValueType | None = None
    for one in metadata:
        if isinstance(one, ValueType):
            found = one
        elif isinstance(one, AtMost):
            at_most = one.items
        elif isinstance(one, Text) and annotation is str:
            found = ValueType("text", max_length=one.max_length, because=one.because)
    if found is None:
        found = _closed(annotation)
    if at_most is None:
        return found
    if found.kind != "list":
        raise PlanError("AtMost is for a tuple[…, ...]")
    return replace(found, max_items=at_most)


def _closed(annotation: Any) -> ValueType:
    if isinstance(annotation, Text):  # written as a call, without Annotated
        return ValueType("text", max_length=annotation.max_length, because=annotation.because)
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return _choices(tuple(member.value for member in annotation), _shown(annotation))
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return _choices(arguments, "Literal")
    if origin is tuple:
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return _list_of(arguments[0])
        raise NotClosed(f"{_shown(annotation)} has items of several kinds, or none")
    if origin in (list, Sequence):
        return _list_of(arguments[0])
    raise NotClosed(_why_not(annotation))


def _choices(values: tuple[Any, ...], what: str) -> ValueType:
    values = tuple(value.value if isinstance(value, Enum) else value for value in values)
    if not values or len(values) > MOST_CHOICES:
        raise PlanError(f"{what}: expected 1 to {MOST_CHOICES} choices, got {len(values)}")
    if all(isinstance(value, str) and 0 < len(value) <= MOST_CHOICE_TEXT for value in values):
        return ValueType("choice", tuple(dict.fromkeys(str(value) for value in values)))
    if all(type(value) is int and abs(value) <= MAX_INTEGER for value in values):
        return ValueType("choice", tuple(dict.fromkeys(values)))
    raise PlanError(
        f"{what}: expected texts of 1 to {MOST_CHOICE_TEXT} characters, or whole numbers, "
        "and not both"
    )


def _list_of(annotation: Any) -> ValueType:
    item, optional, _ = _read(annotation)
    if optional:
        raise PlanError("a list's items cannot be None; leave them out")
    if item.kind == "list":
        raise PlanError("a list of lists; send its length, or an event for each")
    return ValueType("list", item=item, max_items=MAX_ITEMS)


def _why_not(annotation: Any) -> str:
    if annotation is str:
        return "str can hold anything"
    if annotation is Any or annotation is object:
        return "Any can hold anything" if annotation is Any else "object can hold anything"
    if isinstance(annotation, TypeVar):
        return f"{annotation} is not known here"
    origin = get_origin(annotation) or annotation
    if isinstance(origin, type) and issubclass(origin, dict):
        return "dict can hold anything; make each of its entries a property"
    if annotation in (list, tuple, Sequence, set, frozenset):
        return f"{_shown(annotation)} does not say of what"
    return f"{_shown(annotation)} is no closed type"


def _unwrapped(annotation: Any) -> tuple[Any, tuple[Any, ...]]:
    if get_origin(annotation) is Annotated:
        inner, *metadata = get_args(annotation)
        return inner, tuple(metadata)
    return annotation, ()


def _without_none(annotation: Any) -> tuple[list[Any], bool]:
    if get_origin(annotation) not in (Union, types.UnionType):
        return [annotation], False
    arguments = get_args(annotation)
    found = [argument for argument in arguments if argument is not type(None)]
    return found, len(found) < len(arguments)


def _refuse_telling_names(type_: ValueType, owner: str, name: str) -> None:
    kind = type_.item.kind if type_.item else type_.kind
    if kind not in ("id", "text"):
        return
    for word in (*_NEVER, *_NEVER_ALONE):
        if name == word or (word in _NEVER and name.endswith("_" + word)):
            what = "secrets" if word in _SECRETS else f"what its name says ({word})"
            raise PlanError(
                f"{owner}.{name}: {what} must not be tracked; track a count, an enum or a "
                "boolean about it instead, or, if it is something else, name what it is"
            )


_SHOWN = {str(Id): "Id", str(Count): "Count", str(Duration): "Duration", str(Version): "Version"}


def _shown(annotation: Any) -> str:
    if isinstance(annotation, type) and not get_args(annotation):
        return cast("type[Any]", annotation).__name__
    if get_origin(annotation) in (Union, types.UnionType):
        return " | ".join(_shown(argument) for argument in get_args(annotation))
    text = str(annotation)
    for known, name in _SHOWN.items():
        text = text.replace(known, name)
    return text.replace("typing.", "")
