"""Everything but ingestion: the loader and its assets, the demo, health, metrics, and the admin."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route, request_response
from starlette.types import ASGIApp

from .admin_access import Access
from .assets import IMMUTABLE, REVALIDATE, Assets

_PLAIN = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}

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
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    ),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
}


def site(
    *,
    assets: Assets,
    admin: ASGIApp,
    demo: bool,
    password: str | None,
    loopback: bool,
    ready: Callable[[], Awaitable[str | None]],
    metrics: Callable[[], str],
) -> ASGIApp:
    """The application; ``ready`` gives the reason why the store cannot be written, or None."""

    async def home(_: Request) -> Response:
        return RedirectResponse("/demo/" if demo else "/admin/", 302)

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok"}, headers={"cache-control": "no-store", **_PLAIN})

    async def is_ready(_: Request) -> Response:
        reason = await ready()
        headers = {"cache-control": "no-store", **_PLAIN}
        if reason is None:
            return JSONResponse({"status": "ready"}, headers=headers)
        body = {"code": "unavailable", "message": reason}
        return JSONResponse(body, 503, headers={"retry-after": "5", **headers})

    async def counted(_: Request) -> Response:
        media_type = "text/plain; version=0.0.4; charset=utf-8"
        return PlainTextResponse(metrics(), media_type=media_type)

    async def loader(request: Request) -> Response:
        found = assets.respond(request, "tracker.js", cache=REVALIDATE, headers=_SHARED)
        return found or assets.missing()

    async def asset(request: Request) -> Response:
        name = "assets/" + request.path_params["path"]
        found = assets.respond(request, name, cache=IMMUTABLE, headers=_SHARED)
        return found or assets.missing()

    async def demo_file(request: Request) -> Response:
        path: str = request.path_params["path"]
        for name in (path or "index.html", "index.html"):
            found = assets.respond(request, f"demo/{name}", cache=REVALIDATE, headers=_DEMO)
            if found is not None:
                return found
            # Client-side routes are pages without an extension; a file that is missing is missing.
            if "." in path.rpartition("/")[2]:
                break
        return assets.missing()

    async def icon(_: Request) -> Response:
        return Response(status_code=204, headers={"cache-control": "public, max-age=86400"})

    async def nothing(_: Request, __: Exception) -> Response:
        body = {"code": "not_found", "message": "There is no such page."}
        return JSONResponse(body, 404, headers=_PLAIN)

    routes: list[BaseRoute] = [
        Route("/", home),
        Route("/health", health),
        Route("/ready", is_ready),
        Route("/favicon.ico", icon),
        Route("/tracker.js", loader),
        Route("/assets/{path:path}", asset),
        # Counts say how much business there is: they are for whom the charts are for.
        Route("/metrics", Access(request_response(counted), password=password, loopback=loopback)),
        Mount("/admin", admin),
    ]
    if demo:
        routes.append(Route("/demo/{path:path}", demo_file))
        routes.append(Route("/demo", lambda _: RedirectResponse("/demo/")))
    return Starlette(routes=routes, exception_handlers={404: nothing})
