"""The ingestion paths of RudderStack's and Segment's SDKs, and our own for raw facts."""

from __future__ import annotations

from ..answers import Rejected

BATCH = "batch"
RAW = "raw"
SETTINGS = "settings"

_SINGLE = {
    "t": "track",
    "p": "page",
    "s": "screen",
    "i": "identify",
    "g": "group",
    "a": "alias",
}

_KINDS: dict[str, str] = {
    "/v1/batch": BATCH,
    "/v1/b": BATCH,
    "/beacon/v1/batch": BATCH,
    "/v1/raw": RAW,
    "/sourceConfig": SETTINGS,
    **{f"/v1/{kind}": kind for kind in _SINGLE.values()},
    **{f"/v1/{short}": kind for short, kind in _SINGLE.items()},
}

PREFIXES = ("/v1/", "/beacon/", "/sourceConfig")
"""Requests whose path begins so are ingestion's to answer."""


def kind_of_path(path: str) -> str:
    """``BATCH``, ``RAW``, ``SETTINGS`` or the type of the one message that the path takes.

    Raises ``Rejected`` (404) for any other path.
    """
    kind = _KINDS.get(path) or _KINDS.get(path.rstrip("/"))
    if kind is None:
        message = "There is no such path; send events to /v1/batch, /v1/track or /v1/raw."
        raise Rejected(404, "not_found", message)
    return kind
