"""Once the plan is mended, what it had set apart comes into the log: once, and as it happened."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.collector.process import ServeProcess
from tests.collector.running import NOW, RunningCollector, track
from tracker import cli
from tracker.collector.ingestion.keys import WriteKey
from tracker.collector.log.schema import VERSION
from tracker.collector.settings import Limits, Settings
from tracker.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Sequence

FIRST = Plan("acme", version="1", events=["run_query_button.click"])
MENDED = Plan("acme", version="2", events=["run_query_button.click", "other_button.click"])


def _event(message_id: str, name: str, **fields: Any) -> dict[str, Any]:
    return track(message_id, event=f"acme_webapp.{name}.click", **fields)


def _rows(data: Path, query: str) -> list[tuple[Any, ...]]:
    with contextlib.closing(sqlite3.connect(data / "log.sqlite3")) as connection:
        return connection.execute(query).fetchall()


def _settings(data: Path, plan: Plan = FIRST, keys: Sequence[WriteKey] = ()) -> Settings:
    limits = Limits(per_key=0, per_address=0)
    return Settings(data=data, plan=plan, limits=limits, write_keys=tuple(keys))


def _file(folder: Path, plan: Plan) -> str:
    path = folder / f"plan-{plan.rules.version}.json"
    path.write_text(json.dumps(plan.to_json()))
    return str(path)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return the data of a collector that has set three of four messages apart."""
    data = tmp_path / "data"
    with RunningCollector(_settings(data)) as running:
        batch = [
            _event("planned", "run_query_button"),
            _event("other", "other_button"),
            _event("third", "third_button"),
        ]
        running.post({"batch": batch, "sentAt": "2026-11-23T16:06:35.000Z"})
        running.clock.now += 3_600_000
        running.post({"batch": [_event("late", "other_button")]})
    return data


def test_what_passes_the_mended_plan_moves_with_its_times_and_the_rest_stays(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = cli.main(["replay", "--data", str(data), "--plan", _file(tmp_path, MENDED)])
    assert code == 0
    printed = capsys.readouterr().out
    assert "2 of 3 quarantined messages moved into the log." in printed
    assert "1 stay where they are" in printed
    assert printed.count("unplanned_event") == 2
    with RunningCollector(_settings(data, MENDED)) as running:
        stored = running.stored()
        assert stored.keys() == {"planned", "other", "late"}
        moved = stored["other"]
        assert moved["originalTimestamp"] == "2026-11-23T16:06:30.000Z"
        assert moved["timestamp"] == "2026-11-23T16:06:35.000Z"
        assert moved["receivedAt"] == "2026-11-23T16:06:40.000Z"
        assert running.rows("SELECT received_at FROM log ORDER BY id") == [
            (NOW,),
            (NOW,),
            (NOW + 3_600_000,),
        ]
        assert running.rows("SELECT message ->> 'messageId' FROM quarantined") == [("third",)]
        # Its sender may still try again, whatever has become of the first attempt.
        answer = running.post({"batch": [_event(name, "other_button") for name in stored]})
        assert answer.json()["duplicate"] == 3
    printed_again = cli.main(["replay", "--data", str(data), "--plan", _file(tmp_path, MENDED)])
    assert printed_again == 0
    assert "0 of 1 quarantined messages" in capsys.readouterr().out


def test_a_dry_run_moves_nothing_and_may_run_beside_the_collector(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, mended = _file(tmp_path, FIRST), _file(tmp_path, MENDED)
    data = tmp_path / "data"
    with ServeProcess(data, "--plan", first) as serve:
        answer = serve.client.post("/v1/batch", json={"batch": [_event("a", "other_button")]})
        assert answer.json()["quarantined"] == 1
        assert cli.main(["replay", "--data", str(data), "--plan", mended, "--dry-run"]) == 0
        assert "1 of 1 quarantined messages would move into the log." in capsys.readouterr().out
        # To move, it needs the store for itself.
        assert cli.main(["replay", "--data", str(data), "--plan", mended]) == 1
        assert "belongs to another running collector" in capsys.readouterr().err
    assert _rows(data, "SELECT count(*) FROM quarantined") == [(1,)]
    assert _rows(data, "SELECT count(*) FROM log") == [(0,)]


def test_only_what_came_since_then_is_looked_at(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mended = _file(tmp_path, MENDED)
    since = "2026-11-23T17:00:00Z"
    assert cli.main(["replay", "--data", str(data), "--plan", mended, "--since", since]) == 0
    assert "1 of 1 quarantined messages moved" in capsys.readouterr().out
    left = _rows(data, "SELECT message ->> 'messageId' FROM quarantined ORDER BY id")
    assert left == [("other",), ("third",)]


def test_each_source_is_held_to_its_own_plan(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = [WriteKey("webapp", "k-1"), WriteKey("server", "k-2")]
    data = tmp_path / "data"
    with RunningCollector(_settings(data, keys=keys)) as running:
        for key in ("k-1", "k-2"):
            batch = {"batch": [_event("same id", "other_button")]}
            assert running.post(batch, auth=(key, "")).json()["quarantined"] == 1
    config = tmp_path / "tracker.toml"
    config.write_text(
        f"[serve]\nplan = '{_file(tmp_path, FIRST)}'\n[[write_keys]]\nname = 'server'\nkey = 'k-2'\n"
        f"plan = '{_file(tmp_path, MENDED)}'\n"
    )
    assert cli.main(["replay", "--data", str(data), "--config", str(config)]) == 0
    assert "1 of 2" in capsys.readouterr().out
    assert _rows(data, "SELECT source FROM quarantined") == [("webapp",)]
    # And a source without any plan has nothing to be checked by: its messages stay.
    config.write_text("[[" + config.read_text().partition("[[")[2])
    assert cli.main(["replay", "--data", str(data), "--config", str(config)]) == 0
    assert "no_plan" in capsys.readouterr().out
    assert _rows(data, "SELECT source FROM quarantined") == [("webapp",)]


def test_the_guard_sees_each_message_again(tmp_path: Path) -> None:
    """The policy may have become stricter since; what it refuses stays where it was."""
    data = tmp_path / "data"
    settings = _settings(data)
    with RunningCollector(settings) as running:
        message = _event("titled", "other_button", context={"page": {"title": "Layoffs"}})
        assert running.post({"batch": [message]}).json()["quarantined"] == 1
    with contextlib.closing(sqlite3.connect(data / "log.sqlite3")) as connection:
        # As if the policy had allowed titles then.
        connection.execute(
            "UPDATE quarantined SET message = json_set(message, '$.context.page.title', 'Layoffs')"
        )
        connection.commit()
    assert cli.main(["replay", "--data", str(data), "--plan", _file(tmp_path, MENDED)]) == 0
    ((text,),) = _rows(data, "SELECT messages FROM log")
    assert "Layoffs" not in text
    assert json.loads(text)[0]["messageId"] == "titled"


@pytest.mark.parametrize("missing", ["plan", "data"])
def test_what_is_missing_is_said(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], missing: str
) -> None:
    where = str(tmp_path / "nowhere") if missing == "data" else str(data)
    arguments = ["replay", "--data", where]
    if missing == "data":
        arguments += ["--plan", _file(tmp_path, MENDED)]
    assert cli.main(arguments) == 1
    assert f"--{missing}" in capsys.readouterr().err
    assert not (tmp_path / "nowhere").exists()


def test_a_store_of_the_version_before_gets_its_quarantine(data: Path) -> None:
    """It keeps what it has; the next start makes the tables that are new."""
    with contextlib.closing(sqlite3.connect(data / "log.sqlite3")) as connection:
        connection.executescript(
            "DROP TABLE quarantined; DROP TABLE outcomes; PRAGMA user_version=2;"
        )
    with RunningCollector(_settings(data)) as running:
        assert running.rows("PRAGMA user_version") == [(VERSION,)]
        answer = running.post({"batch": [_event("new", "other_button")]})
        assert answer.json()["quarantined"] == 1
        answer = running.post({"batch": [_event("planned", "run_query_button")]})
        assert answer.json()["duplicate"] == 1
