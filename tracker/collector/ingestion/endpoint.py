"""The ingestion paths, as a plain ASGI application: this is the hot path, without a framework.

The order of work: who asks too often, size, is there room, write key, decode, what may be stored,
what is stored already, the log. Answers are exactly 200 or an error with ``code`` and ``message``; what unmodified
SDKs send is taken as it is: any Content-Type, gzip with or without a header that says so.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import traceback
from collections.abc import AsyncGenerator, Mapping
from typing import Any, cast

from starlette.types import Receive, Scope, Send

from tracker.ports import Clock

from ..answers import Answer, Rejected, cors_headers, preflight_headers, send_answer
from ..rules import SourceRules
from ..tallies import Tallies
from .body import BODY_SECONDS, Disconnected, read_body
from .decode import decode_body
from .intake import Intake, Taken
from .keys import WriteKey, WriteKeys, missing_key, sent_key
from .limiter import Limiter, address_of
from .paths import BATCH, RAW, SETTINGS, kind_of_path
from .room import Room
from .stamps import Receipt, read_time
from .store import Store

logger = logging.getLogger(__name__)

BEACON_BYTES = 64 * 1024
"""The most that a page can send as it goes. Who sends more keeps it until it is acknowledged."""

_NEWS_SECONDS = 0.001
"""Long enough for the event loop to hear that a sender is gone."""


class Ingest:
    """Answers ``/v1/…``, ``/beacon/v1/batch`` and ``/sourceConfig/``."""

    def __init__(
        self,
        *,
        keys: WriteKeys,
        rules: Mapping[str, SourceRules],
        store: Store,
        clock: Clock,
        per_key: Limiter,
        per_address: Limiter,
        tallies: Tallies,
        body_seconds: float = BODY_SECONDS,
    ) -> None:
        """Take what ``keys`` may send, each source by its own ``rules``."""
        self._keys = keys
        self._store = store
        self._clock = clock
        self._per_key = per_key
        self._per_address = per_address
        self._tallies = tallies
        self._body_seconds = body_seconds
        self._intakes = {key: Intake(of.pipeline()) for key, of in rules.items()}
        self._stamps = {key: of.stamp for key, of in rules.items()}
        self._room = Room(tallies)
        self._large = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Never raises, and never 500 for anything that was sent."""
        headers: dict[bytes, bytes] = dict(scope["headers"])
        cors = cors_headers(headers)
        try:
            answer = await self._answer(scope, headers, receive)
        except Rejected as rejected:
            answer = rejected.answer
        except Disconnected:
            return
        except Exception as error:  # noqa: BLE001 - whatever it is, the sender gets an answer
            # Without the error's text, which may quote what was sent.
            where = "".join(traceback.format_tb(error.__traceback__))
            logger.error("A request could not be answered: %s\n%s", type(error).__name__, where)  # noqa: TRY400
            body = {"code": "internal", "message": "The collector made a mistake; try again later."}
            answer = Answer(500, body, ((b"retry-after", b"30"),))
        if scope["method"] == "OPTIONS" and answer.status == 204:
            cors = preflight_headers(headers)
        self._tallies.requests[answer.status] += 1
        await send_answer(send, answer, cors)

    async def _answer(self, scope: Scope, headers: dict[bytes, bytes], receive: Receive) -> Answer:
        kind = kind_of_path(scope["path"])
        method: str = scope["method"]
        if method == "OPTIONS":
            return Answer(204, None)
        allowed = "GET" if kind == SETTINGS else "POST"
        if method != allowed:
            message = f"This path takes {allowed} only."
            allow = ((b"allow", f"{allowed}, OPTIONS".encode()),)
            raise Rejected(405, "method_not_allowed", message, headers=allow)
        self._per_address.take(address_of(scope["client"]))
        text = sent_key(headers, scope["query_string"])
        key = None if text is None else self._admit(text, headers)
        if kind == SETTINGS:
            return Answer(200, _source_settings(key))
        body = await read_body(receive, headers, seconds=self._body_seconds)
        with self._room.hold(len(body)):
            async with self._turn(len(body), receive):
                taken, key = await self._examine(body, key, kind, headers)
            # Not to be kept in memory while the disk is waited for.
            del body
            return await self._add(taken, key, kind)

    @contextlib.asynccontextmanager
    async def _turn(self, size: int, receive: Receive) -> AsyncGenerator[None]:
        """Wait until a body of ``size`` bytes may be examined: of large ones, one at a time.

        In between, others are served, and it is heard who has given up: examining what nobody waits
        for would keep those waiting who do. Raises ``Disconnected``, but never for what may have been
        a page's last words.
        """
        if size <= BEACON_BYTES:
            yield
            return
        gone = asyncio.ensure_future(receive())
        try:
            async with self._large:
                if (await asyncio.wait({gone}, timeout=_NEWS_SECONDS))[0]:
                    raise Disconnected
                yield
        finally:
            gone.cancel()

    async def _examine(
        self, body: bytes, key: WriteKey | None, kind: str, headers: dict[bytes, bytes]
    ) -> tuple[Taken, WriteKey]:
        decoded = decode_body(body)
        if key is None:
            key = self._admit(_key_in(decoded.value), headers)
        receipt = self._receipt(decoded.value, headers)
        intake = self._intakes[key.key]
        if kind == RAW:
            return await intake.facts(decoded, receipt), key
        if kind == BATCH:
            return await intake.messages(decoded, len(body), receipt), key
        return await intake.message(decoded, kind, len(body), receipt), key

    async def _add(self, taken: Taken, key: WriteKey, kind: str) -> Answer:
        via = "raw" if kind == RAW else "batch"
        stamp = self._stamps[key.key]
        return Answer(200, await self._store.add(taken, source=key.name, via=via, plan=stamp))

    def _admit(self, text: str, headers: dict[bytes, bytes]) -> WriteKey:
        key = self._keys.find(text)
        key.check_origin(headers)
        self._per_key.take(key.name)
        return key

    def _receipt(self, value: Any, headers: dict[bytes, bytes]) -> Receipt:
        sent = read_time(_field(value, "sentAt"))
        if sent is None and b"sentat" in headers:
            # RudderStack's browser SDK says it in a header on its single calls.
            sent = read_time(headers[b"sentat"].decode("latin-1"))
        return Receipt(self._clock(), sent)


def _source_settings(key: WriteKey | None) -> dict[str, Any]:
    """What RudderStack's browser SDK asks for before it sends: a source without destinations."""
    if key is None:
        raise missing_key()
    return {"source": {"id": key.name, "config": {}, "destinations": []}}


def _key_in(value: Any) -> str:
    key = _field(value, "writeKey")
    if isinstance(key, str) and key:
        return key
    raise missing_key()


def _field(value: Any, name: str) -> Any:
    return cast("dict[str, Any]", value).get(name) if isinstance(value, dict) else None
