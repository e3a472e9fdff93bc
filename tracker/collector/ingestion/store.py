"""Stores the messages of one request exactly once, and says what became of each."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import msgspec

from tracker.ports import Clock

from ..log.seen import Duplicates, id_key, seen_key
from ..log.writer import Entry, Log, RefusedRow
from ..tallies import Tallies
from .dedupe import Dedupe
from .intake import Refusal, Taken, Via

MAX_REFUSALS = 100
"""Reasons given, and stored, for one request. Counts are exact beyond it."""


class Feed(Protocol):
    """Hears of messages once they are on disk; never blocks."""

    def publish(self, messages: Sequence[Mapping[str, Any]], *, source: str, via: str) -> None:
        """Hand over messages of one request."""
        ...


class Store:
    """The log and the deduplication in front of it. Belongs to one event loop."""

    def __init__(
        self, log: Log, dedupe: Dedupe, feed: Feed, clock: Clock, tallies: Tallies
    ) -> None:
        self._log = log
        self._dedupe = dedupe
        self._feed = feed
        self._clock = clock
        self._tallies = tallies

    async def add(self, taken: Taken, *, source: str, via: Via) -> dict[str, Any]:
        """Store what was taken; returns the answer's body once all of it is on disk.

        Raises ``Rejected`` (503) when some of it is not; sending it all again is then right.
        """
        refusals = taken.refusals[:MAX_REFUSALS]
        refused = [RefusedRow(r.message_id, r.code, r.field, r.message) for r in refusals]
        entries = [
            (id_key(source, message["messageId"]), (at, message))
            for message, at in zip(taken.messages, taken.times, strict=True)
        ]
        accepted = duplicate = 0
        while entries or refused:
            claim = self._dedupe.claim(entries)
            duplicate += claim.duplicates
            if claim.fresh or refused:
                messages = [message for _, (_, message) in claim.fresh]
                keys = [seen_key(at, key) for key, (at, _) in claim.fresh]
                commit = self._append(messages, keys, refused, source, via)
                self._dedupe.follow([key for key, _ in claim.fresh], commit)
                duplicates = set(await asyncio.shield(commit))
                stored = [each for place, each in enumerate(messages) if place not in duplicates]
                self._feed.publish(stored, source=source, via=via)
                accepted += len(stored)
                duplicate += len(duplicates)
                refused = []
            # First our own, then theirs: two requests never wait for each other.
            if claim.commits:
                await asyncio.wait(claim.commits)
            entries = claim.waiting
        self._count(accepted, duplicate, taken.refusals)
        return {
            "accepted": accepted,
            "duplicate": duplicate,
            "refused": len(taken.refusals),
            "refusals": [
                {
                    "index": refusal.index,
                    "messageId": refusal.message_id,
                    "code": refusal.code,
                    "field": refusal.field,
                    "message": refusal.message,
                }
                for refusal in refusals
            ],
        }

    def _append(
        self,
        messages: list[dict[str, Any]],
        keys: list[bytes],
        refused: list[RefusedRow],
        source: str,
        via: Via,
    ) -> asyncio.Future[Duplicates]:
        text = msgspec.json.encode(messages).decode() if messages else None
        return self._log.append(Entry(self._clock(), via, source, text, keys, refused))

    def _count(self, accepted: int, duplicate: int, refusals: list[Refusal]) -> None:
        counts = self._tallies.messages
        counts["accepted"] += accepted
        counts["duplicate"] += duplicate
        counts["refused"] += len(refusals)
        if refusals:
            self._tallies.refused.update(refusal.code for refusal in refusals)
