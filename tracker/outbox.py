"""What to send, and when: batches, retries and backoff, without any I/O.

The outbox is told what happened (a message was added, an answer came, time passed) and says what
to do next. Whoever runs it does the I/O: the worker in the browser, a thread in a service. It holds
each message until the collector has acknowledged it or refused it for good.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from .ports import Random

_RETRY_STATUSES = frozenset({0, 408, 425, 429})
_TOO_LARGE = 413
QUEUE_FULL = "the queue is full, and these were the oldest"
"""Why a message was dropped that no collector has refused."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in UTF-8 bytes, times in milliseconds.

    A batch stays below the 64 KiB that a browser allows in flight for ``fetch(keepalive)``. A batch
    waits ``linger`` for company, unless it is full before. The queue drops its oldest messages
    beyond ``queue_count`` or ``queue_bytes``.
    """

    batch_count: int = 100
    batch_bytes: int = 60 * 1024
    linger: int = 200
    first_backoff: int = 1_000
    last_backoff: int = 5 * 60 * 1_000
    queue_count: int = 10_000
    queue_bytes: int = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """A message that waits, with its JSON text and when it was added."""

    id: str
    text: str
    size: int
    since: int


@dataclass(frozen=True, slots=True)
class Post:
    """Send these entries as one batch, and answer under this ``request`` number."""

    request: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class WakeAfter:
    """Ask ``next`` again after so many milliseconds; replaces an earlier wish."""

    milliseconds: int


@dataclass(frozen=True, slots=True)
class Settled:
    """These entries are done with: ``refused`` tells those that will never be stored, and why."""

    entries: tuple[Entry, ...]
    refused: str | None = None


Action: TypeAlias = Post | WakeAfter | Settled


class Outbox:
    """The queue of messages that no collector has acknowledged yet.

    One batch is under way at a time, so messages arrive in the order of the calls. Times are in
    milliseconds and may come from any clock that does not run backwards.
    """

    def __init__(self, random: Random, limits: Limits | None = None) -> None:
        self._random = random
        self._limits = limits or Limits()
        self._queue: deque[Entry] = deque()
        self._bytes = 0
        self._sending: Post | None = None
        self._requests = 0
        self._failures = 0
        self._backoff_until = 0
        self._asked_until = 0
        self._batch_count = self._limits.batch_count
        self._flushing = False
        self._known: set[str] = set()

    def __len__(self) -> int:
        return len(self._queue) + (len(self._sending.entries) if self._sending else 0)

    def add(self, message_id: str, text: str, now: int) -> list[Action]:
        """Take a message; one that is here already is not taken twice."""
        if message_id in self._known:
            return []
        entry = Entry(message_id, text, len(text.encode()), now)
        self._known.add(message_id)
        self._queue.append(entry)
        self._bytes += entry.size
        return self._drop_overflow() + self.next(now)

    def flush(self, now: int) -> list[Action]:
        """Send what is here without waiting for company; a backoff still holds."""
        self._flushing = True
        return self.next(now)

    def online(self, now: int) -> list[Action]:
        """The network came back: try at once, unless the collector itself has asked to wait."""
        self._failures = 0
        self._backoff_until = now
        return self.flush(now)

    def forget(self) -> None:
        """Drop all messages; the answer to what is under way will be ignored."""
        self._queue.clear()
        self._known.clear()
        self._bytes = 0
        self._sending = None

    def next(self, now: int) -> list[Action]:
        """What to do now: post a batch, wake again later, or nothing."""
        if self._sending or not self._queue:
            return []
        due = max(self._backoff_until, self._asked_until)
        if not (self._flushing or self._is_full()):
            due = max(due, self._queue[0].since + self._limits.linger)
        if due > now:
            return [WakeAfter(due - now)]
        return [self._post()]

    def answered(
        self, request: int, status: int, now: int, *, retry_after: int | None = None
    ) -> list[Action]:
        """The answer to a post: its HTTP status, 0 when there was none.

        ``retry_after`` is the wait that the collector asks for. An answer to a request that is not
        under way is ignored.
        """
        post = self._sending
        if post is None or post.request != request:
            return []
        self._sending = None
        if status == _TOO_LARGE and len(post.entries) > 1:
            self._put_back(post)
            self._batch_count = max(1, len(post.entries) // 2)
            return self._drop_overflow() + self.next(now)
        if status in _RETRY_STATUSES or status >= 500:
            self._put_back(post)
            self._back_off(now, retry_after)
            return self._drop_overflow() + self.next(now)
        self._failures = 0
        self._batch_count = self._limits.batch_count
        self._flushing = self._flushing and bool(self._queue)
        self._known.difference_update(entry.id for entry in post.entries)
        refused = None if 200 <= status < 300 else f"the collector answered {status}"
        return [Settled(post.entries, refused), *self.next(now)]

    def _is_full(self) -> bool:
        return len(self._queue) >= self._batch_count or self._bytes >= self._limits.batch_bytes

    def _post(self) -> Post:
        entries: list[Entry] = []
        size = 0
        while self._queue and len(entries) < self._batch_count:
            if entries and size + self._queue[0].size > self._limits.batch_bytes:
                break
            entry = self._queue.popleft()
            size += entry.size
            entries.append(entry)
        self._bytes -= size
        self._requests += 1
        self._sending = Post(self._requests, tuple(entries))
        return self._sending

    def _put_back(self, post: Post) -> None:
        self._queue.extendleft(reversed(post.entries))
        self._bytes += sum(entry.size for entry in post.entries)

    def _back_off(self, now: int, retry_after: int | None) -> None:
        # Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
        limits = self._limits
        ceiling = min(limits.last_backoff, limits.first_backoff * 2 ** min(self._failures, 20))
        self._failures += 1
        self._backoff_until = now + int(self._random() * ceiling)
        if retry_after is not None:
            self._asked_until = now + retry_after

    def _drop_overflow(self) -> list[Action]:
        dropped: list[Entry] = []
        while self._queue and (
            len(self._queue) > self._limits.queue_count or self._bytes > self._limits.queue_bytes
        ):
            entry = self._queue.popleft()
            self._bytes -= entry.size
            self._known.discard(entry.id)
            dropped.append(entry)
        if not dropped:
            return []
        return [Settled(tuple(dropped), QUEUE_FULL)]
