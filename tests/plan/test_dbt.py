"""dbt builds the plan's project over what a real collector stored; in an environment of its own."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from examples.lightdash_like import events
from examples.lightdash_like.names import EventName, PageName, SectionName
from examples.lightdash_like.plan import plan
from tools.dbt import prepare
from tracker import PageType, TrackingProvider, TrackPage, TrackSection, cli
from tracker.plan import Plan
from tracker.plan_exports.dbt import project
from tracker.testing import CapturingSink, SequentialIds

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.collector_process import CollectorProcess
    from tracker.plan import Event

pytestmark = pytest.mark.dbt

PROFILE = """\
acme_events:
  target: dev
  outputs:
    dev: {{type: duckdb, path: "{path}", schema: {schema}, threads: 2}}
"""


def dbt(folder: Path, database: Path, schema: str, *arguments: str, code: int = 0) -> str:
    """Run dbt in a project folder; return what it printed once it has ended with this exit code."""
    (folder / "profiles.yml").write_text(PROFILE.format(path=database, schema=schema))
    result = subprocess.run(
        [prepare(), *arguments, "--profiles-dir", ".", "--no-use-colors"],
        cwd=folder,
        env={**os.environ, "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == code, result.stdout[-4000:] + result.stderr[-2000:]
    return result.stdout


def write(files: dict[str, str], folder: Path) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def rows(database: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(query).fetchall()


def clicks() -> list[dict[str, Any]]:
    """What a visitor of the web app does."""
    sink = CapturingSink("acme_webapp", new_id=SequentialIds("web"))
    with TrackingProvider(app="acme_webapp", version="1.4.0", sink=sink) as tracking:
        tracking.identify("user-1", {"role": events.Role.EDITOR, "is_setup_complete": True})
        with TrackPage(PageName.EXPLORER), TrackSection(SectionName.PAGE_FOOTER) as footer:
            footer.track(EventName.RUN_QUERY_BUTTON_CLICKED)
            footer.track(EventName.RUN_QUERY_BUTTON_CLICKED)
            settings = TrackPage(
                PageName.ORGANIZATION_SETTINGS, type=PageType.MODAL, category="settings"
            )
            with settings as modal:
                modal.track(EventName.INVITE_MEMBER_FORM_SUBMITTED)
        tracking.group("organization-1", {"member_count": 3})
    return sink.messages


def server_events() -> list[dict[str, Any]]:
    """What the server of the app has to tell."""
    happened: list[Event] = [
        events.ProjectCreated(
            project_id="p-1",
            project_type=events.DbtConnection.GITHUB,
            warehouse_connection_type=events.Warehouse.SNOWFLAKE,
        ),
        *(
            events.QueryExecuted(
                project_id="p-1",
                source=events.QuerySource.EXPLORER,
                warehouse_type=events.Warehouse.SNOWFLAKE,
                metric_count=2,
                dimension_count=3,
                filter_count=filters,
                is_cached=filters == 0,
                duration=100 * (filters + 1),
            )
            for filters in range(3)
        ),
        events.DashboardUpdated(
            project_id="p-1",
            dashboard_id="d-1",
            chart_count=2,
            filter_count=0,
            chart_types=(events.ChartType.BAR, events.ChartType.LINE),
        ),
        events.DeliveryScheduled(
            project_id="p-1",
            delivery_id="s-1",
            delivery=events.Delivery.SLACK,
            format=events.Format.CSV,
            recipient_count=2,
            interval=86_400_000,
        ),
    ]
    sink = CapturingSink("acme_server", new_id=SequentialIds("server"))
    with TrackingProvider(app="acme_server", sink=sink) as tracking:
        for event in happened:
            tracking.track(event.event_name, event.properties)
    return sink.messages


def send(collector: CollectorProcess, messages: list[dict[str, Any]]) -> None:
    request = urllib.request.Request(
        f"{collector.url}/v1/batch",
        data=json.dumps({"batch": messages}).encode(),
        headers={
            "Authorization": "Basic "
            + base64.b64encode(f"{collector.write_key}:".encode()).decode()
        },
    )
    with urllib.request.urlopen(request) as answer:
        assert json.load(answer)["accepted"] == len(messages)


@pytest.fixture(scope="module")
def sent() -> list[dict[str, Any]]:
    found = clicks() + server_events()
    assert [violation for message in found for violation in plan.check(message).all] == []
    return found


def test_dbt_builds_the_whole_plan_over_what_a_collector_stored(
    start_collector: Callable[..., CollectorProcess], sent: list[dict[str, Any]], tmp_path: Path
) -> None:
    collector = start_collector("--plan", "examples.lightdash_like.plan:plan")
    send(collector, sent)
    # While the collector runs. Two files may have the same messages: here they all do.
    for name in ("first", "second"):
        file = str(tmp_path / f"{name}.parquet")
        assert cli.main(["export", "--data", str(collector.data), "-o", file]) == 0
    folder = write(project(plan), tmp_path / "project")
    database = tmp_path / "built.duckdb"
    variables = json.dumps({"messages": str(tmp_path / "*.parquet")})

    printed = dbt(folder, database, "acme", "build", "--vars", variables)

    assert "ERROR=0" in printed
    assert "WARN=0" in printed
    # Each table is built, and its id tested twice, at the least.
    assert int(printed.rpartition("PASS=")[2].split()[0]) > 3 * len(plan.rules.events)

    assert rows(database, "SELECT count(*), count(DISTINCT id) FROM acme.tracks") == [(9, 9)]
    assert rows(
        database, "SELECT name, category, context_page_type FROM acme.pages ORDER BY id"
    ) == [
        ("explorer", None, "page"),
        ("organization_settings", "settings", "modal"),
    ]
    assert rows(database, "SELECT user_id, role, is_setup_complete FROM acme.identifies") == [
        ("user-1", "editor", True)
    ]
    assert rows(database, "SELECT group_id, member_count FROM acme.groups") == [
        ("organization-1", 3)
    ]
    assert rows(
        database,
        "SELECT event, event_text, context_page_name, context_section_name, context_section_path, "
        "user_id, timestamp IS NOT NULL FROM acme.run_query_button_click LIMIT 1",
    ) == [
        (
            "acme_webapp_run_query_button_click",
            "acme_webapp.run_query_button.click",
            "explorer",
            "page_footer",
            '["page_footer"]',
            "user-1",
            True,
        )
    ]
    assert rows(
        database,
        "SELECT sum(metric_count), median(duration), avg(is_cached::INT) * 3, min(source) "
        "FROM acme.query_executed",
    ) == [(6, 200.0, 1.0, "explorer")]
    assert rows(database, 'SELECT format, "interval" FROM acme.delivery_scheduled') == [
        ("csv", 86_400_000)
    ]
    assert rows(database, "SELECT chart_types FROM acme.dashboard_updated") == [('["bar","line"]',)]
    assert rows(database, "SELECT count(*) FROM acme.project_deleted") == [(0,)]
    check_lightdash(folder)


def check_lightdash(folder: Path) -> None:
    """What dbt hands on to Lightdash has a dimension for every column and metrics where they mean something."""
    nodes = json.loads((folder / "target" / "manifest.json").read_text("utf-8"))["nodes"]
    model = nodes["model.acme_events.query_executed"]
    columns = model["columns"]

    assert model["description"] == "A query ran: how large it was, and never what it said."
    assert all(column["meta"]["dimension"]["type"] for column in columns.values())
    assert columns["duration"]["meta"]["metrics"]["duration_median"]["type"] == "median"
    assert columns["metric_count"]["meta"]["metrics"]["metric_count_sum"]["type"] == "sum"
    assert columns["anonymous_id"]["meta"]["metrics"]["visitors"]["type"] == "count_distinct"
    assert columns["timestamp"]["meta"]["dimension"]["time_intervals"]
    for node in nodes.values():
        if node["resource_type"] == "model" and node["name"] != "messages":
            metrics = [m for c in node["columns"].values() for m in c["meta"].get("metrics", {})]
            assert len(set(metrics)) == len(metrics)
            assert not set(metrics) & set(node["columns"])


def test_over_a_warehouse_tables_may_lack_columns_or_be_missing(
    sent: list[dict[str, Any]], tmp_path: Path
) -> None:
    """Segment and RudderStack make a table, and a column, when a first value comes."""
    database = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute("CREATE SCHEMA loaded")
        connection.execute(
            "CREATE TABLE loaded.acme_server_query_executed AS "
            "SELECT 'm-1' AS id, 'a-1' AS anonymous_id, 'p-1' AS project_id, 'api' AS source, "
            "'duckdb' AS warehouse_type, 1 AS metric_count, 2 AS dimension_count, "
            "0 AS filter_count, 42::DOUBLE AS duration, 'unplanned' AS colour"
        )
        connection.execute("CREATE TABLE loaded.tracks AS SELECT 'm-1' AS ID, 'x' AS event")
    folder = write(project(small(), over="warehouse"), tmp_path / "project")
    variables = json.dumps({"events_schema": "loaded"})

    printed = dbt(folder, database, "acme", "build", "--vars", variables)

    assert "ERROR=0" in printed
    assert rows(
        database, "SELECT id, project_id, duration, is_cached, user_id FROM acme.query_executed"
    ) == [("m-1", "p-1", 42, None, None)]
    assert rows(database, "SELECT id, event FROM acme.tracks") == [("m-1", "x")]
    assert rows(database, "SELECT * FROM acme.run_query_button_click") == []
    assert rows(database, 'SELECT "interval" FROM acme.delivery_scheduled') == []

    # And what the plan does not allow fails the build.
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "UPDATE loaded.acme_server_query_executed SET source = 'elsewhere', project_id = NULL"
        )
    failed = dbt(
        folder,
        database,
        "acme",
        *("test", "--select", "query_executed", "--vars", variables),
        code=1,
    )
    assert "ERROR=2" in failed
    assert "accepted_values_query_executed_source" in failed
    assert "not_null_query_executed_project_id" in failed


def small() -> Plan:
    """A plan of a few events of the example, with descriptions that nobody should write."""
    data = Plan(
        "acme",
        events=[
            EventName.RUN_QUERY_BUTTON_CLICKED,
            events.QueryExecuted,
            events.DeliveryScheduled,
        ],
    ).to_json()
    for event in data["events"]:
        event["description"] = '{{ 1 / 0 }} {% raw %} {# x: "y" \\ # - > | ü \x07 \u2028'
    return Plan.from_json(data)
