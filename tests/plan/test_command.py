"""``tracker plan``: what it writes, what it says, and its exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from examples.lightdash_like.plan import plan
from tracker.cli import main
from tracker.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
EXAMPLE = str(ROOT / "examples" / "lightdash_like" / "plan.py") + ":plan"


def tracker(*arguments: str, cwd: Path = ROOT, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own: it imports what it is told to."""
    return subprocess.run(
        [sys.executable, "-m", "tracker.cli", *arguments],
        cwd=cwd,
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )


def write(folder: Path, name: str, *lines: str) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["from tracker.plan import *", *lines]) + "\n")
    return str(path)


@pytest.mark.parametrize(
    "named", [EXAMPLE, "examples.lightdash_like.plan:plan", "examples.lightdash_like.plan"]
)
def test_a_plan_is_found_by_file_and_by_module(named: str) -> None:
    result = tracker("plan", "check", "--plan", named)

    assert result.returncode == 0
    assert f"acme 1.4.0, hash {plan.hash}: {len(plan.rules.events)} events" in result.stdout
    assert "free text, because" in result.stdout
    assert result.stderr == ""


def test_the_plan_as_json_is_the_same_plan(tmp_path: Path) -> None:
    path = str(tmp_path / "deep" / "plan.json")

    assert main(["plan", "json", "--plan", EXAMPLE, "-o", path]) == 0
    assert Plan.from_json(json.loads(Path(path).read_text("utf-8"))) == plan
    assert tracker("plan", "check", "--plan", path).returncode == 0
    assert tracker("plan", "diff", path, EXAMPLE).stdout.endswith("Nothing changed.\n")


@pytest.mark.parametrize(
    ("command", "start"),
    [
        (["types"], "// Made by `tracker plan types`"),
        (["types", "--values"], "// Made by `tracker plan types`"),
        (["schema"], "{"),
        (["docs"], "# Tracking plan of acme"),
        (["json"], "{"),
    ],
)
def test_what_is_made_goes_to_standard_output_or_to_a_file(
    command: Sequence[str], start: str, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    printed = tracker("plan", *command, "--plan", EXAMPLE)
    written = tracker("plan", *command, "--plan", EXAMPLE, "--out", str(out))

    assert (printed.returncode, written.returncode) == (0, 0)
    assert printed.stdout.startswith(start)
    assert out.read_text("utf-8") == printed.stdout
    assert written.stdout == ""


def test_the_react_binding_may_be_imported_under_another_name() -> None:
    result = tracker("plan", "types", "--plan", EXAMPLE, "--react-module", "@acme/tracking")

    assert 'declare module "@acme/tracking" {' in result.stdout


def test_a_plan_that_breaks_its_rules_is_a_finding_with_the_mend(tmp_path: Path) -> None:
    path = write(tmp_path, "plan.py", 'plan = Plan("acme", events=["run_query_button.clicked"])')

    result = tracker("plan", "check", "--plan", path)

    assert result.returncode == 1
    assert "did you mean run_query_button.click?" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("acme.plan:plan", 'there is no module "acme.plan"'),
        ("nowhere/plan.py:plan", "there is no such file"),
        ("nowhere.json", "cannot be read"),
        ("examples.lightdash_like.plan:other", "it has plan"),
        ("examples.lightdash_like.names", "it has no Plan"),
    ],
)
def test_what_is_no_plan_is_a_mistake_of_the_command_line(named: str, said: str) -> None:
    result = tracker("plan", "check", "--plan", named)

    assert result.returncode == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_a_module_that_fails_says_why(tmp_path: Path) -> None:
    broken = write(tmp_path, "broken.py", "1 / 0")
    needs = write(tmp_path, "needs.py", "import not_installed_here")

    for path, said in ((broken, "ZeroDivisionError"), (needs, "not_installed_here")):
        result = tracker("plan", "check", "--plan", path)
        assert result.returncode == 2
        assert said in result.stderr
        assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [["plan"], ["plan", "check"], ["plan", "dbt"], ["plan", "diff", "a"], ["plan", "x"]],
)
def test_a_command_line_that_is_incomplete_is_refused(arguments: list[str]) -> None:
    result = tracker(*arguments)

    assert result.returncode == 2
    assert "usage: tracker plan" in result.stderr


@pytest.mark.parametrize("command", ["", "check", "types", "schema", "docs", "json", "dbt", "diff"])
def test_every_command_has_help(command: str) -> None:
    result = tracker("plan", *filter(None, [command]), "--help")

    assert result.returncode == 0
    assert "usage: tracker plan" in result.stdout


def test_a_file_that_cannot_be_written_is_said_without_a_traceback(tmp_path: Path) -> None:
    result = tracker("plan", "docs", "--plan", EXAMPLE, "-o", str(tmp_path))

    assert result.returncode == 2
    assert "Traceback" not in result.stderr


def test_recorded_messages_are_checked_line_by_line(tmp_path: Path) -> None:
    good = {"type": "track", "event": "acme_webapp.run_query_button.click"}
    bad = {"type": "track", "event": "acme_webapp.project.created", "properties": {"sql": "s3cret"}}
    path = tmp_path / "messages.ndjson"
    path.write_text("\n".join([json.dumps(good), json.dumps(bad), "", "no json"]))

    result = tracker("plan", "check", "--plan", EXAMPLE, "--messages", str(path))

    assert result.returncode == 1
    assert "line 2: refuse: properties.project_id: " in result.stdout
    assert "line 4: expected a message as JSON" in result.stdout
    assert "3 messages, 1 pass, 2 do not." in result.stdout
    assert "s3cret" not in result.stdout
    passed = tracker("plan", "check", "--plan", EXAMPLE, "--messages", "-", text=json.dumps(good))
    assert passed.returncode == 0
    assert "1 messages, 1 pass, 0 do not." in passed.stdout


def test_a_breaking_change_is_a_finding_and_a_compatible_one_is_not(tmp_path: Path) -> None:
    first = write(tmp_path, "one.py", 'plan = Plan("acme", events=["a.click"], version="1")')
    second = write(
        tmp_path, "two.py", 'plan = Plan("acme", events=["a.click", "b.click"], version="2")'
    )

    onwards = tracker("plan", "diff", first, second)
    back = tracker("plan", "diff", second, first)

    assert onwards.returncode == 0
    assert "Compatible (1):\n  The event b.click is new." in onwards.stdout
    assert back.returncode == 1
    assert "Breaking (1):\n  The event b.click is gone." in back.stdout
    assert "plan_version" in back.stdout


def test_rules_that_changed_under_one_version_are_pointed_out(tmp_path: Path) -> None:
    first = write(tmp_path, "one.py", 'plan = Plan("acme", events=["a.click"])')
    second = write(tmp_path, "two.py", 'plan = Plan("acme", events=["a.click", "b.click"])')

    assert "Both are called version 0" in tracker("plan", "diff", first, second).stdout


def test_a_plan_in_a_package_may_import_its_neighbours(tmp_path: Path) -> None:
    write(tmp_path, "acme/__init__.py")
    write(tmp_path, "acme/names.py", 'EVENTS = ["a.click"]')
    path = write(
        tmp_path, "acme/plan.py", "from .names import EVENTS", 'plan = Plan("acme", events=EVENTS)'
    )

    assert "1 events" in tracker("plan", "check", "--plan", path).stdout
    assert "1 events" in tracker("plan", "check", "--plan", "acme.plan", cwd=tmp_path).stdout
