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

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from tracker.errors import InvalidInput
from tracker.wire import format_time

from ..charts.process import QueryProcess, QueryTimeout, QueryUnavailable, Table, UnknownQuery
from ..charts.specs import CHARTS
from .access import Access
from .assets import IMMUTABLE, REVALIDATE, Assets
from .live import LiveFeed
from .live_stream import stream
from .table_csv import to_csv

MAX_WATCHERS = 100
"""Live streams at once; each holds a connection and a bounded queue."""

_FRESH = {"Cache-Control": "no-store"}


def admin_app(
    *,
    queries: QueryProcess,
    live: LiveFeed,
    assets: Path,
    write_key: str,
    planned_app: str | None,
    password: str | None,
    loopback: bool,
) -> ASGIApp:
    """The admin application over a running query process and the collector's live feed.

    ``assets`` is the folder of built assets, whose ``admin`` folder is the site; ``write_key`` is
    the one for the script tag that the site shows while there are no events, and ``planned_app`` what
    it calls the application where a plan has a say; ``loopback`` says whether the collector listens on
    a loopback address only.
    """
    admin = _Admin(queries, live, Assets(assets), write_key, planned_app)
    application = Starlette(
        routes=[
            Route("/api/charts", admin.charts),
            Route("/api/charts/{name}.csv", admin.chart_csv),
            Route("/api/charts/{name}", admin.chart),
            Route("/api/summary", admin.summary),
            Route("/api/live", admin.follow),
            Route("/api/{path:path}", _nothing),
            Route("/{path:path}", admin.site),
        ],
        exception_handlers={
            InvalidInput: _invalid_parameters,
            UnknownQuery: _explained(404, "not_found"),
            QueryTimeout: _explained(504, "query_timeout"),
            QueryUnavailable: _explained(503, "unavailable"),
            HTTPException: _http_error,
        },
    )
    return Access(application, password=password, loopback=loopback)


class _Admin:
    def __init__(
        self,
        queries: QueryProcess,
        live: LiveFeed,
        assets: Assets,
        write_key: str,
        planned_app: str | None,
    ) -> None:
        self._queries = queries
        self._live = live
        self._assets = assets
        self._write_key = write_key
        self._planned_app = planned_app

    async def charts(self, _: Request) -> Response:
        return JSONResponse({"charts": [chart.to_json() for chart in CHARTS.values()]})

    async def chart(self, request: Request) -> Response:
        table = await self._table(request)
        answer = {
            "columns": [{"name": column.name, "type": column.type} for column in table.columns],
            "rows": table.rows,
            "from": format_time(table.filters.since),
            "to": format_time(table.filters.until),
            "interval": table.filters.interval,
            "behind": table.behind,
        }
        return JSONResponse(answer, headers=_FRESH)

    async def chart_csv(self, request: Request) -> Response:
        table = await self._table(request)
        file_name = f"{request.path_params['name']}.csv"
        return Response(
            to_csv(table),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{file_name}"', **_FRESH},
        )

    async def summary(self, request: Request) -> Response:
        totals = await self._queries.run("totals", _parameters(request))
        apps = await self._queries.ask("apps", totals.filters)
        events = await self._queries.ask("event_names", totals.filters)
        names = (column.name for column in totals.columns)
        answer = {
            "totals": dict(zip(names, totals.rows[0], strict=True)),
            "apps": [name for name, _ in apps.rows],
            "events": [name for name, _ in events.rows],
            "writeKey": self._write_key,
            "plannedApp": self._planned_app,
            "behind": totals.behind,
        }
        return JSONResponse(answer, headers=_FRESH)

    async def follow(self, request: Request) -> Response:
        if self._live.watchers >= MAX_WATCHERS:
            message = "Too many live views are open. Close one and try again."
            return _error(503, "unavailable", message, {"Retry-After": "10"})
        headers = {"X-Accel-Buffering": "no", **_FRESH}
        if request.method == "HEAD":
            return Response(media_type="text/event-stream", headers=headers)
        last_id = request.headers.get("last-event-id")
        events = stream(self._live, self._queries, last_id=last_id)
        return StreamingResponse(events, media_type="text/event-stream", headers=headers)

    async def site(self, request: Request) -> Response:
        path: str = request.path_params["path"] or "index.html"
        # The build puts what has its content's hash in its name into a folder of its own.
        cache = IMMUTABLE if path.startswith("assets/") else REVALIDATE
        found = self._assets.respond(request, f"admin/{path}", cache=cache, headers={})
        return found or self._assets.missing()

    async def _table(self, request: Request) -> Table:
        name: str = request.path_params["name"]
        if name not in CHARTS:
            message = f"There is no chart of that name; there are {', '.join(CHARTS)}."
            raise UnknownQuery(message)
        return await self._queries.run(name, _parameters(request))


def _parameters(request: Request) -> dict[str, str]:
    return dict(request.query_params)


def _explained(status: int, code: str) -> Callable[[Request, Exception], Awaitable[Response]]:
    """A handler for errors whose text is meant for whoever asked."""

    async def handler(_: Request, error: Exception) -> Response:
        return _error(status, code, str(error))

    return handler


async def _invalid_parameters(_: Request, error: Exception) -> Response:
    """Every violation as a sentence of its own."""
    violations = error.violations if isinstance(error, InvalidInput) else ()
    return _error(
        400, "invalid_parameters", " ".join(f"`{v.field}` {v.message}" for v in violations)
    )


async def _nothing(_: Request) -> Response:
    raise HTTPException(404)


async def _http_error(_: Request, error: Exception) -> Response:
    """What Starlette itself refuses: other methods than GET and HEAD."""
    if isinstance(error, HTTPException) and error.status_code == 405:
        message = "The admin pages only read: use GET."
        return _error(405, "method_not_allowed", message, dict(error.headers or {}))
    return _error(404, "not_found", "There is no such page.")


def _error(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> Response:
    body: dict[str, Any] = {"code": code, "message": message}
    return JSONResponse(body, status, headers)
