"""Stores the messages of one request exactly once, and says what became of each."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol, cast

import msgspec

from tracker.ports import Clock

from ..log.outcomes import Outcome
from ..log.quarantine import QuarantinedRow
from ..log.seen import id_key, seen_key
from ..log.writer import Entry, Log, RefusedRow
from ..tallies import Tallies
from .dedupe import Dedupe
from .intake import Reason, Taken, Via

MAX_REASONS = 100
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

    async def add(
        self, taken: Taken, *, source: str, via: Via, plan: str | None = None
    ) -> dict[str, Any]:
        """Store what was taken; returns the answer's body once all of it is on disk.

        ``plan`` is the stamp of the source's plan as JSON text. Raises ``Rejected`` (503) when some
        of it is not stored; sending it all again is then right.
        """
        refusals = taken.refusals[:MAX_REASONS]
        counted = Counter(refusal.code for refusal in taken.refusals)
        refused = [RefusedRow(r.message_id, r.code, r.field, r.message) for r in refusals]
        entries = [
            (id_key(source, message["messageId"]), place)
            for place, message in enumerate(taken.messages)
        ]
        kept: list[int] = []
        apart: list[Reason] = []
        duplicate = 0
        while entries or refused:
            claim = self._dedupe.claim(entries)
            duplicate += claim.duplicates
            if claim.fresh or refused:
                batch = _Batch(taken, claim.fresh)
                outcomes = [*_refused(counted), *batch.outcomes()]
                shared = Entry(self._clock(), via, source, None, refused=refused, outcomes=outcomes)
                entry = batch.added_to(shared, plan or "null")
                commit = self._log.append(entry)
                self._dedupe.follow([key for key, _ in claim.fresh], commit)
                found = await asyncio.shield(commit)
                duplicates = set(found)
                duplicate += len(duplicates)
                stored = batch.kept(duplicates)
                self._feed.publish([taken.messages[p] for p in stored], source=source, via=via)
                kept += stored
                apart += batch.set_apart(duplicates)
                self._tallies.count_outcomes(entry.true_outcomes(found))
                refused, counted = [], Counter[str]()
            # First our own, then theirs: two requests never wait for each other.
            if claim.commits:
                await asyncio.wait(claim.commits)
            entries = claim.waiting
        counts = {
            "accepted": len(kept),
            "duplicate": duplicate,
            "quarantined": len(apart),
            "refused": len(taken.refusals),
        }
        self._tallies.messages.update(counts)
        apart.sort(key=lambda reason: reason.index)
        return {**counts, "refusals": _listed(refusals), "unplanned": _listed(apart[:MAX_REASONS])}


class _Batch:
    """The messages of a request that nobody else writes: those for the log first, then the rest."""

    def __init__(self, taken: Taken, fresh: list[tuple[bytes, int]]) -> None:
        self._taken = taken
        self._count = len(fresh)
        if taken.apart:
            # The sort is stable: within each of the two, messages stay in the order sent.
            fresh = sorted(fresh, key=lambda each: each[1] in taken.apart)
            self._count = sum(place not in taken.apart for _, place in fresh)
        self._fresh = fresh

    def added_to(self, shared: Entry, plan: str) -> Entry:
        """What the log is to write: the messages, and what they share with their request."""
        taken = self._taken
        messages = [taken.messages[place] for _, place in self._fresh[: self._count]]
        return replace(
            shared,
            messages=msgspec.json.encode(messages).decode() if messages else None,
            keys=[seen_key(taken.times[place], key) for key, place in self._fresh],
            quarantined=[self._row(place, plan) for _, place in self._fresh[self._count :]],
        )

    def outcomes(self) -> Iterator[Outcome]:
        """What rules did to the messages."""
        for at, (_, place) in enumerate(self._fresh):
            for rule in redacted_rules(self._taken.messages[place]):
                yield Outcome("redacted", rule, at)
            if at >= self._count:
                violations = self._taken.apart[place].violations
                for rule in dict.fromkeys(violation.rule for violation in violations):
                    yield Outcome("quarantined", rule, at)

    def kept(self, duplicates: set[int]) -> list[int]:
        """The places of the messages that the log has now, once."""
        fresh = enumerate(self._fresh[: self._count])
        return [place for at, (_, place) in fresh if at not in duplicates]

    def set_apart(self, duplicates: set[int]) -> list[Reason]:
        """Why the others are not in it."""
        apart = enumerate(self._fresh[self._count :], self._count)
        return [self._taken.apart[place].reason for at, (_, place) in apart if at not in duplicates]

    def _row(self, place: int, plan: str) -> QuarantinedRow:
        violations = self._taken.apart[place].violations[:MAX_REASONS]
        return QuarantinedRow(
            msgspec.json.encode(self._taken.messages[place]).decode(),
            msgspec.json.encode(violations).decode(),
            plan,
        )


def _refused(counts: Mapping[str, int]) -> Iterator[Outcome]:
    for code, count in counts.items():
        yield Outcome("refused", code, None, count)


def redacted_rules(message: Mapping[str, Any]) -> tuple[str, ...]:
    """The rules by which a guard has removed something from a message that passed the collector's.

    That guard has seen to the record: it is a list of entries with the names of rules alone.
    """
    privacy = (message.get("context") or _NOTHING).get("privacy")
    if not isinstance(privacy, dict):
        return ()
    record: list[dict[str, str]] = cast("dict[str, Any]", privacy).get("redacted") or []
    return tuple(dict.fromkeys(entry["rule"] for entry in record))


_NOTHING: Mapping[str, Any] = {}


def _listed(reasons: list[Reason]) -> list[dict[str, Any]]:
    return [
        {
            "index": reason.index,
            "messageId": reason.message_id,
            "code": reason.code,
            "field": reason.field,
            "message": reason.message,
        }
        for reason in reasons
    ]
