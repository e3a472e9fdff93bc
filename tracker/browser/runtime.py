"""The worker's Python: facts in, batches out, all as JSON text.

``Runtime`` is told what the page or the network says, and answers through ``send``. It does no
I/O of its own, so the same code is tested with a frozen clock in CPython.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..errors import InvalidInput
from ..fields import as_list, as_object
from ..outbox import Action, Entry, Outbox, Post, Settled, WakeAfter
from ..pipeline import Pipeline, Refused
from ..wire import decode_environment, format_time, to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..event import Environment, Json
    from ..ports import Clock, Random

_MAX_RETRY_AFTER_S = 3600
_UNRESERVED = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")


class Runtime:
    """Handles each message of ``web/protocol.d.ts`` that goes to Python.

    ``clock`` gives the time that is written to ``sentAt``; ``elapsed`` gives milliseconds that
    never run backwards, which timers go by.
    """

    def __init__(
        self,
        send: Callable[[str], None],
        *,
        clock: Clock,
        elapsed: Clock,
        random: Random,
        outbox: Outbox | None = None,
    ) -> None:
        self._send = send
        self._clock = clock
        self._elapsed = elapsed
        self._outbox = Outbox(random) if outbox is None else outbox
        self._pipeline = Pipeline()
        self._environment: Environment | None = None
        self._endpoint = ""
        self._write_key = ""
        self._debug = False

    def handle(self, text: str) -> None:
        """Take one message as JSON text; one that Python does not know is reported."""
        message = json.loads(text)
        match message["type"]:
            case "open":
                self._open(message)
            case "facts":
                self._take(message["facts"])
            case "answer":
                self._answered(message)
            case "wake":
                self._do(self._outbox.next(self._elapsed()))
            case "flush":
                self._do(self._outbox.flush(self._elapsed()))
            case "online":
                self._do(self._outbox.online(self._elapsed()))
            case other:
                self._report(f"the worker's Python does not know messages of type {other}")

    def _open(self, message: dict[str, Json]) -> None:
        settings = message["settings"]
        self._endpoint = settings["endpoint"].rstrip("/")
        self._write_key = settings["writeKey"]
        self._debug = bool(settings.get("debug"))
        try:
            self._environment = decode_environment(message["environment"])
        except InvalidInput as error:
            self._tell(type="failed", text=f"the page's environment cannot be used: {error}")
            return
        self._tell(type="ready")

    def _take(self, facts: list[Json]) -> None:
        if self._environment is None:
            self._report("facts came before the page had said who it is")
            return
        for fact in facts:
            result = self._pipeline.from_fact(fact, self._environment)
            if isinstance(result, Refused):
                self._refuse(result)
                continue
            text = result.text or to_text(result.message)
            self._do(self._outbox.add(result.message["messageId"], text, self._elapsed()))

    def _refuse(self, refused: Refused) -> None:
        self._report("not tracked: " + "; ".join(map(str, refused.violations)))
        if refused.message_id is not None:
            self._tell(type="settled", ids=[refused.message_id])

    def _answered(self, message: dict[str, Json]) -> None:
        status = int(message["status"])
        actions = self._outbox.answered(
            int(message["request"]),
            status,
            self._elapsed(),
            retry_after=_retry_after(message.get("retryAfter")),
        )
        refusals = _refusals(message.get("body")) if status == 200 else {}
        for reason in refusals.values():
            self._report(f"refused by the collector: {reason}")
        self._do(actions, frozenset(refusals))

    def _do(self, actions: Iterable[Action], refused_ids: frozenset[str] = frozenset()) -> None:
        for action in actions:
            match action:
                case Post(request, entries):
                    self._post(request, entries)
                case WakeAfter(milliseconds):
                    self._tell(type="wakeAfter", ms=milliseconds)
                case Settled(entries, None):
                    self._settled(entries, refused_ids)
                case Settled(entries, reason):
                    self._report(f"{len(entries)} messages were not stored: {reason}")
                    self._tell(type="settled", ids=[entry.id for entry in entries])

    def _post(self, request: int, entries: tuple[Entry, ...]) -> None:
        # A POST with the key in the query and a plain-text body needs no preflight, which a page
        # that is being left would not live to see answered.
        sent_at = format_time(self._clock())
        batch = ",".join(entry.text for entry in entries)
        self._tell(
            type="post",
            request=request,
            url=f"{self._endpoint}/v1/batch?writeKey={_quoted(self._write_key)}",
            body=f'{{"batch":[{batch}],"sentAt":"{sent_at}"}}',
        )

    def _settled(self, entries: tuple[Entry, ...], refused_ids: frozenset[str]) -> None:
        if self._debug:
            sent = ",".join(entry.text for entry in entries if entry.id not in refused_ids)
            self._send(f'{{"type":"sent","messages":[{sent}]}}')
        self._tell(type="settled", ids=[entry.id for entry in entries])

    def _report(self, text: str) -> None:
        self._tell(type="report", text=text)

    def _tell(self, **message: Any) -> None:
        self._send(to_text(message))


def _retry_after(header: Json) -> int | None:
    """Milliseconds of a ``Retry-After`` header in seconds.

    An HTTP date, which collectors of this wire do not send, counts as none.
    """
    if isinstance(header, str) and header.strip().isdecimal():
        return min(int(header), _MAX_RETRY_AFTER_S) * 1000
    return None


def _refusals(body: Json) -> dict[str, str]:
    """The reason for each refused id in the collector's answer."""
    try:
        answer = json.loads(body) if isinstance(body, str) else None
    except ValueError:
        return {}
    found: dict[str, str] = {}
    for entry in as_list((as_object(answer) or {}).get("refusals")) or ():
        refusal = as_object(entry)
        if refusal is not None:
            reason = f"{refusal.get('field')}: {refusal.get('message')}"
            found[str(refusal.get("messageId"))] = reason
    return found


def _quoted(text: str) -> str:
    """Percent-encoded for a query. ``urllib.parse`` would cost each visitor about 100 ms."""
    return "".join(
        chr(byte) if byte in _UNRESERVED else f"%{byte:02X}"
        for byte in text.encode(errors="replace")
    )
