"""Killed at any instant, the collector has every acknowledged message exactly once.

kill -9 takes what the process has in memory, and leaves what the kernel has: the power cut is not
in here. What an acknowledgement waits for is in ``test_slow_disk.py``.
"""

from __future__ import annotations

import contextlib
import json
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.collector.process import ServeProcess, start
from tests.collector.running import RunningCollector, track
from tests.collector.test_seen import old_store
from tests.faults.ledger import Ledger, Sender, planned, start_senders, unlimited
from tracker.collector.settings import Limits, Settings
from tracker.plan import Plan


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return the folder of a store."""
    data = tmp_path / "data"
    data.mkdir()
    return data


def test_kill_9_under_load_loses_and_doubles_nothing(
    tmp_path: Path, data: Path, *, is_long: bool
) -> None:
    """Six connections; half of the batches repeat what another of them sends at the same time."""
    chance = random.Random(7)
    ledger = Ledger(seed=7)
    for _ in range(110 if is_long else 5):
        with ServeProcess(data, *unlimited(tmp_path)) as serve:
            senders = start_senders(serve.url, ledger)
            ledger.wait_for_more(chance.randint(1, 400))
            # Sometimes late enough to meet the checkpointer, which waits for a second.
            time.sleep(chance.choice((0.01, 0.01, 0.01, 0.01, 1.2)) * chance.random())
            serve.process.kill()
            _join(senders)
        ledger.check(data)
    with ServeProcess(data, *unlimited(tmp_path)) as serve:
        ledger.settle(serve.client, data)
        assert serve.end(signal.SIGTERM)[0] == 0
    assert ledger.sent > (20_000 if is_long else 300)
    assert _integrity(data) == "ok"


def test_killed_while_it_starts_it_starts_the_next_time(
    tmp_path: Path, data: Path, *, is_long: bool
) -> None:
    chance = random.Random(8)
    ledger = Ledger(seed=8)
    for _ in range(30 if is_long else 3):
        with ServeProcess(data, *unlimited(tmp_path)) as serve:
            senders = start_senders(serve.url, ledger, 3)
            ledger.wait_for_more(20)
            serve.process.kill()
            _join(senders)
        process = start("--port", "0", "--data", str(data), "--write-key", "k")
        time.sleep(0.8 * chance.random())
        process.kill()
        process.communicate()
        ledger.check(data)
    with ServeProcess(data, *unlimited(tmp_path)) as serve:
        ledger.settle(serve.client, data)
    assert _integrity(data) == "ok"


def test_killed_while_it_ends_it_has_lost_nothing(
    tmp_path: Path, data: Path, *, is_long: bool
) -> None:
    chance = random.Random(9)
    ledger = Ledger(seed=9)
    for _ in range(30 if is_long else 3):
        with ServeProcess(data, *unlimited(tmp_path)) as serve:
            senders = start_senders(serve.url, ledger, 4)
            ledger.wait_for_more(50)
            serve.process.terminate()
            time.sleep(0.4 * chance.random())
            serve.process.kill()
            _join(senders)
        ledger.check(data)
    with ServeProcess(data, *unlimited(tmp_path)) as serve:
        ledger.settle(serve.client, data)
    assert _integrity(data) == "ok"


def test_killed_while_it_brings_an_old_store_up_to_date_it_begins_again(
    tmp_path: Path, *, is_long: bool
) -> None:
    rows = 200_000 if is_long else 40_000
    old_store(tmp_path, rows)
    cut_short = 0
    for _ in range(10 if is_long else 2):
        process = start("--port", "0", "--data", str(tmp_path), "--write-key", "k")
        while not _is_building(tmp_path):
            assert process.poll() is None
            time.sleep(0.002)
        process.kill()
        process.communicate()
        cut_short += _version(tmp_path) == 1
    assert cut_short
    with ServeProcess(tmp_path) as serve:
        batch = [track(f"timeless-{rows - 1}", originalTimestamp=None), track("new")]
        answer = serve.client.post("/v1/batch", json={"batch": batch}).json()
        assert (answer["accepted"], answer["duplicate"]) == (1, 1)
        assert serve.end(signal.SIGTERM)[0] == 0
    with contextlib.closing(sqlite3.connect(tmp_path / "log.sqlite3")) as connection:
        assert connection.execute("SELECT count(*) FROM seen").fetchone() == (2 * rows + 1,)
        assert connection.execute("SELECT count(*) FROM log").fetchone() == (rows + 1,)
    assert _integrity(tmp_path) == "ok"


def test_a_replay_killed_at_any_instant_leaves_each_message_in_one_place(
    tmp_path: Path, data: Path, *, is_long: bool
) -> None:
    """Half of what was set apart passes the mended plan; every run goes on where one was killed."""
    chance = random.Random(10)
    count = 20_000 if is_long else 6000
    first = Plan("acme", events=["other_button.click"])
    with RunningCollector(Settings(data=data, plan=first, limits=Limits(0, 0))) as running:
        for start in range(0, count, 500):
            names = ("run_query_button", "third_button")
            batch = [
                track(f"m-{start + n}", event=f"acme.{names[n % 2]}.click") for n in range(500)
            ]
            assert running.post({"batch": batch}).json()["quarantined"] == 500
    # The plan that knows the first of the two.
    arguments = ("--data", str(data), *planned(tmp_path))
    killed = 0
    code = None
    while code != 0:
        process = subprocess.Popen(
            [sys.executable, "-m", "tracker.cli", "replay", *arguments], stdout=subprocess.PIPE
        )
        # A little longer each time, so that it comes to its end at last.
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.2 + chance.random() * 0.2 + killed * 0.01)
        process.kill()
        process.communicate()
        code = process.returncode
        assert code in (0, -signal.SIGKILL)
        killed += code != 0
        places = _places(data)
        assert len(places) == count
        assert all(len(found) == 1 for found in places.values())
    assert killed
    moved = {name for name, found in _places(data).items() if found == ["log"]}
    assert moved == {f"m-{n}" for n in range(0, count, 2)}
    assert _integrity(data) == "ok"


def _places(data: Path) -> dict[str, list[str]]:
    """The tables that have each message."""
    places: dict[str, list[str]] = {}
    with contextlib.closing(sqlite3.connect(data / "log.sqlite3")) as connection:
        for table, text in connection.execute(
            "SELECT 'log', messages FROM log UNION ALL SELECT 'quarantined', message FROM quarantined"
        ):
            found = json.loads(text)
            for message in found if table == "log" else [found]:
                places.setdefault(message["messageId"], []).append(table)
    return places


def _join(senders: list[Sender]) -> None:
    for sender in senders:
        sender.join()


def _integrity(data: Path) -> str:
    with contextlib.closing(sqlite3.connect(data / "log.sqlite3")) as connection:
        return connection.execute("PRAGMA integrity_check").fetchone()[0]


def _version(data: Path) -> int:
    with contextlib.closing(sqlite3.connect(data / "log.sqlite3")) as connection:
        return connection.execute("PRAGMA user_version").fetchone()[0]


def _is_building(data: Path) -> bool:
    """Whether some, and not all, of the store's ids are known."""
    path = f"file:{data}/log.sqlite3?mode=ro"
    with (
        contextlib.suppress(sqlite3.OperationalError),
        contextlib.closing(sqlite3.connect(path, uri=True, timeout=1)) as connection,
    ):
        return bool(connection.execute("SELECT 1 FROM seen LIMIT 1").fetchall())
    return False
