"""Write keys: which source a request writes as, and from which origins it may.

A write key is public, since every page that tracks shows it. It grants writing and nothing else,
but comparing it in constant time costs nothing and spares a discussion.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs

from tracker.plan import Plan

from ..answers import Rejected


@dataclass(frozen=True, slots=True)
class WriteKey:
    """A key that may write, the name of its source, and the browser origins it may come from.

    No origins means any. Requests without an ``Origin`` header are not a page's, and pass. ``plan``
    is what its messages are held to, None for the collector's own plan.
    """

    name: str
    key: str
    allowed_origins: frozenset[str] = frozenset()
    plan: Plan | None = None

    def check_origin(self, headers: Mapping[bytes, bytes]) -> None:
        """Raises ``Rejected`` (403) when a page of another origin sends with this key."""
        origin = headers.get(b"origin")
        if origin is None or not self.allowed_origins:
            return
        if origin.decode("latin-1").lower() not in self.allowed_origins:
            message = (
                "This write key does not take events from this page's origin; "
                "add the origin to allowed_origins in the collector's configuration."
            )
            raise Rejected(403, "origin_not_allowed", message)


class WriteKeys:
    """All configured keys."""

    def __init__(self, keys: Iterable[WriteKey]) -> None:
        self._keys = tuple((_digest(key.key), key) for key in keys)

    def get(self, key: str) -> WriteKey | None:
        """The key's entry, compared with every one in constant time; None when there is none."""
        digest = _digest(key)
        found = [entry for known, entry in self._keys if hmac.compare_digest(known, digest)]
        return found[0] if found else None

    def known(self, key: str) -> str | None:
        """The key itself if it is one, compared as ``get`` does."""
        found = self.get(key)
        return None if found is None else found.key

    def find(self, key: str) -> WriteKey:
        """The key's entry. Raises ``Rejected`` (401) when there is none."""
        found = self.get(key)
        if found is not None:
            return found
        message = "This write key is unknown; use one that the collector was started with."
        raise Rejected(401, "unauthorized", message)


def missing_key() -> Rejected:
    """401: no key came in any of the places where one may be."""
    message = (
        "No write key came; send it as the user of Basic authentication, "
        "as ?writeKey= or as writeKey in the body."
    )
    return Rejected(401, "unauthorized", message)


def sent_key(headers: Mapping[bytes, bytes], query: bytes) -> str | None:
    """The key of the Authorization header, else of the query; None when neither has one."""
    scheme, _, value = headers.get(b"authorization", b"").partition(b" ")
    if scheme.lower() == b"basic":
        key = _basic_user(value)
        if key:
            return key
    if b"writeKey=" in query:
        return parse_qs(query.decode("latin-1")).get("writeKey", [None])[0]
    return None


def _basic_user(value: bytes) -> str | None:
    try:
        decoded = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return None
    return decoded.partition(b":")[0].decode("utf-8", "replace")


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "replace")).digest()
