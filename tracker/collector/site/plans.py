"""``/plan.json?writeKey=KEY``: the plan and the privacy policy that the pages of a key are held to.

Both are public, as the key is: a page that tracks needs them. An unknown key gets an answer too,
with neither.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import Response

from .assets import REVALIDATE, accepted_encodings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request

NOTHING = '{"plan":null,"privacy":null}'


@dataclass(frozen=True, slots=True)
class _Document:
    plain: bytes
    zipped: bytes
    digest: str

    @classmethod
    def of(cls, text: str) -> _Document:
        plain = text.encode()
        # Without a time in it, so that the same rules are the same bytes after a restart.
        digest = hashlib.sha256(plain).hexdigest()[:20]
        return cls(plain, gzip.compress(plain, mtime=0), digest)


class PlanDocuments:
    """The answers, made once: plans do not change while the collector runs."""

    def __init__(self, texts: Mapping[str, str], name_of: Callable[[str], str | None]) -> None:
        """Answer ``texts`` by name; ``name_of`` finds that of a write key, in constant time."""
        self._documents = {name: _Document.of(text) for name, text in texts.items()}
        self._nothing = _Document.of(NOTHING)
        self._name_of = name_of

    def respond(self, request: Request, headers: Mapping[str, str]) -> Response:
        """The document of the request's key, or 304 when the browser has it already."""
        name = self._name_of(request.query_params.get("writeKey", ""))
        document = self._nothing if name is None else self._documents[name]
        zipped = "gzip" in accepted_encodings(request.headers.get("accept-encoding", ""))
        etag = f'"{document.digest}{"-gzip" if zipped else ""}"'
        all_headers = {
            **headers,
            "cache-control": REVALIDATE,
            "etag": etag,
            "vary": "accept-encoding",
        }
        if etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=all_headers)
        if zipped:
            all_headers["content-encoding"] = "gzip"
        body = document.zipped if zipped else document.plain
        return Response(body, headers=all_headers, media_type="application/json")
