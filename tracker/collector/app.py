"""The collector as one ASGI application, put together from its parts."""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
import sqlite3
from importlib.resources import files
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from tracker.errors import ConfigurationError
from tracker.plan import Plan
from tracker.ports import Clock

from .answers import Rejected
from .charts.process import QueryProcess
from .clock import system_clock
from .datadir import KEY_FILE, DataDirectory
from .ingestion.dedupe import Dedupe, Window
from .ingestion.endpoint import Ingest
from .ingestion.keys import WriteKey, WriteKeys
from .ingestion.limiter import Limiter
from .ingestion.paths import PREFIXES
from .ingestion.store import Store
from .log.schema import FILE_NAME, connect, create_tables, newest_keys
from .log.seen import Duplicates
from .log.writer import MAX_GROUP_BYTES, Log
from .rules import SourceRules
from .settings import Settings
from .site.admin import admin_app
from .site.assets import Assets
from .site.live import LiveFeed
from .site.plans import PlanDocuments
from .site.routes import Site
from .tallies import Tallies

logger = logging.getLogger(__name__)

_PROBE_EVERY_MS = 1000
_PROBE_SECONDS = 2.0


DEMO_KEY = "demo"
"""The demo's pages write with this key, whatever the other keys are."""


def built_assets() -> Path:
    """The folder of browser assets that the wheel carries; it need not exist in a clone."""
    return Path(str(files("tracker.collector"))) / "assets"


class Collector:
    """Owns the data directory from its making until ``close``; an ASGI application in between."""

    def __init__(
        self, settings: Settings, *, clock: Clock = system_clock, assets: Path | None = None
    ) -> None:
        """Open the store. Blocks while it reads the ids stored last.

        Raises ``ConfigurationError`` with the mend when the data directory cannot be used.
        """
        self.settings = settings
        self.made_key = not settings.write_keys
        self.key_file = settings.data / KEY_FILE
        self._clock = clock
        assets = assets or built_assets()
        demo_plan = _demo_plan(assets) if settings.demo else None
        self._directory = DataDirectory(settings.data)
        try:
            keys = settings.write_keys or (WriteKey("default", self._directory.write_key()),)
            self._tallies = Tallies()
            self._log, window = _open_log(
                settings.data / FILE_NAME, settings.limits.window, self._tallies
            )
        except (OSError, sqlite3.Error) as error:
            self._directory.close()
            message = f"The store in {settings.data} cannot be opened: {error}."
            raise ConfigurationError(message) from error
        except BaseException:
            self._directory.close()
            raise
        self.write_keys = keys
        if settings.demo and all(key.key != DEMO_KEY for key in keys):
            self.write_keys += (WriteKey("demo", DEMO_KEY, plan=demo_plan),)
        self._rules = {
            key.key: SourceRules.of(key.plan or settings.plan, settings.privacy)
            for key in self.write_keys
        }
        self.live = LiveFeed()
        self._dedupe = Dedupe(window)
        self._queries = QueryProcess(settings.data / FILE_NAME)
        self._probe: asyncio.Future[Duplicates] | None = None
        self._probed_at = 0
        self._keys = WriteKeys(self.write_keys)
        self._ingest = self._make_ingest()
        self._site = self._make_site(assets)

    @property
    def planned_app(self) -> str | None:
        """What pages with the first key may call their application; None where no plan says."""
        plan = self.write_keys[0].plan or self.settings.plan
        return f"{plan.rules.app}_webapp" if plan else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http" and scope["path"].startswith(PREFIXES):
            await self._ingest(scope, receive, send)
        else:
            await self._site(scope, receive, send)

    def close(self) -> None:
        """Write what waits and give the data directory up."""
        self._log.close()
        self._directory.close()

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        await self._queries.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._queries.close()
        await asyncio.to_thread(self.close)
        await send({"type": "lifespan.shutdown.complete"})

    async def _ready(self) -> str | None:
        """Why the store cannot be written, found by writing to it at most once a second.

        What one probe writes may fit where a request does not: there has to be room for a commit.
        """
        if shutil.disk_usage(self.settings.data).free < MAX_GROUP_BYTES:
            return f"The disk has less than {MAX_GROUP_BYTES // 1_000_000} MB left."
        now = self._clock()
        if self._probe is None or abs(now - self._probed_at) >= _PROBE_EVERY_MS:
            self._probed_at = now
            self._probe = self._log.probe()
        try:
            async with asyncio.timeout(_PROBE_SECONDS):
                await asyncio.shield(self._probe)
        except Rejected as error:
            return str(error)
        except TimeoutError:
            return f"The disk has not answered for {_PROBE_SECONDS:g} seconds."
        return None

    def _metrics(self) -> str:
        return self._tallies.text(
            waiting_bytes=self._log.waiting_bytes, known_ids=len(self._dedupe)
        )

    def _make_ingest(self) -> Ingest:
        limits, clock = self.settings.limits, self._clock
        return Ingest(
            keys=self._keys,
            rules=self._rules,
            store=Store(self._log, self._dedupe, self.live, clock, self._tallies),
            clock=clock,
            per_key=Limiter(limits.per_key, clock, what="with this write key"),
            per_address=Limiter(limits.per_address, clock, what="from this address"),
            tallies=self._tallies,
        )

    def _make_site(self, assets: Path) -> ASGIApp:
        settings = self.settings
        return Site(
            assets=Assets(assets),
            plans=PlanDocuments(
                {key: rules.to_json() for key, rules in self._rules.items()}, self._keys.known
            ),
            admin=admin_app(
                queries=self._queries,
                live=self.live,
                assets=assets,
                write_key=self.write_keys[0].key,
                planned_app=self.planned_app,
                password=settings.admin_password,
                loopback=settings.loopback,
            ),
            demo=settings.demo,
            password=settings.admin_password,
            loopback=settings.loopback,
            ready=self._ready,
            metrics=self._metrics,
        ).app()


def _demo_plan(assets: Path) -> Plan | None:
    """The plan that the demo was built with; None where no assets are built."""
    path = assets / "demo" / "plan.json"
    return Plan.from_json(json.loads(path.read_text("utf-8"))) if path.is_file() else None


def _open_log(path: Path, window_size: int, tallies: Tallies) -> tuple[Log, Window]:
    connection = connect(path)
    try:
        create_tables(connection)
        window = Window(window_size)
        for key in newest_keys(connection, window_size):
            window.add((key,))
    finally:
        connection.close()
    return Log(path, tallies), window
