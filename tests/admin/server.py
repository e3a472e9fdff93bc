"""The admin application on a real socket, so that streams stream and connections break."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from tracker.collector.app import built_assets
from tracker.collector.site.admin import admin_app
from tracker.collector.site.live import LiveFeed

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tracker.collector.charts.process import QueryProcess


@dataclass(frozen=True, slots=True)
class Served:
    """Where the application is, and the feed behind it."""

    url: str
    live: LiveFeed


@asynccontextmanager
async def served(queries: QueryProcess) -> AsyncGenerator[Served]:
    """Serve the admin application over ``queries`` while the block runs."""
    live = LiveFeed()
    admin = admin_app(
        queries=queries,
        live=live,
        assets=built_assets(),
        write_key="key-of-the-tests",
        planned_app=None,
        password=None,
        loopback=True,
    )
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        app = Starlette(routes=[Mount("/admin", admin)])
        server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level="warning"))
        running = asyncio.ensure_future(server.serve(sockets=[listener]))
        try:
            yield Served(f"http://127.0.0.1:{listener.getsockname()[1]}/admin", live)
        finally:
            live.close()
            server.should_exit = True
            await running
