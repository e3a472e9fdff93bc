"""Event classes under pyright, strict: their constructors are known, and wrong calls are marked."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
PYRIGHT = ROOT / "node_modules" / ".bin" / "pyright"
EXPECTED = re.compile(r"# (report\w+)$")

SOURCE = """\
from enum import Enum
from typing import Annotated, Literal, assert_type

from tracker import Page
from tracker.plan import AtMost, Count, Event, Id, Plan, Properties, Text


class Warehouse(Enum):
    POSTGRES = "postgres"


class ProjectEvent(Event):
    project_id: Id


class ProjectCreated(ProjectEvent, name="project.created"):
    warehouse: Warehouse
    kind: Literal["dbt", "none"] = "dbt"
    seats: Count | None = None
    tags: Annotated[tuple[Warehouse, ...], AtMost(3)] = ()
    note: Annotated[str, Text(max_length=80, because="support asked for it")] | None = None


class UserTraits(Properties):
    seats: Count


event = ProjectCreated(project_id="p-1", warehouse=Warehouse.POSTGRES)
assert_type(event.seats, int | None)
assert_type(event.project_id, str)
assert_type(event.event_name, str)
ProjectCreated(project_id="p", warehouse=Warehouse.POSTGRES, kind="none", tags=(Warehouse.POSTGRES,))
UserTraits(seats=3)
plan = Plan(
    "acme",
    events=[ProjectCreated, "run_query_button.click", Warehouse],
    pages=Warehouse,
    routes={"/": Page("welcome")},
    user_traits=UserTraits,
    unplanned="allow",
)
assert_type(plan.hash, str)
for violation in plan.check({}).all:
    assert_type(violation.field, str)

ProjectCreated(project_id="p-1")  # reportCallIssue
ProjectCreated("p-1", Warehouse.POSTGRES)  # reportCallIssue
ProjectCreated(project_id=1, warehouse=Warehouse.POSTGRES)  # reportArgumentType
ProjectCreated(project_id="p", warehouse="postgres")  # reportArgumentType
ProjectCreated(project_id="p", warehouse=Warehouse.POSTGRES, kind="x")  # reportArgumentType
ProjectCreated(project_id="p", warehouse=Warehouse.POSTGRES, sql="select 1")  # reportCallIssue
event.project_id = "p-2"  # reportAttributeAccessIssue
event.colour  # reportAttributeAccessIssue
Plan("acme", unplanned="ignore")  # reportArgumentType
Plan("acme", events=[3])  # reportArgumentType
Plan("acme", user_traits=Warehouse)  # reportArgumentType
"""


def test_pyright_knows_what_an_event_is_made_of(tmp_path: Path) -> None:
    path = tmp_path / "uses.py"
    path.write_text(SOURCE)
    settings = {"typeCheckingMode": "strict", "extraPaths": [str(ROOT)], "include": ["."]}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    result = subprocess.run(
        [PYRIGHT, "--outputjson", "--project", tmp_path],
        capture_output=True,
        text=True,
        check=False,
    )
    found = {
        (one["range"]["start"]["line"], one.get("rule"))
        for one in json.loads(result.stdout)["generalDiagnostics"]
        # `event.colour` is a statement without an effect as well; that is not what this is about.
        if one.get("rule") not in ("reportUnusedExpression", "reportUnknownMemberType")
    }
    expected = {
        (number, match[1])
        for number, line in enumerate(SOURCE.splitlines())
        if (match := EXPECTED.search(line))
    }

    assert len(expected) == 11
    assert found == expected
