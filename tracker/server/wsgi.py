"""Tracking for each request of a WSGI application (Flask, Django, Pyramid …).

app.wsgi_app = WSGITrackingMiddleware(app.wsgi_app, analytics)
"""

from __future__ import annotations

from contextvars import copy_context
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from .request import HEADER
from .settings import check_middleware

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextvars import Context

    from .analytics import Analytics
    from .values import UserId

Environ: TypeAlias = "dict[str, Any]"
WSGIApp: TypeAlias = "Callable[[Environ, Callable[..., Any]], Iterable[bytes]]"

_HEADER = "HTTP_" + HEADER.upper().replace("-", "_")


class WSGITrackingMiddleware:
    """Runs each request inside a provider of its own, until the last byte of its answer.

    ``user`` is given the WSGI environment and says who is signed in, None for nobody; it is asked
    each time something is tracked.
    """

    def __init__(
        self,
        app: WSGIApp,
        analytics: Analytics,
        *,
        user: Callable[[Environ], UserId | None] | None = None,
    ) -> None:
        check_middleware(app, analytics, user)
        self._app = app
        self._analytics = analytics
        self._user = user

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Serve one request."""
        user = None if self._user is None else partial(self._user, environ)
        provider = self._analytics.request(environ.get(_HEADER), user=user)
        # A context of its own: the server's thread goes on to other requests, and what of the
        # answer is made later, while it is sent, belongs to this one.
        context = copy_context()
        context.run(provider.__enter__)
        answer = context.run(self._app, environ, start_response)
        file_wrapper = environ.get("wsgi.file_wrapper")
        is_file = isinstance(file_wrapper, type) and isinstance(answer, file_wrapper)
        if is_file or isinstance(answer, list | tuple):
            # Nothing of it is left to run, and servers treat these in ways of their own.
            return answer
        return _Answer(answer, context)


class _Answer:
    """An answer whose parts are made inside the request's context."""

    def __init__(self, answer: Iterable[bytes], context: Context) -> None:
        self._answer = answer
        self._context = context
        self._parts: Iterator[bytes] | None = None

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._parts is None:
            self._parts = self._context.run(iter, self._answer)
        return self._context.run(next, self._parts)

    def close(self) -> None:
        """End the answer, as PEP 3333 asks."""
        close = getattr(self._answer, "close", None)
        if close is not None:
            self._context.run(close)
