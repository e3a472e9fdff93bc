"""HTTP to the collector: one connection kept alive, over the standard library alone.

Proxies come from the environment (``HTTPS_PROXY``, ``HTTP_PROXY``, ``NO_PROXY``); certificates are
checked. The write key goes into the ``Authorization`` header, so it is in no URL and in no log.
"""

from __future__ import annotations

import gzip
import ssl
from base64 import b64encode
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from socket import SHUT_RDWR
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from ..errors import ConfigurationError
from .answer import Answer, read_refusals, read_retry_after

if TYPE_CHECKING:
    from ..ports import Clock

_MAX_ANSWER_BYTES = 256 * 1024


class Transport:
    """Posts batches, one at a time. ``seconds`` bounds connecting, and each wait for bytes.

    Raises ``ConfigurationError`` for an address that is not one of a collector.
    """

    def __init__(
        self,
        collector: str,
        write_key: str,
        *,
        clock: Clock,
        seconds: float,
        gzip_above: int,
        user_agent: str,
    ) -> None:
        address = _checked(collector)
        self._address = address
        self._path = address.path.rstrip("/") + "/v1/batch"
        self._clock = clock
        self._seconds = seconds
        self._gzip_above = gzip_above
        self._headers = {
            "Authorization": _basic(write_key, ""),
            "Content-Type": "application/json",
            "User-Agent": user_agent,
        }
        self._proxy = _proxy_for(address)
        if self._proxy is not None and address.scheme == "http":
            # A proxy that passes plain HTTP on is told the whole address.
            self._path = f"http://{address.netloc}{self._path}"
            self._headers |= _proxy_auth(self._proxy)
        self._connection: HTTPConnection | None = None
        self._tls: ssl.SSLContext | None = None

    def post(self, body: bytes) -> Answer:
        """Send a batch and return the answer; never raises for what the network does."""
        headers = self._headers
        if len(body) > self._gzip_above:
            body = gzip.compress(body, 5, mtime=0)
            headers = headers | {"Content-Encoding": "gzip"}
        reused = self._connection is not None
        try:
            return self._exchange(body, headers)
        except (OSError, HTTPException) as error:
            self.close()
            if not reused:
                return Answer(0, problem=_described(error))
        # The collector may have closed the connection while it was idle. Sending once more is
        # safe: it drops messages that it has.
        try:
            return self._exchange(body, headers)
        except (OSError, HTTPException) as error:
            self.close()
            return Answer(0, problem=_described(error))

    def close(self) -> None:
        """Close the connection; the next post opens one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(OSError):
                connection.close()

    def abort(self) -> None:
        """From another thread: end the exchange that is under way, which then fails."""
        connection = self._connection
        stream = None if connection is None else connection.sock
        if stream is not None:
            with suppress(OSError):
                stream.shutdown(SHUT_RDWR)

    def _exchange(self, body: bytes, headers: dict[str, str]) -> Answer:
        connection = self._connection
        if connection is None:
            connection = self._connection = self._connect()
        connection.request("POST", self._path, body, headers)
        response = connection.getresponse()
        content = response.read(_MAX_ANSWER_BYTES)
        if response.will_close or not response.isclosed():
            self.close()
        return self._answer(response, content)

    def _answer(self, response: HTTPResponse, content: bytes) -> Answer:
        if response.status == 407:
            return Answer(0, problem="the proxy asks for other credentials")
        retry_after = read_retry_after(response.getheader("Retry-After"), self._clock())
        refusals = read_refusals(content) if response.status == 200 else ()
        return Answer(response.status, retry_after, refusals)

    def _connect(self) -> HTTPConnection:
        address, proxy = self._address, self._proxy
        host, port = _endpoint(proxy or address)
        if address.scheme == "http":
            return HTTPConnection(host, port, timeout=self._seconds)
        if self._tls is None:
            self._tls = ssl.create_default_context()
        connection = HTTPSConnection(host, port, timeout=self._seconds, context=self._tls)
        if proxy is not None:
            connection.set_tunnel(*_endpoint(address), _proxy_auth(proxy))
        return connection


def _checked(collector: str) -> SplitResult:
    expected = 'collector: expected an address such as "https://t.example.com"'
    try:
        address = urlsplit(collector)
        usable = address.scheme in ("http", "https") and address.hostname and address.port != 0
    except ValueError:
        raise ConfigurationError(f"{expected}, got one that cannot be read") from None
    if not usable:
        raise ConfigurationError(f"{expected}, got one without http(s) or host")
    if address.username is not None or address.query or address.fragment:
        raise ConfigurationError(f"{expected}, got one with a user, query or fragment")
    return address


def _endpoint(address: SplitResult) -> tuple[str, int]:
    return address.hostname or "", address.port or (443 if address.scheme == "https" else 80)


def _proxy_for(address: SplitResult) -> SplitResult | None:
    """Return the proxy that the environment names for this address, if any."""
    proxy = getproxies().get(address.scheme)
    if not proxy or proxy_bypass(address.netloc):
        return None
    return urlsplit(proxy if "://" in proxy else f"http://{proxy}")


def _proxy_auth(proxy: SplitResult) -> dict[str, str]:
    if proxy.username is None:
        return {}
    credentials = _basic(unquote(proxy.username), unquote(proxy.password or ""))
    return {"Proxy-Authorization": credentials}


def _basic(user: str, password: str) -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


def _described(error: Exception) -> str:
    """Return what kind of error it was; its text may hold an address, which may hold a key."""
    reason = getattr(error, "strerror", None) or getattr(error, "verify_message", None)
    return f"{type(error).__name__}: {reason}" if reason else type(error).__name__
