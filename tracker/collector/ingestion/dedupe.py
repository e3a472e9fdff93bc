"""Which messages were stored lately or are being written, so that a retry stores nothing twice.

This is the fast part, and the only one that knows a message whose sender gives it another time with
each retry; the log's own record (``log/seen.py``) is exact however old the message is.

An id counts as seen only once its commit is done. Until then it belongs to the request that writes
it: a racing retry waits for that commit, and when it fails may write the message itself. Answering
"duplicate" any earlier would lose the message if the commit then failed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

T = TypeVar("T")

DEFAULT_WINDOW = 1_000_000
"""Ids remembered, at about 100 bytes each."""


class Window:
    """The ids seen last: at least half of ``size`` and at most all of it, in two generations.

    Forgetting a generation at a time takes neither order nor work for each id.
    """

    def __init__(self, size: int = DEFAULT_WINDOW) -> None:
        self._half = max(1, size // 2)
        self._current: set[bytes] = set()
        self._previous: set[bytes] = set()

    def __contains__(self, key: bytes) -> bool:
        return key in self._current or key in self._previous

    def __len__(self) -> int:
        return len(self._current) + len(self._previous)

    def add(self, keys: Iterable[bytes]) -> None:
        """Remember these keys as seen."""
        self._current.update(keys)
        if len(self._current) >= self._half:
            self._previous, self._current = self._current, set()


@dataclass(slots=True)
class Claim(Generic[T]):
    """What a request may do: write ``fresh``, wait for ``waiting``, count ``duplicates``."""

    fresh: list[tuple[bytes, T]] = field(default_factory=list[tuple[bytes, T]])
    waiting: list[tuple[bytes, T]] = field(default_factory=list[tuple[bytes, T]])
    commits: list[asyncio.Future[Any]] = field(default_factory=list[asyncio.Future[Any]])
    duplicates: int = 0


class Dedupe:
    """The window, and the ids whose commit is under way. Belongs to one event loop."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._writing: dict[bytes, asyncio.Future[Any]] = {}

    def __len__(self) -> int:
        return len(self._window)

    def claim(self, entries: Iterable[tuple[bytes, T]]) -> Claim[T]:
        """Sort the entries into fresh ones, those being written by others, and duplicates.

        The same id twice in one request is a duplicate. To keep the fresh ones, call ``follow``
        before anything else may run.
        """
        claim = Claim[T]()
        mine: set[bytes] = set()
        for key, entry in entries:
            if key in self._window or key in mine:
                claim.duplicates += 1
            elif (commit := self._writing.get(key)) is not None:
                claim.waiting.append((key, entry))
                claim.commits.append(commit)
                mine.add(key)
            else:
                claim.fresh.append((key, entry))
                mine.add(key)
        return claim

    def follow(self, keys: Sequence[bytes], commit: asyncio.Future[Any]) -> None:
        """Tie these keys to the commit that writes them: seen when it succeeds, else free again."""
        for key in keys:
            self._writing[key] = commit

        def settle(done: asyncio.Future[Any]) -> None:
            for key in keys:
                self._writing.pop(key, None)
            if not done.cancelled() and done.exception() is None:
                self._window.add(keys)

        commit.add_done_callback(settle)
