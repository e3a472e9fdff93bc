"""Typical messages: ours, the demo's, and those that other SDKs send (shortened captures)."""

from __future__ import annotations

import copy
from typing import Any
from uuid import UUID

from tracker.times import format_time

_AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "HeadlessChrome/156.0.0.0 Safari/537.36"
)
_TIME = 1_795_450_327_908


def _ours(kind: str, **fields: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "messageId": "4ff2b0f1-6d5b-4f0a-9b0a-5a2f1f7c9a11",
        "anonymousId": "dbe25d4e-f831-40ad-b853-7e0434c841e3",
        "userId": "018c2f5e-7b7a-7c3f-9d2e-4a1b5c6d7e8f",
        "originalTimestamp": "2026-11-23T16:12:07.908Z",
        "context": {
            "app": {"namespace": "acme", "name": "acme_webapp", "version": "1.4.0", "build": "77"},
            "library": {"name": "tracker.js", "version": "0.1.0"},
            "page": {
                "name": "explorer",
                "category": "query",
                "type": "page",
                "hostname": "app.example.com",
            },
            "section": {"name": "toolbar", "path": ["results_table", "toolbar"]},
            "locale": "en-GB",
            "timezone": "Europe/Paris",
            "screen": {
                "width": 1920,
                "height": 1080,
                "density": 1.5,
                "innerWidth": 1600,
                "innerHeight": 900,
            },
            "userAgent": _AGENT,
            "sessionId": 1_795_450_000_000,
        },
        **fields,
    }


def _rudder(kind: str, **fields: Any) -> dict[str, Any]:
    return {
        "userId": "u1",
        "type": kind,
        "context": {
            "traits": {},
            "sessionId": 1_795_450_417_953,
            "app": {
                "name": "RudderLabs JavaScript SDK",
                "namespace": "com.rudderlabs.javascript",
                "version": "3.34.1",
                "installType": "npm",
            },
            "library": {
                "name": "RudderLabs JavaScript SDK",
                "version": "3.34.1",
                "variant": "bundled",
            },
            "userAgent": _AGENT,
            "os": {"name": "", "version": ""},
            "locale": "en-US",
            "screen": {
                "width": 1280,
                "height": 720,
                "density": 1,
                "innerWidth": 1280,
                "innerHeight": 720,
            },
            "campaign": {},
            "page": {
                "path": "/rudder.html",
                "referrer": "$direct",
                "referring_domain": "",
                "search": "",
                "title": "Layoffs in Q3",
                "url": "http://127.0.0.1:18911/rudder.html",
                "tab_url": "http://127.0.0.1:18911/rudder.html",
                "initial_referrer": "$direct",
                "initial_referring_domain": "",
            },
            "timezone": "GMT+0000",
        },
        "channel": "web",
        "originalTimestamp": "2026-11-23T16:13:37.966Z",
        "messageId": "9054b87e-4349-4c21-a4fb-5d5c2c26c37a",
        "anonymousId": "dbe25d4e-f831-40ad-b853-7e0434c841e3",
        "integrations": {"All": True},
        "sentAt": "2026-11-23T16:13:37.969Z",
        **fields,
    }


MESSAGES: dict[str, dict[str, Any]] = {
    "ours: a click": _ours(
        "track", event="acme_webapp.run_query_button.click", properties={"rows": 500}
    ),
    "ours: a click with properties": _ours(
        "track",
        event="acme_webapp.chart_type_select.change",
        properties={
            "chart_type": "horizontal_bar",
            "warehouse_connection_type": "bigquery",
            "filters": 3,
            "dimensions": 2,
            "is_saved": True,
            "project_id": "018c2f5e-7b7a-7c3f-9d2e-4a1b5c6d7e8f",
            "duration_ms": 1532,
        },
    ),
    "ours: a page": _ours("page", name="explorer", category="query", properties={}),
    "the customer's server": {
        "type": "track",
        "messageId": "c3557de2-659e-4b43-b9c9-973f971ee720",
        "userId": "018c2f5e-7b7a-7c3f-9d2e-4a1b5c6d7e8f",
        "event": "lightdash_server.project.created",
        "properties": {
            "projectId": "0a1b2c3d-7b7a-4c3f-9d2e-4a1b5c6d7e8f",
            "organizationId": "1a1b2c3d-7b7a-4c3f-9d2e-4a1b5c6d7e8f",
            "projectType": "github",
            "warehouseConnectionType": "snowflake",
        },
        "context": {"app": {"namespace": "lightdash", "name": "lightdash_server"}},
        "originalTimestamp": "2026-11-23T16:12:11.068Z",
    },
    "RudderStack's SDK: a click": _rudder(
        "track", event="Section Viewed", properties={"section": "hero"}
    ),
    "RudderStack's SDK: a user": _rudder("identify")
    | {"context": _rudder("identify")["context"] | {"traits": {"email": "a@example.com"}}},
    "Segment's SDK for Python": {
        "integrations": {},
        "anonymousId": "anon-1",
        "properties": {"section": "hero"},
        "timestamp": "2026-11-23T16:12:11.068+00:00",
        "context": {"library": {"name": "analytics-python", "version": "2.4.0"}},
        "userId": "u1",
        "type": "track",
        "event": "Section Viewed",
        "messageId": "2b5876eb-703e-44f2-b077-00efc37c1b5b",
    },
}


def stream(message: dict[str, Any], length: int) -> list[dict[str, Any]]:
    """As many messages of this kind, each with its own id and time."""
    messages: list[dict[str, Any]] = []
    for number in range(length):
        copied = copy.deepcopy(message)
        copied["messageId"] = str(UUID(int=number * 7919 + (4 << 76) + (8 << 60)))
        for field in ("originalTimestamp", "timestamp", "sentAt"):
            if field in copied:
                copied[field] = format_time(_TIME + number)
        messages.append(copied)
    return messages
