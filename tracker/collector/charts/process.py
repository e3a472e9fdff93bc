"""Questions to the store, asked of a process of its own and answered as tables.

A heavy chart thus never delays an acknowledgement. The process is started again when it has died or
hangs.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from tracker.errors import TrackerError

from .catalogue import CATALOGUE, Column
from .parameters import Filters, read_filters

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

QUERY_SECONDS = 10.0
GRACE_SECONDS = 5.0
"""What the process has, beyond the query's time, to end the query before it is ended itself."""

MAX_ANSWER_BYTES = 64 * 1024 * 1024


class QueryError(TrackerError):
    """A query that gave no table; the text says what to do."""


class UnknownQuery(QueryError):
    """No query has that name."""


class QueryTimeout(QueryError):
    """The query took longer than it may."""


class QueryUnavailable(QueryError):
    """The query process failed, and failed again after a restart."""


@dataclass(frozen=True, slots=True)
class Table:
    """An answer: rows of values in the order of ``columns``. Times are ISO 8601 in UTC.

    ``behind`` counts requests that are stored but not yet read by the query process.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    filters: Filters
    behind: int = 0


class QueryProcess:
    """The query process over one log, seen from the collector's event loop."""

    def __init__(
        self,
        database: Path,
        *,
        seconds: float = QUERY_SECONDS,
        grace: float = GRACE_SECONDS,
        clock: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        """Prepare for the log at ``database``, which need not exist yet; ``clock`` gives ms."""
        self._database = database
        self._seconds = seconds
        self._grace = grace
        self._clock = clock
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._request = 0
        self._closed = False

    @property
    def pid(self) -> int | None:
        """The process id of the query process, if one runs."""
        return self._process.pid if self._process else None

    async def start(self) -> None:
        """Start the process, which begins to read the log. Does not wait for it."""
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tracker.collector.charts.worker", str(self._database)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=MAX_ANSWER_BYTES,
        )

    async def close(self) -> None:
        """End the process and wait for it."""
        self._closed = True
        await self._end()

    async def run(self, name: str, parameters: Mapping[str, str]) -> Table:
        """Ask one of the named queries.

        Raises:
            UnknownQuery, InvalidInput: the question is wrong.
            QueryTimeout, QueryUnavailable: there is no answer now.
        """
        if name not in CATALOGUE:
            raise UnknownQuery(f"There is no query of that name; there are {', '.join(CATALOGUE)}.")
        return await self.ask(name, read_filters(parameters, now=self._clock()))

    async def ask(self, name: str, filters: Filters) -> Table:
        """Ask with filters that were read before; raises as ``run`` does."""
        question = {
            "query": name,
            "parameters": {
                "since": filters.since,
                "until": filters.until,
                "app": filters.app,
                "event": filters.event,
                "interval": filters.interval,
            },
            "zone": filters.zone,
            "seconds": self._seconds,
        }
        answer = await self._exchange(question)
        if answer.get("error") == "timeout":
            raise QueryTimeout(
                f"The query took over {self._seconds:g} seconds. Ask for a shorter period."
            )
        if "error" in answer:
            raise QueryUnavailable(f"The query failed: {answer['message']}")
        rows = tuple(tuple(row) for row in answer["rows"])
        return Table(CATALOGUE[name].columns, rows, filters, answer["behind"])

    async def _exchange(self, question: dict[str, Any]) -> dict[str, Any]:
        try:
            async with asyncio.timeout(self._seconds + self._grace):
                await self._turn.acquire()
        except TimeoutError:
            raise QueryTimeout("Other queries are still running. Try again in a moment.") from None
        try:
            # A process that died while nobody asked is noticed only now; hence the second attempt.
            for _ in range(2):
                answer = await self._attempt(question)
                if answer is not None:
                    return answer
                await self._end()
        finally:
            self._turn.release()
        raise QueryUnavailable(
            "The query process ended twice without an answer; the collector's log says why."
        )

    async def _attempt(self, question: dict[str, Any]) -> dict[str, Any] | None:
        """Answer, or ``None`` when the process died or hangs."""
        if self._closed:
            raise QueryUnavailable("The collector is shutting down.")
        if self._process is None or self._process.returncode is not None:
            await self.start()
        process = cast(asyncio.subprocess.Process, self._process)
        # start() asked for both pipes.
        stdin = cast(asyncio.StreamWriter, process.stdin)
        stdout = cast(asyncio.StreamReader, process.stdout)
        self._request += 1
        line = json.dumps({"id": self._request, **question}) + "\n"
        try:
            async with asyncio.timeout(self._seconds + self._grace):
                stdin.write(line.encode())
                await stdin.drain()
                while text := await stdout.readline():
                    answer: dict[str, Any] = json.loads(text)
                    # Answers to questions whose asker has gone away are still in the pipe.
                    if answer["id"] == self._request:
                        return answer
        except ConnectionError:
            return None
        except TimeoutError:
            await self._end()
            raise QueryTimeout(
                f"The query took over {self._seconds:g} seconds. Ask for a shorter period."
            ) from None
        return None

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
