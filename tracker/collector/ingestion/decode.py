"""From bytes to JSON values, whatever the bytes are."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

import msgspec

from ..answers import Rejected

MAX_DEPTH = 256
"""Levels of lists and objects in a message: well below what recursive readers can take."""

_OPENINGS = (b"{", b"[")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A body's value.

    ``strict`` says that it holds only what JSON has: no NaN, no lone surrogate. ``shallow`` says
    that it cannot be nested more than ``MAX_DEPTH`` levels.
    """

    value: Any
    strict: bool
    shallow: bool


def decode_body(body: bytes) -> Decoded:
    """Decode with msgspec; what it refuses is tried once more with the lenient standard library.

    So NaN, or half of an emoji cut in two by JavaScript (a lone surrogate), costs the sender that
    one message and not its whole batch.

    Raises ``Rejected`` (400).
    """
    if not body:
        raise _malformed("The body is empty; send JSON.")
    shallow = sum(map(body.count, _OPENINGS)) <= MAX_DEPTH
    try:
        return Decoded(msgspec.json.decode(body), strict=True, shallow=shallow)
    except RecursionError:
        raise _too_deep() from None
    except ValueError:  # msgspec's errors and UnicodeDecodeError are ValueErrors
        pass
    try:
        return Decoded(json.loads(body.decode("utf-8-sig")), strict=False, shallow=shallow)
    except RecursionError:
        raise _too_deep() from None
    except UnicodeDecodeError:
        raise _malformed("The body is not UTF-8; send JSON in UTF-8.") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise _malformed(f"The body is not JSON (see {where}); send JSON.") from None
    except ValueError:
        raise _malformed("The body has a number with too many digits; send it as text.") from None


def is_deep(value: Any) -> bool:
    """Whether a value is nested more than ``MAX_DEPTH`` levels; needs no deep stack itself."""
    level: list[Any] = _containers((value,))
    for _ in range(MAX_DEPTH):
        if not level:
            return False
        level = [beneath for entry in level for beneath in _containers(_entries(entry))]
    return bool(level)


def _entries(container: Any) -> Iterable[Any]:
    return cast("dict[str, Any]", container).values() if isinstance(container, dict) else container


def _containers(values: Iterable[Any]) -> list[Any]:
    return [value for value in values if isinstance(value, dict | list)]


def _malformed(message: str) -> Rejected:
    return Rejected(400, "malformed_json", message)


def _too_deep() -> Rejected:
    message = f"The body is nested too deeply; send at most {MAX_DEPTH} levels in a message."
    return Rejected(400, "malformed_json", message)
