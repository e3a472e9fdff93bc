"""The admin application: the site and its API, to be mounted under ``/admin``.

    GET /                       the site
    GET /api/charts             the charts and their specifications
    GET /api/charts/{name}      one chart's rows: ?from&to&zone&app&event
    GET /api/charts/{name}.csv  the same as CSV
    GET /api/summary            totals, and the apps and events that there are
    GET /api/live               what arrives, as server-sent events

Every error is ``{"code", "message"}``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from tracker.collector import admin_live
from tracker.collector.admin_access import Access
from tracker.collector.admin_csv import to_csv
from tracker.collector.charts import CHARTS
from tracker.collector.queries import QueryTimeout, QueryUnavailable, Table, UnknownQuery
from tracker.errors import InvalidInput
from tracker.wire import format_time

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from tracker.collector.live import LiveFeed
    from tracker.collector.queries import QueryProcess


def admin_app(
    *, queries: QueryProcess, live: LiveFeed, assets: Path, password: str | None, loopback: bool
) -> ASGIApp:
    """The admin application over a running query process and the collector's live feed.

    ``assets`` is the folder of built assets, whose ``admin`` folder is the site; ``loopback`` says whether
    the collector listens on a loopback address only.
    """

    async def charts(_: Request) -> Response:
        return JSONResponse({"charts": [chart.to_json() for chart in CHARTS.values()]})

    async def chart(request: Request) -> Response:
        return JSONResponse(_table_json(await _table(request)))

    async def chart_csv(request: Request) -> Response:
        table = await _table(request)
        name = f"{request.path_params['name']}.csv"
        return Response(
            to_csv(table),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    async def _table(request: Request) -> Table:
        name = request.path_params["name"]
        if name not in CHARTS:
            raise UnknownQuery(f"There is no chart of that name; there are {', '.join(CHARTS)}.")
        return await queries.run(name, request.query_params)

    async def summary(request: Request) -> Response:
        totals = await queries.run("totals", request.query_params)
        apps = await queries.ask("apps", totals.filters)
        events = await queries.ask("event_names", totals.filters)
        return JSONResponse(
            {
                "totals": dict(zip((column.name for column in totals.columns), totals.rows[0], strict=True)),
                "apps": [name for name, _ in apps.rows],
                "events": [name for name, _ in events.rows],
                "behind": totals.behind,
            }
        )

    async def follow(request: Request) -> Response:
        last_id = request.headers.get("last-event-id")
        return StreamingResponse(
            admin_live.stream(live, queries, last_id=last_id),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    application = Starlette(
        routes=[
            Route("/api/charts", charts),
            Route("/api/charts/{name}.csv", chart_csv),
            Route("/api/charts/{name}", chart),
            Route("/api/summary", summary),
            Route("/api/live", follow),
            Mount("/", StaticFiles(directory=assets / "admin", html=True, check_dir=False)),
        ],
        exception_handlers={
            InvalidInput: _explain(400, "invalid_parameters"),
            UnknownQuery: _explain(404, "not_found"),
            QueryTimeout: _explain(504, "query_timeout"),
            QueryUnavailable: _explain(503, "unavailable"),
            HTTPException: _explain_http,
        },
    )
    return Access(application, password=password, loopback=loopback)


def _table_json(table: Table) -> dict[str, Any]:
    return {
        "columns": [{"name": column.name, "type": column.type} for column in table.columns],
        "rows": table.rows,
        "from": format_time(table.filters.since),
        "to": format_time(table.filters.until),
        "interval": table.filters.interval,
        "behind": table.behind,
    }


def _explain(status: int, code: str) -> Any:
    async def handler(_: Request, error: Exception) -> Response:
        return JSONResponse({"code": code, "message": str(error)}, status)

    return handler


async def _explain_http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse({"code": "not_found", "message": error.detail}, error.status_code, error.headers)
