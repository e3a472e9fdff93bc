"""The live list as server-sent events (HTML Living Standard, section 9.2).

    event: message   data: an entry (see ``Entry`` below), id: its messageId
    event: dropped   data: how many arrivals this watcher was too slow for

On connecting, the newest 50 of the store come first; a browser that reconnects gets only those
after the last one that it saw. A comment every 15 seconds keeps proxies from closing the stream.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, TypedDict, cast

from ..charts.process import QueryError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable, Mapping

    from ..charts.process import QueryProcess
    from .live import Arrival, LiveFeed

HEARTBEAT_SECONDS = 15.0
RETRY_MS = 2000


class Entry(TypedDict):
    """One line of the live list. Texts are empty where the message has no value."""

    messageId: str
    type: str
    event: str
    name: str
    page: str
    pageType: str
    section: str
    app: str
    source: str
    via: str
    at: str


async def stream(
    live: LiveFeed,
    queries: QueryProcess,
    *,
    last_id: str | None,
    heartbeat: float = HEARTBEAT_SECONDS,
) -> AsyncGenerator[str]:
    """The text of one watcher's stream, until the feed closes or the watcher goes."""
    async with live.subscribe() as updates:
        yield f"retry: {RETRY_MS}\n: the newest of the store, then what arrives\n\n"
        # Subscribed first: what arrives meanwhile is in both, and sent once.
        stored = await _latest(queries)
        sent = {entry["messageId"] for entry in stored}
        for entry in _after(stored, last_id):
            yield _event(entry)
        while True:
            try:
                async with asyncio.timeout(heartbeat):
                    update = await anext(updates)
            except TimeoutError:
                yield ": still here\n\n"
                continue
            except StopAsyncIteration:
                return
            if update.dropped:
                yield f"event: dropped\ndata: {update.dropped}\n\n"
            entries = [entry_of(arrival) for arrival in update.arrivals]
            yield "".join(_event(entry) for entry in entries if entry["messageId"] not in sent)
            sent.difference_update(entry["messageId"] for entry in entries)


def entry_of(arrival: Arrival) -> Entry:
    """The line of a message that has just been stored. Nothing of it is taken to be well formed."""
    message = arrival.message
    context = _mapping(message.get("context"))
    page = _mapping(context.get("page"))
    return Entry(
        messageId=_text(message.get("messageId")),
        type=_text(message.get("type")),
        event=_text(message.get("event")),
        name=_text(message.get("name")),
        page=_text(page.get("name")),
        pageType=_text(page.get("type")),
        section=_text(_mapping(context.get("section")).get("name")),
        app=_text(_mapping(context.get("app")).get("name")),
        source=arrival.source,
        via=arrival.via,
        at=_text(message.get("timestamp") or message.get("receivedAt")),
    )


async def _latest(queries: QueryProcess) -> list[Entry]:
    """The newest of the store; nothing when it cannot tell now, for arrivals need it not."""
    try:
        table = await queries.run("latest", {})
    except QueryError:
        return []
    names = [column.name for column in table.columns]
    return [Entry(**dict(zip(names, row, strict=True))) for row in table.rows]


def _after(entries: list[Entry], last_id: str | None) -> Iterable[Entry]:
    ids = [entry["messageId"] for entry in entries]
    return entries[ids.index(last_id) + 1 :] if last_id in ids else entries


def _event(entry: Entry) -> str:
    # An id with a line break would end its field early.
    identifier = entry["messageId"].replace("\r", "").replace("\n", "").replace("\0", "")
    return f"id: {identifier}\ndata: {json.dumps(entry)}\n\n"


def _mapping(value: Any) -> Mapping[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
