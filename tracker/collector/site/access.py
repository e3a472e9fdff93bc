"""Who may see the admin pages, and what a browser may do with them.

On a loopback address without a password, the only visitors are programs of this machine; a web page
in its browser is one of them, so the Host header must be a loopback name (no DNS rebinding) and
requests of other sites are refused. So are requests that a proxy passed on: they may come from
anywhere, under a Host header of the proxy's choice. On any other address a password is required, whatever the
network is believed to be.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})

# The site has no inline script or style, and nothing from another origin.
SECURITY_HEADERS = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Access:
    """An ASGI application that lets through to ``app`` only whom the rules above admit."""

    def __init__(self, app: ASGIApp, *, password: str | None, loopback: bool) -> None:
        self._app = app
        self._password = None if password is None else _digest(password)
        self._loopback = loopback

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(SECURITY_HEADERS)
            await send(message)

        answer = self._refusal(scope) or self._app
        await answer(scope, receive, send_guarded)

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        headers = Headers(scope=scope)
        if self._password is None and not self._loopback:
            return _error(
                403,
                "admin_closed",
                "The admin pages are closed on an address that others can reach. "
                "Set TRACKER_ADMIN_PASSWORD and start the collector again, "
                "or let it listen on 127.0.0.1.",
            )
        if self._password is None and _is_forwarded(headers):
            return _error(
                403,
                "forwarded",
                "Without a password the admin pages do not answer through a proxy. "
                "Set TRACKER_ADMIN_PASSWORD and start the collector again.",
            )
        if self._password is None and _host_name(headers.get("host", "")) not in _LOOPBACK_NAMES:
            return _error(
                403,
                "host_not_allowed",
                "Without a password the admin pages answer only to 127.0.0.1, localhost and [::1]. "
                "Open one of those, or set TRACKER_ADMIN_PASSWORD and start the collector again.",
            )
        if _is_from_another_site(headers):
            return _error(
                403,
                "cross_site",
                "Another site made this request. Open the admin pages themselves.",
            )
        if self._password is not None and not _is_authorized(headers, self._password):
            return _error(
                401,
                "unauthorized",
                "Sign in with the collector's admin password; any user name will do.",
                {"WWW-Authenticate": 'Basic realm="tracker admin", charset="UTF-8"'},
            )
        return None


def _host_name(host: str) -> str:
    """The name in a Host header, in lower case and without its port."""
    name, _, port = host.lower().rpartition(":")
    return name if name and port.isdigit() else host.lower()


def _is_forwarded(headers: Headers) -> bool:
    """Whether a proxy says that it passes the request on; common ones do by themselves or by habit."""
    return any(name in headers for name in ("forwarded", "x-forwarded-for", "x-real-ip", "via"))


def _is_from_another_site(headers: Headers) -> bool:
    """Whether a browser says that another site asks, other than by a link that a person follows."""
    if headers.get("sec-fetch-site", "none") in ("same-origin", "none"):
        return False
    return not (
        headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    )


def _is_authorized(headers: Headers, password: bytes) -> bool:
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return False
    try:
        _, _, given = base64.b64decode(credentials.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return False
    return hmac.compare_digest(_digest(given), password)


def _digest(text: str) -> bytes:
    """Both sides of the comparison have the same length, whatever was given."""
    return hashlib.sha256(text.encode(errors="surrogateescape")).digest()


def _error(
    status: int, code: str, message: str, headers: dict[str, str] | None = None
) -> JSONResponse:
    return JSONResponse({"code": code, "message": message}, status, headers)
