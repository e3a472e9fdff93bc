"""The background thread around a ``Delivery``: takes events from the calls, waits, and ends in time."""

from __future__ import annotations

import threading
from collections import deque
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from . import lifecycle
from .preparation import Prepared

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..event import Fact
    from ..outbox import Limits
    from ..ports import Clock
    from .delivery import Delivery, Makes
    from .reports import Reports
    from .spool import Spool

_ABORT_SECONDS = 0.5
_PAUSE_SECONDS = 0.02
_REST_SECONDS = 1.0
"""After a mistake of its own, which may come again at once."""


class Courier:
    """Takes events from any thread without waiting, and delivers them from one of its own.

    The thread starts with the first event. In a process just forked there is none, and nothing of
    what the parent still has to send.
    """

    def __init__(
        self,
        delivery: Callable[[], Delivery],
        reports: Reports,
        *,
        limits: Limits,
        spool: Spool | None,
        elapsed: Clock,
        exit_seconds: float,
    ) -> None:
        self.exit_seconds = exit_seconds
        self._make_delivery = delivery
        self._reports = reports
        self._most = limits.queue_count
        self._spool = spool
        self._elapsed = elapsed
        self._begin()
        lifecycle.install()
        if spool is not None and spool.has_others():
            self._start()

    def _begin(self) -> None:
        """Be as new: without thread, events and connection."""
        self._inbox: deque[Makes | Fact | Prepared | threading.Event] = deque()
        self._wake: SimpleQueue[None] = SimpleQueue()
        self._wanted = 1
        self._called = False
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._delivery = self._make_delivery()
        self._closing = self._hurried = False

    def put(self, item: Makes | Fact | Prepared) -> None:
        """Take an event; never waits, and is safe in signal handlers."""
        if self._closing:
            self._delivery.lose(1, "closed", "an event came after close(), and is lost")
            return
        inbox = self._inbox
        if len(inbox) >= self._most:
            self._drop_oldest()
        inbox.append(item)
        if len(inbox) >= self._wanted and not self._called:
            self._called = True
            self._wake.put(None)
        if self._thread is None:
            self._start()

    def flush(self, seconds: float) -> bool:
        """Send what is here; whether all of it was settled within so many seconds."""
        if self._delivery.stopped:
            return self._is_empty
        if self._thread is threading.current_thread():
            return False  # it would wait for itself
        done = threading.Event()
        self._inbox.append(done)
        if self._thread is None:
            self._start()
        self._wake.put(None)
        return done.wait(seconds)

    def close(self, seconds: float) -> bool:
        """Send what is here and end the thread, within so many seconds; whether all was settled."""
        with self._lock:
            if self._closing:
                return self._is_empty
            self._closing = True
        end = self._elapsed() + int(seconds * 1000)
        if self._thread is None and self._inbox:
            self._start()
        thread = self._thread
        if thread is None:
            # There is nothing to send; or no thread can start any more, because the interpreter
            # shuts down: https://github.com/python/cpython/issues/104826, since Python 3.12.
            self._run(end)
        elif thread is not threading.current_thread():
            self._wake.put(None)
            thread.join(seconds)
            self._delivery.stopped = True
            self._wake.put(None)
            if thread.is_alive():
                self._delivery.transport.abort()
                thread.join(_ABORT_SECONDS)
        self._delivery.stopped = True
        lifecycle.forget(self)
        self._delivery.finish(sum(not isinstance(item, threading.Event) for item in self._inbox))
        return self._is_empty

    def leave_to_parent(self) -> None:
        """In a process just forked: what is queued, and the connection, are the parent's."""
        closed = self._closing
        self._delivery.transport.close()
        if self._spool is not None:
            self._spool.leave_to_parent()
        self._begin()
        self._closing = self._delivery.stopped = closed

    @property
    def _is_empty(self) -> bool:
        return not self._inbox and not len(self._delivery)

    def _start(self) -> None:
        # Not waiting: whoever has the lock is starting the thread, and may be the very code that a
        # signal handler has interrupted to call this.
        if not self._lock.acquire(blocking=False):
            return
        try:
            if self._thread is None:
                lifecycle.watch(self)
                thread = threading.Thread(target=self._run, name="tracker", daemon=True)
                thread.start()
                self._thread = thread
        except RuntimeError:
            pass  # out of threads, or the interpreter shuts down: the next call or close() tries
        finally:
            self._lock.release()

    def _run(self, end: int | None = None) -> None:
        """Work until stopped: in the thread, or at exit until ``end`` in the one that closes."""
        while not self._is_done(end):
            try:
                self._work()
                if not self._is_done(end):
                    self._sleep(end)
            except Exception as error:  # noqa: BLE001  (the thread must live on)
                self._reports.mistake(error)
                with suppress(Empty):
                    self._wake.get(timeout=_REST_SECONDS)
        self._delivery.transport.close()

    def _work(self) -> None:
        delivery, inbox = self._delivery, self._inbox
        while inbox and not delivery.stopped:
            item = inbox.popleft()
            if isinstance(item, threading.Event):
                delivery.flush(item.set)
            else:
                delivery.take(item)
        if self._closing and not self._hurried:
            self._hurried = True
            delivery.hurry()
        else:
            delivery.step()

    def _is_done(self, end: int | None) -> bool:
        if self._delivery.stopped or (end is not None and self._elapsed() >= end):
            return True
        return self._hurried and not self._inbox and self._delivery.is_over

    def _sleep(self, end: int | None) -> None:
        """Wait until something is due or somebody calls."""
        due = [at for at in (self._delivery.due, end) if at is not None]
        # Idle, the first event wakes it; while a batch waits for company, what makes it full.
        self._wanted = self._delivery.room
        self._called = False
        # Looked at once more: what came in between has called nobody.
        if len(self._inbox) < self._wanted:
            seconds = max(0, min(due) - self._elapsed()) / 1000 if due else None
            with suppress(Empty):
                self._wake.get(timeout=seconds)
        if self._called:
            # Called by an event, which more may follow at once: let them pass, rather than compete
            # with them for the interpreter, unless the queue fills up.
            self._wanted = self._most // 2 + 1
            self._called = False
            if len(self._inbox) < self._wanted:
                with suppress(Empty):
                    self._wake.get(timeout=_PAUSE_SECONDS)

    def _drop_oldest(self) -> None:
        try:
            oldest = self._inbox.popleft()
        except IndexError:
            return  # the thread was faster
        if isinstance(oldest, threading.Event):
            self._inbox.append(oldest)
            return
        if isinstance(oldest, Prepared):
            self._delivery.forget([oldest.id])
        text = "events were lost: too many wait, and these were the oldest"
        self._delivery.lose(1, "overflow", text)
