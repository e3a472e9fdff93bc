"""Undoes the encodings in which a text travels by accident, once each and within bounds.

A title pasted from a chat has zero-width spaces, a form from Japan has full-width letters, a URL
has ``%40`` for ``@``, a JSON text inside JSON has a backslash and
``u0040``, and a header is base64. The standard
library's ``unicodedata``, ``urllib`` and ``html`` would do more, but they are not among the modules
that Pyodide has loaded at boot.
"""

from __future__ import annotations

from binascii import Error, a2b_base64
from typing import TYPE_CHECKING

from .patterns import Pattern

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

MAX_DECODED = 8
"""How many encoded pieces of one text are looked into."""

_MAX_ENCODED_LENGTH = 8192

_INVISIBLE = (
    0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x3164, 0xFEFF, 0xFFA0,
    *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070),
    *range(0xFE00, 0xFE10), *range(0xE0000, 0xE0080),
)  # fmt: skip
_SPACES = (0x00A0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000)
_DASHES = (0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212, 0xFE58, 0xFE63)
_OTHERS = {
    0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"', 0x2024: ".", 0x3002: ".", 0xFF61: ".",
    0x2044: "/", 0x2215: "/", 0xFE52: ".", 0xFE55: ":", 0xFE6B: "@", 0x2236: ":",
}  # fmt: skip
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def _folds() -> dict[int, str]:
    folds = dict.fromkeys(_INVISIBLE, "")
    folds |= dict.fromkeys(_SPACES, " ")
    folds |= dict.fromkeys(_DASHES, "-")
    folds |= {0xFF01 + at: chr(0x21 + at) for at in range(94)}  # full-width forms of ASCII
    # Mathematical letters and digits, which "fancy text" generators produce.
    folds |= {0x1D400 + at: _LETTERS[at % 52] for at in range(13 * 52)}
    folds |= {0x1D7CE + at: str(at % 10) for at in range(50)}
    folds |= {0x24B6 + at: _LETTERS[at] for at in range(52)}  # circled letters
    folds |= {0x2460 + at: str(at + 1) for at in range(9)}
    return folds | _OTHERS


_FOLDS: dict[int, str] = {}
_ESCAPES = Pattern(
    r"%(?P<percent>[0-9A-Fa-f]{2})|\\u(?P<u>[0-9A-Fa-f]{4})|\\x(?P<x>[0-9A-Fa-f]{2})"
    r"|&#(?P<decimal>[0-9]{1,6});|&#x(?P<hex>[0-9A-Fa-f]{1,5});"
    r"|&(?P<name>commat|period|colon|sol|equals|quot|apos|amp|lt|gt|plus|num|lowbar|nbsp);"
)
_NAMED = {
    "commat": "@", "period": ".", "colon": ":", "sol": "/", "equals": "=", "quot": '"', "apos": "'",
    "amp": "&", "lt": "<", "gt": ">", "plus": "+", "num": "#", "lowbar": "_", "nbsp": " ",
}  # fmt: skip
_HEX = Pattern(r"(?<![0-9A-Za-z])(?:0x)?((?:[0-9A-Fa-f]{2}){8,2048})(?![0-9A-Za-z])")
_BASE64 = Pattern(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{12,8192}={0,2}(?![A-Za-z0-9+/_=-])")


def folded(text: str) -> str:
    """The text without invisible characters, and with look-alikes as plain ASCII."""
    if text.isascii():
        return text
    if not _FOLDS:
        _FOLDS.update(_folds())
    text = text.translate(_FOLDS)
    if text.isascii():
        return text
    return "".join(str(int(c)) if c > "\x7f" and c.isdecimal() else c for c in text)


def unescaped(text: str) -> str:
    """The text with percent, JSON and HTML escapes undone; twice, as redirects encode twice."""
    for _ in range(2):
        if not any(mark in text for mark in ("%", "\\", "&")):
            break
        found = list(_ESCAPES.finditer(text))
        if not found:
            break
        text = _replaced(text, found)
    return text


def spaced(text: str) -> str:
    """The text of a form, where ``+`` stands for a space."""
    return text.replace("+", " ") if text.count("+") >= 2 and " " not in text else text


def decoded(text: str) -> Iterator[str]:
    """The texts that pieces in base64 or hexadecimal stand for, at most ``MAX_DECODED``."""
    left = MAX_DECODED
    for match in _BASE64.finditer(text):
        piece = _readable(_from_base64(match.group()))
        if piece:
            yield piece
            left -= 1
            if not left:
                return
    for match in _HEX.finditer(text):
        piece = _readable(bytes.fromhex(match.group(1)))
        if piece:
            yield piece
            left -= 1
            if not left:
                return


def _replaced(text: str, found: list[re.Match[str]]) -> str:
    """Consecutive percent escapes are the bytes of UTF-8."""
    parts: list[str] = []
    octets = bytearray()
    end = 0
    for match in found:
        if octets and match.start() != end:
            parts.append(octets.decode("utf-8", "replace"))
            octets.clear()
        parts.append(text[end : match.start()])
        end = match.end()
        if match["percent"]:
            octets.append(int(match["percent"], 16))
            continue
        if octets:
            parts.append(octets.decode("utf-8", "replace"))
            octets.clear()
        parts.append(_character(match))
    parts.append(octets.decode("utf-8", "replace"))
    parts.append(text[end:])
    return "".join(parts)


def _character(match: re.Match[str]) -> str:
    if match["name"]:
        return _NAMED[match["name"]]
    if match["decimal"]:
        code = int(match["decimal"])
    else:
        code = int(match["u"] or match["x"] or match["hex"], 16)
    return chr(code) if 0 < code < 0x110000 else ""


def _from_base64(piece: str) -> bytes:
    piece = piece.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return a2b_base64(piece[:_MAX_ENCODED_LENGTH] + "=" * (-len(piece) % 4))
    except Error:
        return b""


def _readable(octets: bytes) -> str | None:
    """The text, if this is one: random bytes hardly ever are."""
    if len(octets) < 6:
        return None
    try:
        text = octets.decode()
    except UnicodeDecodeError:
        return None
    return text if all(c.isprintable() or c in "\r\n\t" for c in text) else None
