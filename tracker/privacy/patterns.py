"""Regular expressions that cost nothing until they are needed.

Compiling one takes longer than most searches with it, and in the browser every visitor would wait
for all of them before the first event. Most visitors need very few.

Each expression in this package is linear: what repeats is bounded, or cannot match the character
that follows it. ``tests/unit/test_privacy_hostile.py`` holds them to it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Pattern:
    """A regular expression that is compiled at its first use."""

    __slots__ = ("_compiled", "_flags", "_source")

    def __init__(self, source: str, flags: int = 0) -> None:
        self._source = source
        self._flags = flags
        self._compiled: re.Pattern[str] | None = None

    def search(self, text: str) -> re.Match[str] | None:
        """The first match anywhere in the text."""
        return (self._compiled or self._compile()).search(text)

    def match(self, text: str, start: int = 0) -> re.Match[str] | None:
        """The match that begins at ``start``."""
        return (self._compiled or self._compile()).match(text, start)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """The match that is the whole text."""
        return (self._compiled or self._compile()).fullmatch(text)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """All matches that do not overlap, from left to right."""
        return (self._compiled or self._compile()).finditer(text)

    def sub(self, replacement: str, text: str) -> str:
        """The text with each match replaced."""
        return (self._compiled or self._compile()).sub(replacement, text)

    def _compile(self) -> re.Pattern[str]:
        self._compiled = re.compile(self._source, self._flags)
        return self._compiled


def any_of(*sources: str) -> str:
    """One expression that matches what any of these does."""
    return "|".join(f"(?:{source})" for source in sources)


def word_set(text: str) -> frozenset[str]:
    """The words of a list that is easier to read in lines than one by one."""
    return frozenset(text.split())
