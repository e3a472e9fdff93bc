"""The live list's stream, over real HTTP."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.admin.server import Served, served
from tests.admin.writing import NOON, WrittenStore, click, view
from tracker.collector.site.live import LiveFeed
from tracker.collector.site.live_stream import stream
from tracker.wire import format_time

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from tracker.collector.charts.process import QueryProcess

pytestmark = pytest.mark.anyio

Event = dict[str, str]


@asynccontextmanager
async def watching(
    server: Served, last_id: str | None = None
) -> AsyncGenerator[AsyncIterator[Event]]:
    """Follow the stream; yields its events as fields by name."""
    headers = {"Last-Event-ID": last_id} if last_id else {}
    async with (
        httpx.AsyncClient(timeout=20) as client,
        client.stream("GET", f"{server.url}/api/live", headers=headers) as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield _events(answer)


async def _events(answer: httpx.Response) -> AsyncIterator[Event]:
    event: Event = {}
    async for line in answer.aiter_lines():
        name, _, value = line.partition(":")
        if not line and event:
            yield event
            event = {}
        elif name:
            event[name] = value.removeprefix(" ")


async def take(events: AsyncIterator[Event], count: int) -> list[Event]:
    """The next events."""
    return [await anext(events) for _ in range(count)]


async def test_begins_with_the_newest_fifty_of_the_store(
    store: WrittenStore, queries: QueryProcess
) -> None:
    """Oldest of them first, after how long to wait before reconnecting."""
    store.add(*(click(f"m{n}") for n in range(60)))
    async with served(queries) as server, watching(server) as events:
        assert (await anext(events))["retry"] == "2000"
        stored = await take(events, 50)
    assert [event["id"] for event in stored] == [f"m{n}" for n in range(10, 60)]


async def test_then_brings_what_arrives_in_the_same_shape(
    store: WrittenStore, queries: QueryProcess
) -> None:
    """An entry says the same whether it comes from the store or from the feed."""
    message = click("m1", page="settings", modal=True, section="page_footer")
    store.add(message, source="web", via="raw")
    expected: dict[str, Any] = {
        "messageId": "m1",
        "type": "track",
        "event": "acme.run_query_button.click",
        "name": "",
        "page": "settings",
        "pageType": "modal",
        "section": "page_footer",
        "app": "acme",
        "source": "web",
        "via": "raw",
        "at": format_time(NOON),
    }
    async with served(queries) as server, watching(server) as events:
        _, stored = await take(events, 2)
        server.live.publish([{**message, "messageId": "m2"}], source="web", via="raw")
        arrived = await anext(events)
    assert json.loads(stored["data"]) == expected
    assert json.loads(arrived["data"]) == {**expected, "messageId": "m2"}


async def test_what_is_stored_and_arrives_at_once_is_sent_once(
    store: WrittenStore, queries: QueryProcess
) -> None:
    """A message that is committed while the stream begins is in both."""
    store.add(click("m1"), click("m2"))
    async with served(queries) as server, watching(server) as events:
        await take(events, 3)
        server.live.publish([click("m2"), view("m3")])
        assert (await anext(events))["id"] == "m3"


async def test_a_browser_that_comes_back_gets_only_what_it_missed(
    store: WrittenStore, queries: QueryProcess
) -> None:
    """It says the id that it saw last."""
    store.add(click("m1"), click("m2"))
    async with served(queries) as server:
        async with watching(server) as events:
            await take(events, 3)
        store.add(click("m3"))
        async with watching(server, last_id="m2") as events:
            await anext(events)
            assert (await anext(events))["id"] == "m3"


async def test_ids_cannot_end_their_line(store: WrittenStore, queries: QueryProcess) -> None:
    """A message id from the network with line breaks does not forge an event."""
    store.add(click("m1\nevent: dropped\ndata: 9"))
    async with served(queries) as server, watching(server) as events:
        _, stored = await take(events, 2)
    assert stored["id"] == "m1event: droppeddata: 9"
    assert "event" not in stored


async def test_a_silent_stream_has_heartbeats(store: WrittenStore, queries: QueryProcess) -> None:
    """So that a proxy does not take it for dead, and an arrival after one is not lost."""
    live = LiveFeed()
    text = stream(live, queries, last_id=None, heartbeat=0.01)
    await anext(text)
    assert await anext(text) == ": still here\n\n"
    live.publish([click("m1")])
    assert "m1" in await anext(text)
    await text.aclose()
    assert live.watchers == 0


async def test_tells_a_slow_watcher_what_it_missed(
    store: WrittenStore, queries: QueryProcess
) -> None:
    """Before what is left."""
    live = LiveFeed(bound=1)
    text = stream(live, queries, last_id=None)
    await anext(text)
    live.publish([click("m1"), click("m2"), click("m3")])
    assert await anext(text) == "event: dropped\ndata: 2\n\n"
    assert "m3" in await anext(text)
    await text.aclose()


async def test_the_stream_ends_when_the_collector_does(
    store: WrittenStore, queries: QueryProcess
) -> None:
    """It does not hold up a shutdown."""
    async with served(queries) as server, watching(server) as events:
        await anext(events)
        server.live.close()
        assert [event async for event in events] == []
