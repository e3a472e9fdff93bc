"""Everything but ingestion: the loader and its assets, the demo, health, metrics, and the admin."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route, request_response
from starlette.types import ASGIApp

from .access import Access
from .assets import IMMUTABLE, REVALIDATE, Assets
from .plans import PlanDocuments

_PLAIN = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}
_FRESH = {"cache-control": "no-store", **_PLAIN}

# Any page may load the loader, its worker and Python.
_SHARED = {
    **_PLAIN,
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
    "timing-allow-origin": "*",
}

# The demo is as strict as a page that embeds the tracker can be.
_DEMO = {
    **_PLAIN,
    "content-security-policy": "; ".join(
        (
            "default-src 'self'",
            "script-src 'self' 'wasm-unsafe-eval'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    ),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
}


@dataclass(frozen=True, slots=True)
class Site:
    """What the pages need to know.

    ``ready`` gives the reason why the store cannot be written, or None.
    """

    assets: Assets
    plans: PlanDocuments
    admin: ASGIApp
    demo: bool
    password: str | None
    loopback: bool
    ready: Callable[[], Awaitable[str | None]]
    metrics: Callable[[], str]

    def app(self) -> ASGIApp:
        """The ASGI application."""
        # Counts say how much business there is: they are for whom the charts are for.
        metrics = Access(
            request_response(self._metrics), password=self.password, loopback=self.loopback
        )
        routes: list[BaseRoute] = [
            Route("/", self._home),
            Route("/health", _health),
            Route("/ready", self._ready),
            Route("/favicon.ico", _icon),
            Route("/tracker.js", self._script),
            Route("/react.js", self._script),
            Route("/plan.json", self._plan),
            Route("/assets/{path:path}", self._asset),
            Route("/python/{path:path}", self._python),
            Route("/metrics", metrics),
            Mount("/admin", self.admin),
        ]
        if self.demo:
            routes.append(Route("/demo/{path:path}", self._demo_file))
            routes.append(Route("/demo", _demo))
        return Starlette(routes=routes, exception_handlers={404: _nothing})

    async def _home(self, _: Request) -> Response:
        return RedirectResponse("/demo/" if self.demo else "/admin/", 302)

    async def _ready(self, _: Request) -> Response:
        reason = await self.ready()
        if reason is None:
            return JSONResponse({"status": "ready"}, headers=_FRESH)
        body = {"code": "unavailable", "message": reason}
        return JSONResponse(body, 503, headers={"retry-after": "5", **_FRESH})

    async def _metrics(self, _: Request) -> Response:
        media_type = "text/plain; version=0.0.4; charset=utf-8"
        return PlainTextResponse(self.metrics(), media_type=media_type)

    async def _script(self, request: Request) -> Response:
        name = request.url.path.removeprefix("/")
        found = self.assets.respond(request, name, cache=REVALIDATE, headers=_SHARED)
        return found or self.assets.missing()

    async def _plan(self, request: Request) -> Response:
        return self.plans.respond(request, _SHARED)

    async def _asset(self, request: Request) -> Response:
        name = "assets/" + request.path_params["path"]
        found = self.assets.respond(request, name, cache=IMMUTABLE, headers=_SHARED)
        return found or self.assets.missing()

    async def _python(self, request: Request) -> Response:
        name = "python/" + request.path_params["path"]
        found = self.assets.respond(request, name, cache=REVALIDATE, headers=_SHARED)
        return found or self.assets.missing()

    async def _demo_file(self, request: Request) -> Response:
        path: str = request.path_params["path"]
        # Client-side routes are pages without an extension; a file that is missing is missing.
        is_file = "." in path.rpartition("/")[2]
        for name in (path,) if is_file else (f"{path}/index.html".lstrip("/"), "index.html"):
            found = self.assets.respond(request, f"demo/{name}", cache=REVALIDATE, headers=_DEMO)
            if found is not None:
                return found
        return self.assets.missing()


async def _health(_: Request) -> Response:
    return JSONResponse({"status": "ok"}, headers=_FRESH)


async def _demo(_: Request) -> Response:
    return RedirectResponse("/demo/", 302)


async def _icon(_: Request) -> Response:
    return Response(status_code=204, headers={"cache-control": "public, max-age=86400"})


async def _nothing(_: Request, __: Exception) -> Response:
    body = {"code": "not_found", "message": "There is no such page."}
    return JSONResponse(body, 404, headers=_PLAIN)
