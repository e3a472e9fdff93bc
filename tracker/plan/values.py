"""The types that a property's value may have, as data, and the tests of a value against them.

They are closed: what has no type here cannot be written down in a plan, so it cannot leak. Text
that people write is not among them unless a plan says why (``Text``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias, cast

from ..errors import PlanError
from ..fields import kind_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..event import Json

Kind: TypeAlias = Literal[
    "boolean", "integer", "number", "count", "duration", "choice", "id", "version", "text", "list"
]

MAX_INTEGER = 2**53 - 1
"""The largest whole number that JavaScript, JSON readers and warehouses all keep exact."""
MAX_NUMBER = 1.7976931348623157e308
"""The largest finite double."""
MAX_ITEMS = 20
"""How many items a list may have where nothing is said; ``AtMost`` says otherwise."""
MOST_ITEMS, MOST_TEXT, MOST_CHOICES, MOST_CHOICE_TEXT = 100, 1000, 500, 64

ID_PATTERN = "[A-Za-z0-9][A-Za-z0-9_:-]{0,63}"
VERSION_PATTERN = (
    r"v?[0-9]{1,9}(?:\.[0-9]{1,9}){0,2}(?:-[0-9A-Za-z.-]{1,40})?(?:\+[0-9A-Za-z.-]{1,40})?"
)

_ID = re.compile(ID_PATTERN)
_VERSION = re.compile(VERSION_PATTERN)


@dataclass(frozen=True, slots=True)
class ValueType:
    """What a value must be; the fields beyond ``kind`` belong to the kinds in their comments."""

    kind: Kind
    choices: tuple[str, ...] | tuple[int, ...] = ()  # choice
    max_length: int | None = None  # text, in characters
    because: str | None = None  # text
    item: ValueType | None = None  # list
    max_items: int | None = None  # list


Id: TypeAlias = Annotated[str, ValueType("id")]
"""An opaque id, as a UUID: up to 64 letters, digits, ``_``, ``-`` and ``:``. Never an e-mail address."""
Count: TypeAlias = Annotated[int, ValueType("count")]
"""How many: a whole number from 0."""
Duration: TypeAlias = Annotated[int, ValueType("duration")]
"""How long, in whole milliseconds from 0."""
Version: TypeAlias = Annotated[str, ValueType("version")]
"""A version, as 1.4.0 or v2.1.0-rc.1: at most three numbers, so that it cannot be an IP address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """The way out for text that no closed type can hold: ``Annotated[str, Text(…)]``.

    ``because`` says why it may be tracked; it stands in the catalogue. Lengths in characters.
    Raises ``PlanError`` without a reason, or with a length that is no short text's.
    """

    max_length: int
    because: str

    def __post_init__(self) -> None:
        if not 1 <= self.max_length <= MOST_TEXT:
            raise PlanError(
                f"Text: expected max_length from 1 to {MOST_TEXT}, got {self.max_length}"
            )
        if len(self.because.split()) < 2:
            raise PlanError(
                "Text: expected in because=… the reason why free text may be tracked, "
                "in two words or more"
            )


@dataclass(frozen=True, slots=True)
class AtMost:
    """How many items a list may have: ``Annotated[tuple[Id, ...], AtMost(5)]``."""

    items: int

    def __post_init__(self) -> None:
        if not 1 <= self.items <= MOST_ITEMS:
            raise PlanError(f"AtMost: expected from 1 to {MOST_ITEMS} items, got {self.items}")


def acceptor(type: ValueType) -> Callable[[Json], bool]:  # noqa: A002, PLR0911  (one for each kind)
    """A fast test of JSON values other than null. It never raises."""
    match type.kind:
        case "boolean":
            return _is_boolean
        case "integer":
            return _is_integer
        case "number":
            return _is_number
        case "count" | "duration":
            return _is_count
        case "id":
            return _is_id
        case "version":
            return _is_version
        case "choice":
            return _one_of(type.choices)
        case "text":
            return _text_up_to(type.max_length or 0)
        case "list":
            return _list_of(type.item or type, type.max_items or MAX_ITEMS)


def _is_boolean(value: Json) -> bool:
    return value is True or value is False


def _is_integer(value: Json) -> bool:
    if type(value) is int:
        return -MAX_INTEGER <= value <= MAX_INTEGER
    # JSON has one kind of number: 3.0 is whole, as JSON Schema has it too.
    return type(value) is float and value.is_integer() and -MAX_INTEGER <= value <= MAX_INTEGER


def _is_count(value: Json) -> bool:
    if type(value) is int:
        return 0 <= value <= MAX_INTEGER
    return type(value) is float and value.is_integer() and 0 <= value <= MAX_INTEGER


def _is_number(value: Json) -> bool:
    # Compared, so that NaN, the infinities and whole numbers beyond a double are none.
    return (type(value) is float or type(value) is int) and -MAX_NUMBER <= value <= MAX_NUMBER


def _is_id(value: Json) -> bool:
    return type(value) is str and _ID.fullmatch(value) is not None


def _is_version(value: Json) -> bool:
    return type(value) is str and _VERSION.fullmatch(value) is not None


def _one_of(choices: tuple[str, ...] | tuple[int, ...]) -> Callable[[Json], bool]:
    allowed = frozenset(choices)
    if isinstance(choices[0], str):
        return lambda value: type(value) is str and value in allowed
    # True equals 1 in Python, and is no number in JSON; 1.0 equals 1 in both.
    return lambda value: (type(value) is int or type(value) is float) and value in allowed


def _text_up_to(length: int) -> Callable[[Json], bool]:
    return lambda value: type(value) is str and len(value) <= length


def _list_of(item: ValueType, at_most: int) -> Callable[[Json], bool]:
    accepts = acceptor(item)

    def accepts_list(value: Json) -> bool:
        if type(value) is not list:
            return False
        items = cast("list[Json]", value)
        return len(items) <= at_most and all(map(accepts, items))

    return accepts_list


_EXPECTED = {
    "boolean": ("not_a_boolean", "true or false"),
    "integer": ("not_a_whole_number", f"a whole number up to {MAX_INTEGER} in size"),
    "number": ("not_a_number", "a finite number"),
    "count": ("not_a_count", "a whole number from 0"),
    "duration": ("not_a_duration", "whole milliseconds from 0"),
    "id": ("not_an_id", "an opaque id of up to 64 letters, digits, _ - and :"),
    "version": ("not_a_version", "a version of up to three numbers, as 1.4.0 or 2.0.0-rc.1"),
}


def expected(type: ValueType) -> str:  # noqa: A002
    """What a value of the type is, in words: the mend of one that is not."""
    match type.kind:
        case "choice":
            return f"one of {listed(type.choices)}"
        case "text":
            return f"text of at most {type.max_length} characters"
        case "list":
            return f"a list of at most {type.max_items}, each {expected(type.item or type)}"
        case kind:
            return _EXPECTED[kind][1]


def explain(type: ValueType, value: Json) -> tuple[str, str]:  # noqa: A002
    """Which rule a refused value breaks, and in words what was expected and what kind of thing came."""
    wanted = f"expected {expected(type)}; got "
    match type.kind:
        case "choice":
            of_texts = isinstance(type.choices[0], str)
            same = isinstance(value, str if of_texts else int | float) and value not in (
                True,
                False,
            )
            got = (
                ("another text" if of_texts else "another number") if same and value != "" else None
            )
            return "not_a_choice", wanted + (got or kind_of(value))
        case "text":
            longer = isinstance(value, str)
            return (
                ("too_long", wanted + "more") if longer else ("not_text", wanted + kind_of(value))
            )
        case "list":
            if not isinstance(value, list):
                return "not_a_list", wanted + kind_of(value)
            too_many = len(value) > (type.max_items or MAX_ITEMS)  # pyright: ignore[reportUnknownArgumentType]
            return (
                ("too_many", wanted + "more")
                if too_many
                else ("wrong_item", wanted + "another item")
            )
        case kind:
            got = kind_of(value)
            other = {"an": "another"}.get(got.split()[0], "another " + got.split()[-1])
            of_its_kind = got == ("text" if kind in ("id", "version") else "a number")
            return _EXPECTED[kind][0], wanted + (other if of_its_kind else got)


def listed(choices: tuple[str, ...] | tuple[int, ...], most: int = 12) -> str:
    """The choices in words; of many, the first ones."""
    words = [str(choice) for choice in choices[:most]]
    return ", ".join(words) + (f" … ({len(choices)} in all)" if len(choices) > most else "")


def includes(new: ValueType, old: ValueType) -> bool:  # noqa: PLR0911  (one for each pair of kinds)
    """Whether every value that ``old`` accepts, ``new`` accepts too."""
    match new.kind, old.kind:
        case "choice", "choice":
            return set(old.choices) <= set(new.choices)
        case "list", "list":
            within = (old.max_items or MAX_ITEMS) <= (new.max_items or MAX_ITEMS)
            return within and includes(new.item or new, old.item or old)
        case "text", "text":
            return (old.max_length or 0) <= (new.max_length or 0)
        case "text", "choice":
            return all(isinstance(c, str) and len(c) <= (new.max_length or 0) for c in old.choices)
        case "text", "id":
            return (new.max_length or 0) >= 64
        case "number", "integer" | "count" | "duration":
            return True
        case ("integer", "count" | "duration") | ("count", "duration") | ("duration", "count"):
            return True
        case (("integer" | "number" | "count" | "duration" | "id" | "version"), "choice"):
            return all(map(acceptor(new), old.choices))
        case new_kind, old_kind:
            return new_kind == old_kind
