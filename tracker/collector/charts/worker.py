"""The query process: ``python -m tracker.collector.charts.worker DATABASE``.

One JSON object a line on standard input, one on standard output, in order:

    {"id": 1, "query": "top_events", "parameters": {"since": 0, …}, "zone": "UTC", "seconds": 10}
    {"id": 1, "rows": [[…]], "behind": 0}
    {"id": 1, "error": "timeout" | "failed", "message": "…"}

It is nice to the collector beside it, reads the log while it has nothing else to do, and ends when
its standard input does, so that it never outlives its parent.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sqlite3
import sys
import threading
import time
from pathlib import Path
from typing import Any

import duckdb

from tracker.wire import format_time

from .catalogue import CATALOGUE
from .events import EventStore

IDLE_SECONDS = 0.5
CATCH_UP_SECONDS = 2.0
"""How long a query waits for the table to catch up with the log."""

Request = dict[str, Any]


def main() -> None:
    """Serve queries over the log named by the first argument until standard input ends."""
    # Control-C goes to the whole terminal group; the parent decides when this process ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(10)
    requests: queue.SimpleQueue[Request] = queue.SimpleQueue()
    threading.Thread(target=_read_requests, args=(requests,), daemon=True).start()
    serve(EventStore(Path(sys.argv[1])), requests)


def serve(store: EventStore, requests: queue.SimpleQueue[Request]) -> None:
    """Answer requests for ever; between them, follow the log."""
    more = True
    while True:
        try:
            request = requests.get(timeout=0 if more else IDLE_SECONDS)
        except queue.Empty:
            more = store.advance()
            continue
        answer = answer_request(store, request)
        sys.stdout.write(json.dumps({"id": request["id"], **answer}) + "\n")
        sys.stdout.flush()
        more = True


def answer_request(store: EventStore, request: Request) -> dict[str, Any]:
    """Answer one request; an error is an answer too."""
    deadline = time.monotonic() + CATCH_UP_SECONDS
    while store.advance() and time.monotonic() < deadline:
        pass
    query = CATALOGUE[request["query"]]
    alarm = threading.Timer(request["seconds"], store.interrupt)
    alarm.start()
    try:
        if query.of_store:
            rows = store.select_from_store(query.sql, request["parameters"])
        else:
            rows = store.select(query.sql, request["parameters"], zone=request["zone"])
    except duckdb.InterruptException:
        return {"error": "timeout", "message": ""}
    except (duckdb.Error, sqlite3.Error) as error:
        return {"error": "failed", "message": str(error)}
    finally:
        alarm.cancel()
    times = [place for place, column in enumerate(query.columns) if column.type == "time"]
    return {"rows": [_with_times(row, times) for row in rows], "behind": store.behind()}


def _with_times(row: tuple[Any, ...], times: list[int]) -> list[Any]:
    values = list(row)
    for place in times:
        if values[place] is not None:
            values[place] = format_time(values[place])
    return values


def _read_requests(requests: queue.SimpleQueue[Request]) -> None:
    for line in sys.stdin:
        requests.put(json.loads(line))
    # The parent is gone. A query may still run, and nobody waits for it: leave without ceremony.
    os._exit(0)


if __name__ == "__main__":
    main()
