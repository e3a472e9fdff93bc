"""Tracking for each request of an ASGI application (Starlette, FastAPI, Django, Litestar …).

app = TrackingMiddleware(app, analytics, user=lambda scope: scope["user"].id)
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from .request import HEADER
from .settings import check_middleware

if TYPE_CHECKING:
    from .analytics import Analytics
    from .values import UserId

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
ASGIApp: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

_HEADER = HEADER.lower().encode()


class TrackingMiddleware:
    """Runs each HTTP request and WebSocket inside a provider of its own.

    ``user`` is given the ASGI scope and says who is signed in, None for nobody; it is asked each
    time something is tracked, so it sees what authentication inside of this middleware has found.
    """

    def __init__(
        self,
        app: ASGIApp,
        analytics: Analytics,
        *,
        user: Callable[[Scope], UserId | None] | None = None,
    ) -> None:
        check_middleware(app, analytics, user)
        self._app = app
        self._analytics = analytics
        self._user = user

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        user = None if self._user is None else partial(self._user, scope)
        with self._analytics.request(_header(scope), user=user):
            await self._app(scope, receive, send)


def _header(scope: Scope) -> str | None:
    """Return the header, None when it is not there exactly once."""
    values = [value for name, value in scope.get("headers", ()) if name.lower() == _HEADER]
    return values[0].decode("latin-1") if len(values) == 1 else None
