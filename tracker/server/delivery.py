"""What the background thread does, step by step: prepares facts, posts batches, settles messages.

What to send and when is the outbox's decision (``tracker/outbox.py``), the same as in the browser.
Nothing here waits but the exchange over HTTP, and nothing here knows of threads: ``courier.py`` does.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Protocol

from ..errors import InvalidInput
from ..event import Fact
from ..outbox import QUEUE_FULL, Action, Limits, Outbox, Post, Settled, WakeAfter
from ..wire import format_time
from .preparation import Prepared
from .reports import Problem
from .spool import SpoolFull

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..outbox import Entry
    from ..ports import Clock, Random
    from .preparation import Preparation
    from .reports import Reports
    from .spool import Spool
    from .transport import Transport

_TAKE_OVER_EVERY_MS = 60_000


class Makes(Protocol):
    """What a fact is made of."""

    def fact(self) -> Fact:
        """Return the fact."""
        ...


_MENDS = {
    f"the collector answered {status}": "; is the write_key one of the collector's, and the address its own?"
    for status in (401, 403, 404)
}


class Delivery:
    """The messages that are on their way to the collector; used by one thread at a time.

    ``stopped`` may be set by another one: then nothing more is posted. ``wake_at`` is when the
    outbox wants to go on, in the milliseconds of ``elapsed``, None when it waits for nothing.
    """

    def __init__(
        self,
        preparation: Preparation,
        transport: Transport,
        reports: Reports,
        *,
        limits: Limits,
        spool: Spool | None,
        clock: Clock,
        elapsed: Clock,
        random: Random,
    ) -> None:
        self.transport = transport
        self.stopped = False
        self.wake_at: int | None = None
        self._preparation = preparation
        self._reports = reports
        self._batch_count = limits.batch_count
        self._spool = spool
        self._clock = clock
        self._elapsed = elapsed
        self._outbox = Outbox(random, limits)
        self._take_over_at = 0
        self._added = self._settled = 0
        self._waiting: deque[tuple[int, Callable[[], None]]] = deque()

    def __len__(self) -> int:
        return len(self._outbox)

    @property
    def room(self) -> int:
        """How many more events are worth a step: what fills the batch that waits for company."""
        if self.wake_at is None:
            return 1
        room = self._batch_count - len(self._outbox)
        return room if room > 0 else self._batch_count

    @property
    def due(self) -> int | None:
        """When the next step is to be taken if nothing happens before, None for never."""
        if self._spool is None:
            return self.wake_at
        return self._take_over_at if self.wake_at is None else min(self.wake_at, self._take_over_at)

    @property
    def is_over(self) -> bool:
        """Whether an end has nothing to wait for: all is settled, or safe while the collector is down."""
        return not len(self._outbox) or (self._spool is not None and self.wake_at is not None)

    def take(self, item: Makes | Fact | Prepared) -> None:
        """Put an event into the outbox, and do what the outbox then says."""
        prepared = item if isinstance(item, Prepared) else self._prepared(item)
        if prepared is not None:
            self._add(prepared.id, prepared.text)

    def flush(self, done: Callable[[], None]) -> None:
        """Send without waiting for company; ``done`` is called once all that came before is settled."""
        self._waiting.append((self._added, done))
        self._do(self._outbox.flush(self._elapsed()))
        self._answer_waiting()

    def step(self) -> None:
        """Do what is due."""
        self._take_over()
        now = self._elapsed()
        if self.wake_at is not None and self.wake_at <= now:
            self.wake_at = None
        self._do(self._outbox.next(now))

    def hurry(self) -> None:
        """One last attempt, whatever the backoff; the outbox flushes from here on."""
        self.wake_at = None
        self._do(self._outbox.online(self._elapsed()))

    def lose(self, count: int, kind: str, text: str) -> None:
        """Report events that are lost."""
        self._reports.report(Problem(kind, text, lost=count))

    def forget(self, message_ids: Iterable[str]) -> None:
        """Take messages that are done with out of the spool."""
        if self._spool is not None:
            try:
                self._spool.settle(message_ids)
            except OSError as error:
                self._reports.spool(error)

    def finish(self, waiting: int) -> None:
        """The end: what is here, and ``waiting`` events that never came in, stay in the spool or are lost."""
        left = len(self._outbox) + waiting
        if self._spool is not None:
            self._spool.close()
        elif left:
            self.lose(left, "not_sent", "events were lost: they could not be sent before the end")
        while self._waiting:
            self._waiting.popleft()[1]()

    def _add(self, message_id: str, text: str) -> None:
        before = len(self._outbox)
        actions = self._outbox.add(message_id, text, self._elapsed())
        # One that is here already is not added again, and nothing is to be done about it.
        self._added += 1 if actions or len(self._outbox) > before else 0
        self._do(actions)

    def _prepared(self, item: Makes | Fact) -> Prepared | None:
        fact = item if isinstance(item, Fact) else item.fact()
        try:
            prepared = self._preparation.prepare(fact)
        except InvalidInput as error:
            self._reports.violation(fact.call.kind, fact.call.name, error.violations, lost=1)
            return None
        except Exception as error:  # noqa: BLE001  (one message, and not all that follow)
            self.lose(1, "internal", f"not tracked: {fact.call.kind}: {type(error).__name__}")
            return None
        self._reports.prepared(fact.call.kind, fact.call.name, prepared)
        return prepared

    def _do(self, actions: Iterable[Action]) -> None:
        pending = deque(actions)
        while pending:
            match pending.popleft():
                case Post(request, entries):
                    if not self.stopped:
                        pending.extend(self._post(request, entries))
                case WakeAfter(milliseconds):
                    self.wake_at = self._elapsed() + milliseconds
                case Settled(entries, refused):
                    self._settle(entries, refused)

    def _post(self, request: int, entries: tuple[Entry, ...]) -> list[Action]:
        self.wake_at = None
        batch = ",".join(entry.text for entry in entries)
        body = f'{{"batch":[{batch}],"sentAt":"{format_time(self._clock())}"}}'
        answer = self.transport.post(body.encode())
        for _, reason in answer.refusals:
            self.lose(1, "refused", f"refused by the collector: {reason}")
        actions = self._outbox.answered(
            request, answer.status, self._elapsed(), retry_after=answer.retry_after
        )
        if answer.status != 413 and not any(isinstance(action, Settled) for action in actions):
            why = answer.problem or f"it answered {answer.status}"
            text = f"the collector takes no events now ({why}); they wait and are sent again"
            self._reports.report(Problem("unreachable", text))
        return actions

    def _settle(self, entries: tuple[Entry, ...], refused: str | None) -> None:
        self._settled += len(entries)
        self.forget([entry.id for entry in entries])
        if refused is not None:
            kind = "overflow" if refused == QUEUE_FULL else "refused"
            self.lose(len(entries), kind, f"events were lost: {refused}{_MENDS.get(refused, '')}")
        self._answer_waiting()

    def _answer_waiting(self) -> None:
        # Messages are settled in the order in which they were added.
        while self._waiting and self._waiting[0][0] <= self._settled:
            self._waiting.popleft()[1]()

    def _take_over(self) -> None:
        """Send what dead processes left in the spool, when there is room for it."""
        if self._spool is None or self._elapsed() < self._take_over_at:
            return
        self._take_over_at = self._elapsed() + _TAKE_OVER_EVERY_MS
        if len(self._outbox):
            return
        try:
            messages, dropped = self._spool.take_over()
        except (OSError, SpoolFull) as error:
            self._reports.spool(error)
            return
        if dropped:
            self.lose(dropped, "overflow", "events were lost: the spool was full of older ones")
        for message_id, text in messages:
            self._add(message_id, text)
