"""Stores the messages of one request exactly once, and says what became of each."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import msgspec

from tracker.ports import Clock

from ..log.writer import Entry, Log, RefusedRow
from ..tallies import Tallies
from .dedupe import Dedupe, id_key
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
        entries = [(id_key(source, message["messageId"]), message) for message in taken.messages]
        accepted = duplicate = 0
        while entries or refused:
            claim = self._dedupe.claim(entries)
            duplicate += claim.duplicates
            messages = [message for _, message in claim.fresh]
            if messages or refused:
                commit = self._append(messages, refused, source, via)
                self._dedupe.follow([key for key, _ in claim.fresh], commit)
                await asyncio.shield(commit)
                self._feed.publish(messages, source=source, via=via)
                accepted += len(messages)
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
        self, messages: list[dict[str, Any]], refused: list[RefusedRow], source: str, via: Via
    ) -> asyncio.Future[None]:
        text = msgspec.json.encode(messages).decode() if messages else None
        return self._log.append(Entry(self._clock(), via, source, text, refused))

    def _count(self, accepted: int, duplicate: int, refusals: list[Refusal]) -> None:
        counts = self._tallies.messages
        counts["accepted"] += accepted
        counts["duplicate"] += duplicate
        counts["refused"] += len(refusals)
        if refusals:
            self._tallies.refused.update(refusal.code for refusal in refusals)
