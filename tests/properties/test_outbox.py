"""Whatever the network does, and whenever its holder dies, the outbox loses and repeats nothing.

The machine below is a worker: it keeps each message on disk until the outbox settles it, and after
a crash a new outbox is given what is on the disk. The collector stores each id once.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
)

from tracker.outbox import QUEUE_FULL, Action, Limits, Outbox, Post, Settled, WakeAfter

LIMITS = Limits(
    batch_count=3,
    batch_bytes=40,
    linger=100,
    first_backoff=1_000,
    last_backoff=8_000,
    queue_count=8,
    queue_bytes=200,
)
RETRIED = (0, 408, 425, 429, 500, 502, 503, 504)
TOO_LARGE = 413
REFUSED = (302, 400, 401, 403, 404, TOO_LARGE)
LONGEST_DRAW = 0.999_999


class OutboxMachine(RuleBasedStateMachine):
    """Adds messages, loses and gives answers, lets time pass, and dies."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0
        self.made = 0
        self.on_disk: dict[str, str] = {}
        self.given: set[str] = set()
        self.stored: set[str] = set()
        self.acknowledged: set[str] = set()
        self.refused: set[str] = set()
        self.erased: set[str] = set()
        self.under_way: Post | None = None
        self.wake_at: int | None = None
        self.asked_until = 0
        self.at_most = LIMITS.batch_count
        self.box = self.new_box()

    def new_box(self) -> Outbox:
        self.given.clear()
        return Outbox(lambda: LONGEST_DRAW, LIMITS)

    def do(self, actions: list[Action]) -> None:
        for action in actions:
            match action:
                case Post(_, entries):
                    ids = [entry.id for entry in entries]
                    assert self.under_way is None, "two batches are under way"
                    assert self.now >= self.asked_until, "the collector asked to wait"
                    assert ids
                    assert len(ids) <= self.at_most, "as large as what was too large"
                    size = sum(entry.size for entry in entries)
                    assert len(ids) == 1 or size <= LIMITS.batch_bytes
                    assert ids == list(self.on_disk)[: len(ids)], "not the oldest, in their order"
                    assert not self.acknowledged.intersection(ids), "sent again after its answer"
                    assert not self.refused.intersection(ids), "sent again after its refusal"
                    assert all(self.on_disk[entry.id] == entry.text for entry in entries)
                    self.under_way = action
                case WakeAfter(milliseconds):
                    assert milliseconds > 0
                    longest = max(LIMITS.last_backoff, self.asked_until - self.now)
                    assert milliseconds <= longest, "longer than backoff and collector ask for"
                    self.wake_at = self.now + milliseconds
                case Settled(entries, refused):
                    if refused == QUEUE_FULL:
                        assert [entry.id for entry in entries] == self.waiting()[: len(entries)]
                        kept = self.waiting()[len(entries) - 1 :]
                        assert self.is_too_much(kept), "dropped, though there was room"
                    elif refused is None:
                        told = {entry.id for entry in entries}
                        assert told <= self.stored, "settled, though nobody has stored it"
                    for entry in entries:
                        del self.on_disk[entry.id]
                    settled = self.acknowledged if refused is None else self.refused
                    settled.update(entry.id for entry in entries)

    def waiting(self) -> list[str]:
        """Return what is not settled or under way, oldest first."""
        under_way = self.under_way.entries if self.under_way else ()
        out = {entry.id for entry in under_way}
        return [each for each in self.on_disk if each in self.given and each not in out]

    def is_too_much(self, ids: list[str]) -> bool:
        size = sum(len(self.on_disk[each]) for each in ids)
        return len(ids) > LIMITS.queue_count or size > LIMITS.queue_bytes

    def give(self, message_id: str) -> None:
        self.given.add(message_id)
        self.do(self.box.add(message_id, self.on_disk[message_id], self.now))

    @rule(size=st.integers(1, 60))
    def add(self, size: int) -> None:
        self.made += 1
        self.on_disk[f"m{self.made}"] = "x" * size
        self.give(f"m{self.made}")

    @rule(sizes=st.lists(st.integers(1, 12), min_size=2, max_size=6))
    def add_several(self, sizes: list[int]) -> None:
        """Small ones, so that batches of more than one are under way often."""
        for size in sizes:
            self.add(size)

    @precondition(lambda self: self.under_way and len(self.under_way.entries) > 1)
    @rule()
    def answer_too_large(self) -> None:
        self.answer(TOO_LARGE, None)

    @precondition(lambda self: self.on_disk)
    @rule(data=st.data())
    def add_again(self, data: Any) -> None:
        message_id = data.draw(st.sampled_from(sorted(self.on_disk)))
        self.give(message_id)

    @precondition(lambda self: self.under_way)
    @rule(
        status=st.sampled_from((200, *RETRIED, *REFUSED)),
        retry_after=st.none() | st.integers(0, 20_000),
    )
    def answer(self, status: int, retry_after: int | None) -> None:
        post, self.under_way = self.under_way, None
        assert post is not None
        if retry_after is not None and status in RETRIED:
            self.asked_until = self.now + retry_after
        if status == TOO_LARGE and len(post.entries) > 1:
            self.at_most = len(post.entries) // 2
        elif status not in RETRIED:
            self.at_most = LIMITS.batch_count
        ids = {entry.id for entry in post.entries}
        if status == 200:
            self.stored |= ids
        self.do(self.box.answered(post.request, status, self.now, retry_after=retry_after))
        if status == 200:
            assert ids <= self.acknowledged
        elif status in REFUSED and (status != TOO_LARGE or len(ids) == 1):
            assert ids <= self.refused, "asked again, though it was refused for good"

    @precondition(lambda self: self.under_way)
    @rule()
    def answer_late(self) -> None:
        """An answer to a request that is long over changes nothing."""
        assert self.under_way is not None
        assert self.box.answered(self.under_way.request - 1, 200, self.now) == []

    @rule(milliseconds=st.integers(1, 10_000))
    def let_time_pass(self, milliseconds: int) -> None:
        self.now += milliseconds
        if self.wake_at is not None and self.wake_at <= self.now:
            self.wake_at = None
            self.do(self.box.next(self.now))

    @rule(times=st.integers(2, 8))
    def be_down_for_long(self, times: int) -> None:
        for _ in range(times):
            if self.under_way:
                self.answer(503, None)
            self.let_time_pass(max(1, (self.wake_at or self.now) - self.now))

    @rule()
    def deny_consent(self) -> None:
        """All is erased; what is under way may arrive, and its answer means nothing."""
        self.box.forget()
        self.erased.update(self.on_disk)
        self.on_disk.clear()
        self.given.clear()
        post, self.under_way = self.under_way, None
        if post:
            assert self.box.answered(post.request, 200, self.now) == []

    @rule()
    def flush(self) -> None:
        self.do(self.box.flush(self.now))

    @rule()
    def come_online(self) -> None:
        self.do(self.box.online(self.now))

    @rule()
    def crash(self) -> None:
        """The worker dies with its memory; what is under way may arrive, but nobody hears of it."""
        self.box = self.new_box()
        self.under_way = None
        self.wake_at = None
        self.asked_until = 0
        self.at_most = LIMITS.batch_count
        for message_id in list(self.on_disk):
            if message_id in self.on_disk:  # another's arrival may have pushed it out, and said so
                self.give(message_id)

    @invariant()
    def nothing_is_lost(self) -> None:
        made = {f"m{number + 1}" for number in range(self.made)}
        assert made == self.acknowledged | self.refused | self.erased | set(self.on_disk)
        assert len(self.box) == len(self.on_disk)

    @invariant()
    def nothing_is_forgotten(self) -> None:
        """What waits is either under way or will be asked for."""
        if self.on_disk:
            assert self.under_way is not None or self.wake_at is not None

    @invariant()
    def the_queue_is_bounded(self) -> None:
        assert not self.is_too_much(self.waiting())

    def teardown(self) -> None:
        """Once the collector answers again, everything that is left arrives."""
        for _ in range(2 * self.made + 2):
            if self.under_way:
                self.answer(200, None)
            else:
                self.let_time_pass(20_000)
        assert not self.on_disk


TestOutbox = OutboxMachine.TestCase
