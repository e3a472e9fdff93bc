"""``tracker build``: a folder for a static host, whole at each moment, and nobody's files lost."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tracker import cli
from tracker.cli.build import build
from tracker.errors import ConfigurationError
from tracker.plan import Plan
from tracker.privacy import Policy

FILES = {
    "tracker.js": b"loader",
    "tracker.js.br": b"br",
    "tracker.js.gz": b"gz",
    "react.js": b"react",
    "plan.json": b'{"plan":null,"privacy":null}',
    "plan.json.br": b"br",
    "plan.json.gz": b"gz",
    "assets/worker-1a2b.js": b"worker",
    "assets/pyodide-314.0.7/pyodide.asm.wasm": b"wasm",
    "python/tracker-0.1.0-py3-none-any.whl": b"wheel",
    "demo/index.html": b"demo",
    "admin/index.html": b"admin",
    "manifest.json": b"{}",
}
LOADED = {
    "tracker.js",
    "tracker.js.br",
    "tracker.js.gz",
    "react.js",
    "plan.json",
    "plan.json.gz",
    "assets/worker-1a2b.js",
    "assets/pyodide-314.0.7/pyodide.asm.wasm",
    "python/tracker-0.1.0-py3-none-any.whl",
    "tracker-build.json",
}


@pytest.fixture
def assets(tmp_path: Path) -> Path:
    """Return a small build of the browser's files."""
    for name, content in FILES.items():
        path = tmp_path / "assets" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path / "assets"


def _names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_it_has_what_pages_load_and_not_the_collector_s_own_sites(
    assets: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "deep" / "out"
    build(assets, out, '{"plan":{}}')
    assert _names(out) == LOADED
    assert (out / "assets/worker-1a2b.js").read_bytes() == b"worker"
    assert (out / "plan.json").read_text() == '{"plan":{}}'
    # The brotli form of the file without a plan must not outlive it.
    assert gzip.decompress((out / "plan.json.gz").read_bytes()) == b'{"plan":{}}'
    printed = capsys.readouterr().out
    assert "tracker.js" in printed
    assert "10 files" not in printed
    assert "9 files" in printed


def test_the_next_build_replaces_what_the_last_one_made_and_nothing_else(
    assets: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    build(assets, out, "{}")
    (out / "robots.txt").write_text("mine")
    (assets / "assets/worker-1a2b.js").rename(assets / "assets/worker-3c4d.js")
    build(assets, out, '{"plan":1}')
    assert _names(out) == LOADED - {"assets/worker-1a2b.js"} | {
        "assets/worker-3c4d.js",
        "robots.txt",
    }
    assert (out / "plan.json").read_text() == '{"plan":1}'


def test_a_folder_that_another_program_has_filled_is_left_alone_unless_told(
    assets: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "index.html").write_text("mine")
    with pytest.raises(ConfigurationError, match="--force"):
        build(assets, out, "{}")
    assert _names(out) == {"index.html"}
    build(assets, out, "{}", force=True)
    assert _names(out) == LOADED | {"index.html"}
    assert (out / "index.html").read_text() == "mine"
    with pytest.raises(ConfigurationError, match="--force"):
        build(assets, out / "index.html", "{}")


def test_the_command_bakes_the_plan_and_the_policy_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = Plan("acme", version="3", page_facts=["title"])
    (tmp_path / "plan.json").write_text(json.dumps(plan.to_json()))
    config = tmp_path / "tracker.toml"
    config.write_text("[privacy]\nactions = { email = 'refuse' }\n")
    out = tmp_path / "out"
    arguments = ["--plan", str(tmp_path / "plan.json"), "--config", str(config), "-o", str(out)]
    assert cli.main(["build", *arguments]) == 0
    written = json.loads((out / "plan.json").read_text())
    assert Plan.from_json(written["plan"]) == plan
    policy = Policy.from_json(written["privacy"])
    assert policy.page.allow == {"hostname", "title"}
    assert policy.actions == {"email": "refuse"}
    assert (out / "tracker.js").stat().st_size > 1000
    assert plan.hash in capsys.readouterr().out


def test_without_a_plan_it_says_what_that_means(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["build", "-o", str(tmp_path / "out")]) == 0
    assert "Without a plan" in capsys.readouterr().out
    assert json.loads((tmp_path / "out" / "plan.json").read_text())["plan"] is None
    assert cli.main(["build", "-o", str(tmp_path / "out"), "--plan", "nowhere:plan"]) == 1
