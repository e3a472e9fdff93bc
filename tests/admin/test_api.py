"""The admin API: the charts as data, their rows, and errors that say what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from tests.admin.writing import HOUR, NOON, WrittenStore, click, view
from tracker.collector.charts.catalogue import CATALOGUE
from tracker.collector.charts.process import QueryProcess
from tracker.collector.charts.specs import CHARTS
from tracker.collector.site.admin import admin_app
from tracker.collector.site.live import LiveFeed
from tracker.wire import format_time

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = pytest.mark.anyio


@pytest.fixture
async def client(queries: QueryProcess, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Yield a client of the admin application, whose assets are not built."""
    app = admin_app(
        queries=queries,
        live=LiveFeed(),
        assets=tmp_path / "assets",
        write_key="key-of-the-tests",
        planned_app=None,
        password=None,
        loopback=True,
    )
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),  # type: ignore[arg-type] # httpx has its own, narrower ASGI types
        base_url="http://127.0.0.1",
    ) as client:
        yield client


async def test_lists_the_charts_with_their_specifications(client: httpx.AsyncClient) -> None:
    """As data that any Vega-Lite 6 can draw."""
    charts = (await client.get("/api/charts")).json()["charts"]
    assert [chart["name"] for chart in charts] == list(CHARTS)
    for chart in charts:
        assert chart["spec"]["$schema"] == "https://vega.github.io/schema/vega-lite/v6.json"
        assert chart["title"]
        assert chart["description"]


def test_every_chart_has_its_query_and_its_table_the_columns() -> None:
    """A chart that names a column of another query is found here, not on the page."""
    for chart in CHARTS.values():
        columns = {column.name for column in CATALOGUE[chart.name].columns}
        if chart.table:
            assert {chart.table.down, chart.table.across, chart.table.value} <= columns


async def test_rows_of_a_chart_with_their_period(
    store: WrittenStore, client: httpx.AsyncClient
) -> None:
    """The last 24 hours when nothing else is said."""
    store.add(click("1", section="results_table"))
    answer = await client.get("/api/charts/pages_by_sections")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == {
        "columns": [
            {"name": "page", "type": "text"},
            {"name": "section", "type": "text"},
            {"name": "events", "type": "number"},
        ],
        "rows": [["explorer", "results_table", 1]],
        "from": format_time(NOON - 23 * HOUR),
        "to": format_time(NOON + HOUR),
        "interval": "hour",
        "behind": 0,
    }


async def test_the_same_rows_as_csv(store: WrittenStore, client: httpx.AsyncClient) -> None:
    """As a file, with the chart's name."""
    store.add(click("1", page="=cmd()", section="results_table"))
    answer = await client.get("/api/charts/pages_by_sections.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="pages_by_sections.csv"'
    assert answer.text == "page,section,events\r\n'=cmd(),results_table,1\r\n"


async def test_summary_has_totals_and_what_can_be_chosen(
    store: WrittenStore, client: httpx.AsyncClient
) -> None:
    """The choices do not narrow with the event that is chosen."""
    store.add(click("1"), click("2", "nav_button.click"), view("3"))
    answer = (await client.get("/api/summary?event=acme.nav_button.click")).json()
    assert answer["totals"] == {
        "events": 1,
        "pageViews": 0,
        "visitors": 1,
        "sessions": 1,
        "stored": 3,
    }
    assert answer["apps"] == ["acme"]
    assert answer["events"] == ["page view", "acme.nav_button.click", "acme.run_query_button.click"]


@pytest.mark.parametrize(
    "path", ["/api/summary", "/api/charts/top_events", "/api/charts/top_events.csv"]
)
async def test_wrong_parameters_are_400_with_the_mend(client: httpx.AsyncClient, path: str) -> None:
    """Each mistake is named."""
    answer = await client.get(f"{path}?from=yesterday&evnt=x")
    assert answer.status_code == 400
    assert answer.json() == {
        "code": "invalid_parameters",
        "message": "`evnt` is no parameter; use from, to, zone, app, event. "
        "`from` must be an ISO 8601 time in UTC, such as 1970-01-01T00:00:00.000Z.",
    }


@pytest.mark.parametrize("path", ["/api/charts/nothing", "/api/charts/totals.csv", "/api/nothing"])
async def test_unknown_addresses_are_404(client: httpx.AsyncClient, path: str) -> None:
    """Queries that are no charts are not there either."""
    answer = await client.get(path)
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


async def test_other_methods_are_405(client: httpx.AsyncClient) -> None:
    """Nothing here can be changed."""
    answer = await client.post("/api/summary")
    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}
    assert answer.json()["code"] == "method_not_allowed"


async def test_the_live_stream_answers_head_and_ends(client: httpx.AsyncClient) -> None:
    """Asking for the headers alone opens no stream."""
    answer = await client.head("/api/live")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")


async def test_a_query_process_that_cannot_answer_is_503(
    client: httpx.AsyncClient, queries: QueryProcess
) -> None:
    """As while the collector shuts down."""
    await queries.close()
    answer = await client.get("/api/summary")
    assert answer.status_code == 503
    assert answer.json()["code"] == "unavailable"


async def test_site_that_is_not_built_says_how_to_build_it(client: httpx.AsyncClient) -> None:
    """Rather than only that it is missing."""
    answer = await client.get("/")
    assert answer.status_code == 404
    assert "build.py build" in answer.text
