"""The command as a person meets it: what it prints, how it ends, and what it refuses."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.collector.process import ServeProcess, output_of
from tests.collector.running import track
from tracker.plan import Plan


def test_it_says_which_plan_it_holds_messages_to(tmp_path: Path) -> None:
    plan = Plan("acme", version="1.4.0")
    (tmp_path / "plan.json").write_text(json.dumps(plan.to_json()))
    with ServeProcess(tmp_path / "data", "--plan", str(tmp_path / "plan.json")) as serve:
        assert f"Plan   acme 1.4.0 ({plan.hash})" in serve.output
        assert 'data-app="acme_webapp"' in serve.output, "an app that the plan does not cover"
    code, printed = output_of("--data", str(tmp_path / "data"), "--plan", "no_such_module:plan")
    assert code == 1
    assert 'there is no module "no_such_module"' in printed
    assert "Traceback" not in printed


def test_it_says_where_everything_is_and_ends_cleanly(tmp_path: Path) -> None:
    for how in (signal.SIGTERM, signal.SIGINT):
        with ServeProcess(tmp_path, "--demo") as serve:
            assert f"{serve.url}/demo/" in serve.output
            assert f"{serve.url}/admin/" in serve.output
            assert str(tmp_path) in serve.output
            script = f'<script async src="{serve.url}/tracker.js" data-write-key="k"'
            assert script in serve.output
            assert serve.client.post("/v1/batch", json={"batch": [track()]}).status_code == 200
            assert serve.end(how) == (0, "")
        assert not (tmp_path / "log.sqlite3-wal").exists()


def test_the_key_that_it_makes_works_and_is_printed(tmp_path: Path) -> None:
    with ServeProcess(tmp_path, key="") as serve:
        key = (tmp_path / "write-key").read_text().strip()
        assert f'data-write-key="{key}"' in serve.output
        answer = serve.client.post("/v1/batch", json={"batch": []}, auth=(key, ""))
        assert answer.status_code == 200


def test_an_open_live_view_does_not_hold_up_the_end(tmp_path: Path) -> None:
    with ServeProcess(tmp_path) as serve:
        with serve.client.stream("GET", "/admin/api/live", auth=None) as answer:
            assert answer.status_code == 200
            code, _ = serve.end(signal.SIGTERM)
        assert code == 0


def test_a_second_collector_on_the_same_data_is_refused(tmp_path: Path) -> None:
    with ServeProcess(tmp_path) as serve:
        code, text = output_of("--port", "0", "--data", str(tmp_path))
        assert code == 1
        assert f"(process {serve.process.pid})" in text
        assert text.count("\n") == 1


def test_a_busy_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        code, text = output_of("--port", str(port), "--data", str(tmp_path))
    assert (code, text.count("\n")) == (1, 1)
    assert f"Port {port} on 127.0.0.1 is busy" in text


def test_an_address_that_others_can_reach_has_its_admin_closed_and_says_so(tmp_path: Path) -> None:
    with ServeProcess(tmp_path, "--host", "0.0.0.0") as serve:
        assert "TRACKER_ADMIN_PASSWORD" in serve.output
        assert serve.client.get("/admin/").status_code == 403


def test_ids_that_were_stored_before_a_restart_are_duplicates_after_it(tmp_path: Path) -> None:
    batch = {"batch": [track() for _ in range(10)]}
    with ServeProcess(tmp_path) as serve:
        assert serve.client.post("/v1/batch", json=batch).json()["accepted"] == 10
        serve.end(signal.SIGTERM)
    with ServeProcess(tmp_path) as serve:
        assert serve.client.post("/v1/batch", json=batch).json()["duplicate"] == 10


@pytest.mark.parametrize("arguments", [["--help"], ["serve", "--help"], ["--version"]])
def test_help_needs_nothing_but_the_package(arguments: list[str]) -> None:
    run = [sys.executable, "-m", "tracker.cli", *arguments]
    result = subprocess.run(run, capture_output=True, text=True, check=True)
    assert result.stdout
    assert not result.stderr


def test_without_the_extras_it_says_what_to_install(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['uvicorn'] = None; sys.modules['msgspec'] = None;"
        f"from tracker.cli import main; sys.exit(main(['serve', '--data', {str(tmp_path)!r}]))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert ".whl[collector]'" in result.stderr
    assert "Traceback" not in result.stderr
