"""A full disk costs no message: senders are asked to wait, and it mends itself.

The disk is made full by a limit on the size of files (RLIMIT_FSIZE), which needs no privileges: the
kernel then refuses the write in the middle, as it does when no block is left.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import sys
from pathlib import Path

import pytest

from tests.collector.process import ServeProcess
from tests.collector.running import track


@pytest.mark.skipif(sys.platform != "linux", reason="prlimit, to limit another process, is Linux's")
def test_a_full_disk_is_a_503_and_recovers_without_a_restart(tmp_path: Path) -> None:
    import resource

    stored: list[str] = []
    with ServeProcess(tmp_path) as serve:

        def send(message_id: str, size: int = 20_000) -> int:
            message = track(message_id, properties={"text": "x" * size})
            answer = serve.client.post("/v1/batch", json={"batch": [message]})
            if answer.status_code == 200:
                assert answer.json()["accepted"] == 1
                stored.append(message_id)
            else:
                assert answer.json()["code"] == "unavailable"
                assert answer.headers["retry-after"]
            return answer.status_code

        assert send("before") == 200
        before = resource.prlimit(serve.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(serve.process.pid, resource.RLIMIT_FSIZE, (200_000, before[1]))
        # Large messages until one does not fit, then small ones until not even those do.
        names = [f"full-{number}" for number in range(100)]
        sent = iter(names)
        while send(next(sent)) == 200:
            pass
        while [send(next(sent), size=10) for _ in range(3)] != [503] * 3:
            pass
        assert serve.client.get("/ready").status_code == 503
        assert serve.client.get("/health").status_code == 200
        resource.prlimit(serve.process.pid, resource.RLIMIT_FSIZE, before)
        assert all(send(name) == 200 for name in names if name not in stored)
        assert serve.client.get("/ready").status_code == 200
        assert send("after") == 200
    with contextlib.closing(sqlite3.connect(tmp_path / "log.sqlite3")) as connection:
        rows = connection.execute("SELECT messages FROM log").fetchall()
    found = [message["messageId"] for (text,) in rows for message in json.loads(text)]
    assert sorted(found) == sorted(stored)
    assert len(stored) == 102
