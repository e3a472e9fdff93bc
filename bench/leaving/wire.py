"""What each SDK needs to hear from its server, and which clicks are in what it sends."""

from __future__ import annotations

import base64
import binascii
import gzip
import http.client
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from bench.leaving.server import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bench.leaving.server import Request

CLICK = re.compile(r"click_[a-z]{8}")
_IDS = ("messageId", "eid", "uuid", "id")  # RudderStack and Segment, Snowplow, PostHog, our facts
_NOT_RELAYED = frozenset(
    {"connection", "content-length", "date", "keep-alive", "server", "transfer-encoding"}
)
_ANSWERS: dict[str, Any] = {
    "/sourceConfig": {"source": {"id": "source", "config": {}, "destinations": []}},
    "/array": {"supportedCompression": ["gzip", "gzip-js"], "hasFeatureFlags": False},
    "/flags": {"flags": {}, "featureFlags": {}, "errorsWhileComputingFlags": False},
    "/e/": {"status": 1},
    "/v1/": {"success": True},
    "/com.snowplowanalytics.snowplow": "ok",
}


def events(body: bytes) -> Iterator[tuple[str, str]]:
    """Yield the click and the SDK's own id of each event in a body that is a click's."""
    yield from _events(_decoded(body))


def imitate(request: Request) -> Answer:
    """Answer as the peers' servers do: allow every origin, and take whatever comes."""
    origin = request.headers.get("Origin", "*")
    asked = request.headers.get("Access-Control-Request-Headers", "*")
    headers = (
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Allow-Credentials", "true"),
        ("Access-Control-Allow-Headers", asked),
        ("Access-Control-Max-Age", "900"),
        ("Content-Type", "application/json"),
    )
    if request.method == "OPTIONS":
        return Answer(204, headers=headers)
    for prefix, answer in _ANSWERS.items():
        if request.target.startswith(prefix) and not urlsplit(request.target).path.endswith(".js"):
            return Answer(200, json.dumps(answer).encode(), headers)
    return Answer(404, headers=headers)


def relay(upstream: str) -> Callable[[Request], Answer]:
    """Return what passes requests on to the server at ``upstream``, a URL without a path."""
    netloc = urlsplit(upstream).netloc

    def respond(request: Request) -> Answer:
        connection = http.client.HTTPConnection(netloc, timeout=30)
        try:
            connection.request(
                request.method, request.target, request.body or None, request.headers
            )
            answer = connection.getresponse()
            headers = [
                (name, value)
                for name, value in answer.getheaders()
                if name.lower() not in _NOT_RELAYED
            ]
            return Answer(answer.status, answer.read(), tuple(headers))
        finally:
            connection.close()

    return respond


def _decoded(body: bytes) -> Any:
    if body.startswith(b"\x1f\x8b"):
        body = gzip.decompress(body)
    elif body.startswith(b"data="):  # PostHog's beacons, where gzip is not to be had
        body = base64.b64decode(parse_qs(body.decode())["data"][0])
    try:
        return json.loads(body)
    except (ValueError, binascii.Error):
        return None


def _events(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for each in value:
            yield from _events(each)
    elif isinstance(value, dict):
        own = next((value[key] for key in _IDS if isinstance(value.get(key), str)), None)
        if own is None:
            yield from _events(list(value.values()))
        elif click := CLICK.search(json.dumps(value)):
            yield click[0], own
