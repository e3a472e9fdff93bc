"""The TypeScript of a plan, compiled: right calls pass, and each wrong one fails where it is wrong."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from examples.lightdash_like.plan import plan
from tracker.plan import Plan
from tracker.plan_exports.typescript import declarations, values

HERE = Path(__file__).parent
TSC = HERE.parents[1] / "node_modules" / ".bin" / "tsc"
OPTIONS = {
    "strict": True,
    "noEmit": True,
    "target": "es2022",
    "module": "esnext",
    "moduleResolution": "bundler",
    "lib": ["es2022", "dom"],
    "types": [],
    "checkJs": True,
    "allowJs": True,
}
ERROR = re.compile(r"^(?P<file>[\w.]+)\((?P<line>\d+),\d+\): error (?P<code>TS\d+)", re.MULTILINE)
EXPECTED = re.compile(r"// (TS\d+)$")


def errors(folder: Path, *sources: str, of: Plan = plan) -> list[tuple[str, int, str]]:
    """Return file, line and code of each error that tsc finds in these sources with the plan's types."""
    (folder / "tracking.d.ts").write_text(declarations(of), "utf-8")
    (folder / "names.ts").write_text(values(of), "utf-8")
    for source in sources:
        shutil.copy(HERE / source, folder)
    (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": OPTIONS}))
    result = subprocess.run(
        [TSC, "--project", ".", "--pretty", "false"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    found = [(one["file"], int(one["line"]), one["code"]) for one in ERROR.finditer(result.stdout)]
    assert bool(found) == bool(result.returncode), result.stdout
    return found


def test_right_calls_compile(tmp_path: Path) -> None:
    assert errors(tmp_path, "right.ts", "right_react.ts") == []


def test_each_wrong_call_fails_where_it_is_wrong_and_nothing_else_does(tmp_path: Path) -> None:
    lines = (HERE / "wrong.ts").read_text("utf-8").splitlines()
    expected = [
        ("wrong.ts", number, match[1])
        for number, line in enumerate(lines, start=1)
        if (match := EXPECTED.search(line))
    ]

    assert len(expected) > 20
    assert errors(tmp_path, "wrong.ts") == expected


@pytest.mark.parametrize(
    "of", [Plan("acme"), Plan("acme", events=["a.click"], pages=[], sections=[], categories=[])]
)
def test_the_types_of_a_plan_with_little_in_it_compile(tmp_path: Path, of: Plan) -> None:
    assert errors(tmp_path, of=of) == []


def test_what_people_wrote_cannot_leave_its_comment(tmp_path: Path) -> None:
    data = plan.to_json()
    nasty = 'x */ } export const evil = "\n//" /* ${a} `'
    data["version"] = nasty
    for event in data["events"]:
        event["description"] = nasty
        for one in event.get("properties", ()):
            one["description"] = nasty
            if one["type"]["kind"] == "choice" and isinstance(one["type"]["choices"][0], str):
                one["type"]["choices"] += ['"; evil', "\\", "\n", "*/"]

    assert errors(tmp_path, "right.ts", of=Plan.from_json(data)) == []
