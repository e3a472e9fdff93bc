"""Requests in the shapes that unmodified SDKs send, written after recordings of them.

Method, path, headers and body of each; ids are made anew for each call.
"""

from __future__ import annotations

import base64
import gzip
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KEY = "any-origin-key"
_BASIC = "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()
_SENT = "2026-11-23T16:06:31.000Z"


@dataclass(frozen=True, slots=True)
class Request:
    """What an SDK posts, and the ids of the messages in it."""

    path: str
    headers: dict[str, str]
    body: bytes
    ids: tuple[str, ...]


def _segment_python() -> Request:
    """segment-analytics-python 2.4: nulls, Python's isoformat, the key in the body too."""
    batch = [
        {
            "integrations": {},
            "anonymousId": None,
            "timestamp": "2026-11-23T16:06:30.067+00:00",
            "context": {"library": {"name": "analytics-python", "version": "2.4.0"}},
            "type": kind,
            "userId": "u1",
            "messageId": str(uuid.uuid4()),
            **fields,
        }
        for kind, fields in _calls()
    ]
    body = {"batch": batch, "sentAt": "2026-11-23T16:06:31.567987+00:00", "writeKey": KEY}
    headers = {"Content-Type": "application/json", "Authorization": _BASIC}
    return _request("/v1/batch", headers, body, batch)


def _segment_python_by_body_key() -> Request:
    request = _segment_python()
    return Request(request.path, {}, request.body, request.ids)


def _rudder_python_gzip() -> Request:
    """rudder-sdk-python 2.1.9: gzip by default."""
    request = _segment_python()
    headers = {**request.headers, "Content-Encoding": "gzip"}
    return Request(request.path, headers, gzip.compress(request.body), request.ids)


def _rudder_node() -> Request:
    """rudder-sdk-node 3: gzip, and a Content-Type that is plainly wrong."""
    batch = [
        {
            "userId": "u1",
            "type": kind,
            "channel": "server",
            "_metadata": {"nodeVersion": "20.20.2"},
            "originalTimestamp": "2026-11-23T16:06:30.762Z",
            "messageId": str(uuid.uuid4()),
            "sentAt": _SENT,
            **fields,
        }
        for kind, fields in _calls()
    ]
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Encoding": "gzip",
        "Authorization": _BASIC,
    }
    request = _request("/v1/batch", headers, {"batch": batch, "sentAt": _SENT}, batch)
    return Request(request.path, headers, gzip.compress(request.body), request.ids)


def _segment_node() -> Request:
    """@segment/analytics-node 3: ids that are no UUIDs."""
    batch = [
        {
            "timestamp": "2026-11-23T16:06:30.311Z",
            "integrations": {},
            "type": kind,
            "userId": "u1",
            "messageId": f"node-next-1795450340311-{uuid.uuid4()}",
            "_metadata": {"nodeVersion": "v20.20.2", "jsRuntime": "node"},
            **fields,
        }
        for kind, fields in _calls()
    ]
    body = {"batch": batch, "writeKey": KEY, "sentAt": _SENT}
    return _request("/v1/batch", {"Authorization": _BASIC}, body, batch)


def _rudder_js_single() -> Request:
    """@rudderstack/analytics-js 3 over XHR: one message a request, its type in the path."""
    message = _rudder_js_message("track", {"event": "Section Viewed", "properties": {"a": 1}})
    headers = {
        "Content-Type": "application/json;charset=UTF-8",
        "Authorization": _BASIC,
        "AnonymousId": base64.b64encode(b"dbe25d4e").decode(),
        "SentAt": _SENT,
        "Origin": "http://127.0.0.1:18911",
    }
    return _request("/v1/track", headers, message, [message])


def _rudder_js_beacon() -> Request:
    """The same SDK as the page goes away: text/plain, the key in the query."""
    batch = [_rudder_js_message(kind, fields) for kind, fields in _calls()]
    headers = {"Content-Type": "text/plain", "Origin": "http://127.0.0.1:18913"}
    path = f"/beacon/v1/batch?writeKey={KEY}"
    return _request(path, headers, {"batch": batch, "sentAt": _SENT}, batch)


def _segment_js_single() -> Request:
    """@segment/analytics-next 1: short paths, the key inside the message."""
    message = {
        "type": "page",
        "name": "Home",
        "properties": {"path": "/", "title": "t"},
        "timestamp": "2026-11-23T16:06:30.311Z",
        "anonymousId": "a-1",
        "userId": None,
        "integrations": {},
        "messageId": f"ajs-next-1795450340311-{uuid.uuid4()}",
        "writeKey": KEY,
        "sentAt": _SENT,
        "_metadata": {"bundled": ["Segment.io"], "unbundled": []},
    }
    headers = {"Content-Type": "text/plain", "Authorization": _BASIC}
    return _request("/v1/p", headers, message, [message])


SDKS: dict[str, Callable[[], Request]] = {
    "segment-python": _segment_python,
    "segment-python with the key in the body alone": _segment_python_by_body_key,
    "rudder-python with gzip": _rudder_python_gzip,
    "rudder-node": _rudder_node,
    "segment-node": _segment_node,
    "rudder-js": _rudder_js_single,
    "rudder-js beacon": _rudder_js_beacon,
    "segment-js": _segment_js_single,
}


def _calls() -> list[tuple[str, dict[str, Any]]]:
    return [
        ("identify", {"traits": {"plan": "x"}}),
        ("track", {"event": "Section Viewed", "properties": {"section": "hero"}}),
        ("page", {"name": "Home", "category": "Docs", "properties": {"path": "/"}}),
        ("group", {"groupId": "g1", "traits": {"plan": "x"}}),
        ("alias", {"previousId": "u0"}),
        ("screen", {"name": "Main", "properties": {}}),
    ]


def _rudder_js_message(kind: str, fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": kind,
        "channel": "web",
        "context": {
            "traits": {},
            "sessionId": 1795450417953,
            "library": {"name": "RudderLabs JavaScript SDK", "version": "3.34.1"},
            "locale": "en-US",
            "screen": {"width": 1280, "height": 720, "density": 1},
            "campaign": {},
        },
        "originalTimestamp": "2026-11-23T16:06:30.000Z",
        "messageId": str(uuid.uuid4()),
        "userId": "u1",
        "anonymousId": "dbe25d4e",
        "integrations": {"All": True},
        "sentAt": _SENT,
        **fields,
    }


def _request(
    path: str, headers: dict[str, str], body: dict[str, Any], messages: list[dict[str, Any]]
) -> Request:
    ids = tuple(message["messageId"] for message in messages)
    return Request(path, headers, json.dumps(body).encode(), ids)
