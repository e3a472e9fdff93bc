"""How random a text looks: what tells a key from words, an id from a credential."""

from __future__ import annotations

import re
from itertools import pairwise

from .patterns import Pattern

_PIECE = Pattern(r"[^\W_]{8,}")
_LONG = Pattern(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{16,400}={0,2}(?![A-Za-z0-9+/_-])")
_INTEGRITY = Pattern(r"\bsha(?:256|384|512)-[A-Za-z0-9+/=]{20,}")
_UUID = Pattern(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


def random_in(text: str, *, shortest: int) -> bool:
    """Whether the text has a random piece of at least ``shortest`` characters, hashes aside.

    Random is: capitals, small letters and digits mixed, with the spread of base64; a UUID is not.
    """
    for match in _LONG.finditer(_INTEGRITY.sub(" ", text)):
        piece = match.group().rstrip("=")
        if len(piece) >= shortest and _is_mixed(piece) and not is_uuid(piece):
            return True
    return False


def is_uuid(text: str) -> bool:
    """Whether the whole text is a UUID."""
    return _UUID.fullmatch(text) is not None


def looks_random(text: str) -> bool:
    """Whether a value under a suspicious key is one random piece: letters and digits, no words."""
    return any(
        is_random(match.group()) and not is_uuid(match.group()) for match in _LONG.finditer(text)
    )


def is_key(run: str) -> bool:
    """Whether what stands where a key does is one: random, or with a piece too long for a word."""
    return is_random(run) or any(
        len(piece.group()) >= (24 if piece.group().isalpha() else 16)
        for piece in _PIECE.finditer(run)
    )


def is_random(run: str) -> bool:
    """Whether a piece of it, between separators, mixes letters and digits, or capitals and small.

    ``key-figures-2024`` has words and years; no key has.
    """
    return any(_is_random_piece(piece.group()) for piece in _PIECE.finditer(run))


def _is_random_piece(piece: str) -> bool:
    turns = _turns(piece)
    digits = sum(c.isdigit() for c in piece)
    return turns >= 3 and (digits >= 2 or turns * 4 >= len(piece))


def _is_mixed(piece: str) -> bool:
    digits = sum(c.isdigit() for c in piece)
    capitals = sum(c.isupper() for c in piece)
    small = sum(c.islower() for c in piece)
    if capitals < 4 or small < 4 or len(set(piece)) < 14:
        return False
    turns = _turns(piece)
    if len(piece) == 40:
        # AWS's secret keys: 40 characters of base64, of which their example has a single digit.
        return digits >= 1 and turns * 4 >= len(piece)
    return digits >= 2 and turns * 3 >= len(piece)


def _turns(piece: str) -> int:
    return sum((a.isdigit(), a.isupper()) != (b.isdigit(), b.isupper()) for a, b in pairwise(piece))
