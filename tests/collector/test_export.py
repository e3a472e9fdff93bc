"""``tracker export``: the log's messages as Parquet, each once, as they were stored."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from tests.collector.running import RunningCollector, track
from tracker import cli
from tracker.collector.export import STEP
from tracker.collector.settings import Limits, Settings
from tracker.plan import Plan

if TYPE_CHECKING:
    from pathlib import Path


def _rows(path: Path, columns: str = "*") -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return connection.execute(
            f"SELECT {columns} FROM read_parquet($path)", {"path": str(path)}
        ).fetchall()


def test_each_message_of_the_log_is_in_the_file_once_and_in_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, out = tmp_path / "data", tmp_path / "it's.parquet"
    plan = Plan("acme", events=["run_query_button.click"])
    settings = Settings(data=data, plan=plan, limits=Limits(per_key=0, per_address=0))
    with RunningCollector(settings) as running:
        odd = track("b", context={"text": 'ü "quoted" \u2028', "huge": 2**200})
        running.post({"batch": [track("a"), odd, track("apart", event="acme.other.click")]})
        running.post({"batch": [track("a"), track("c")]})
        # As a store of version 1 could have it.
        with contextlib.closing(sqlite3.connect(data / "log.sqlite3")) as connection:
            connection.execute(
                "INSERT INTO log SELECT 100, 5, via, source, messages FROM log LIMIT 1"
            )
            connection.execute("INSERT INTO log VALUES (101, 5, 'batch', 'default', '[]')")
            connection.commit()
        # While the collector runs.
        assert cli.main(["export", "--data", str(data), "-o", str(out)]) == 0
        texts = running.rows("SELECT messages FROM log WHERE id < 100 ORDER BY id")
        stored = {each["messageId"]: each for (text,) in texts for each in json.loads(text)}
    assert "3 messages" in capsys.readouterr().out
    rows = _rows(out, "message_id, source, via, epoch_ms(received_at), message")
    assert [row[:3] for row in rows] == [(name, "default", "batch") for name in "abc"]
    assert {row[3] for row in rows} == {running.clock.now}
    assert {row[0]: json.loads(row[4]) for row in rows} == stored


def test_more_requests_than_one_step_reads_are_all_there(tmp_path: Path) -> None:
    with RunningCollector(Settings(data=tmp_path / "data")) as running:
        running.post({"batch": [track("first")]})
    count = 2 * STEP + 7
    with contextlib.closing(sqlite3.connect(tmp_path / "data" / "log.sqlite3")) as connection:
        connection.executemany(
            "INSERT INTO log VALUES (?, 1, 'raw', 'default', ?)",
            ((100 + n, json.dumps([track(f"m-{n}"), track(f"n-{n}")])) for n in range(count)),
        )
        connection.commit()
    out = tmp_path / "messages.parquet"
    assert cli.main(["export", "--data", str(tmp_path / "data"), "-o", str(out)]) == 0
    names = [name for (name,) in _rows(out, "message_id")]
    assert names == ["first", *(f"{kind}-{n}" for n in range(count) for kind in "mn")]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "messages.parquet"]


@pytest.mark.parametrize("missing", ["store", "folder"])
def test_what_is_missing_is_said_and_the_file_of_before_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], missing: str
) -> None:
    data = tmp_path / "data"
    with RunningCollector(Settings(data=data)):
        pass
    out = tmp_path / ("nowhere" if missing == "folder" else "") / "messages.parquet"
    if missing == "store":
        (data / "log.sqlite3").unlink()
        out.write_text("before")
    assert cli.main(["export", "--data", str(data), "-o", str(out)]) == 1
    assert ("--data" if missing == "store" else "nowhere") in capsys.readouterr().err
    assert not out.exists() or out.read_text() == "before"


def test_an_empty_log_is_an_empty_file(tmp_path: Path) -> None:
    with RunningCollector(Settings(data=tmp_path / "data")):
        pass
    out = tmp_path / "messages.parquet"
    assert cli.main(["export", "--data", str(tmp_path / "data"), "-o", str(out)]) == 0
    assert _rows(out) == []
