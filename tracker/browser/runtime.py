"""The worker's Python: facts in, batches out, all as JSON text.

``Runtime`` is told what the pages or the network say, and answers through ``send``. It does no
I/O of its own, so the same code is tested with a frozen clock in CPython. It serves any number of
pages, each with its own environment; those that send to the same collector with the same key share
an outbox, and those with the same plan a rulebook.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import InvalidInput
from ..fields import as_list, as_object
from ..outbox import QUEUE_FULL, Action, Limits, Outbox, Post, Settled, WakeAfter
from ..pipeline import Pipeline, Refused
from ..wire import decode_environment, to_text
from .destination import Destination, batch_body, batch_url
from .reports import is_local, of_accepted, of_refused
from .rulebooks import Rulebook, Rulebooks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ..errors import Violation
    from ..event import Environment, Json
    from ..outbox import Entry
    from ..ports import Clock, Random

_MAX_RETRY_AFTER_S = 3600


@dataclass(frozen=True, slots=True)
class _Page:
    """What the facts of one page load share; without an environment they cannot be sent."""

    environment: Environment | None
    violations: tuple[Violation, ...]
    destination: Destination
    rulebook: Rulebook

    @property
    def is_local(self) -> bool:
        """Whether its console may be told everything."""
        return self.environment is not None and is_local(self.environment.hostname)


class Runtime:
    """Handles each message of ``web/protocol.d.ts`` that goes to a courier.

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
        limits: Limits | None = None,
    ) -> None:
        self._send = send
        self._clock = clock
        self._elapsed = elapsed
        self._random = random
        self._limits = limits
        self._rulebooks = Rulebooks(self._load, self._report)
        self._pages: dict[int, _Page] = {}
        self._destinations: dict[str, Destination] = {}
        self._posts: dict[int, tuple[Destination, int]] = {}
        self._requests = 0
        self._dropped = 0
        self._next_drop_report = 1
        self._tell(type="ready")

    def handle(self, text: str) -> None:
        """Take one message as JSON text; one that Python does not know is reported."""
        message = json.loads(text)
        match message["type"]:
            case "open":
                self._open(message)
            case "facts":
                self._take(message["page"], message["facts"])
            case "answer":
                self._answered(message)
            case "loaded":
                self._rulebooks.loaded(message["request"], message["status"], message["body"])
            case "wake" | "flush" | "online" as what:
                self._ask_each(what)
            case "forget":
                self._forget()
            case other:
                self._report(f"the worker's Python does not know messages of type {other}")

    def _open(self, message: dict[str, Json]) -> None:
        settings = message["settings"]
        url = batch_url(settings["endpoint"], settings["writeKey"])
        destination = self._destinations.get(url)
        if destination is None:
            destination = Destination(url, Outbox(self._random, self._limits))
            self._destinations[url] = destination
        destination.debug = destination.debug or bool(settings.get("debug"))
        rulebook = self._rulebooks.open(message.get("rules"), settings.get("plan"))
        try:
            page = _Page(decode_environment(message["environment"]), (), destination, rulebook)
        except InvalidInput as error:
            page = _Page(None, error.violations, destination, rulebook)
        self._pages[message["page"]] = page

    def _take(self, number: int, facts: list[Json]) -> None:
        page = self._pages.get(number)
        if page is None:
            self._report("facts came before the page had said who it is")
            return
        page.rulebook.use(lambda pipeline: self._send_on(page, facts, pipeline))

    def _send_on(self, page: _Page, facts: list[Json], pipeline: Pipeline) -> None:
        pipeline.foresee(facts)
        for fact in facts:
            if page.environment is None:
                self._refuse(page, fact, page.violations)
                continue
            result = pipeline.from_fact(fact, page.environment)
            if isinstance(result, Refused):
                self._refuse(page, fact, result.violations)
                continue
            if result.redactions or result.unplanned:
                for text in of_accepted(result, local=page.is_local):
                    self._report(text, [fact["id"]])
            text = result.text or to_text(result.message)
            outbox = page.destination.outbox
            self._do(page.destination, outbox.add(fact["id"], text, self._elapsed()))

    def _ask_each(self, what: str) -> None:
        now = self._elapsed()
        for destination in self._destinations.values():
            outbox = destination.outbox
            if what == "wake":
                destination.wake_at = None
                self._do(destination, outbox.next(now))
            elif what == "flush":
                self._do(destination, outbox.flush(now))
            else:
                self._do(destination, outbox.online(now))

    def _refuse(self, page: _Page, fact: Json, violations: tuple[Violation, ...]) -> None:
        # The worker and the page know the fact by its id, whatever that is; both are the visitor's.
        known_by = (as_object(fact) or {}).get("id")
        ids = [known_by] if isinstance(known_by, str) else []
        for text in of_refused(violations, local=page.is_local):
            self._report(text, ids)
        self._tell(type="settled", ids=ids)

    def _answered(self, message: dict[str, Json]) -> None:
        destination, request = self._posts.pop(message["request"], (None, 0))
        if destination is None:
            return
        status = int(message["status"])
        actions = destination.outbox.answered(
            request,
            status,
            self._elapsed(),
            retry_after=_retry_after(message.get("retryAfter")),
        )
        refusals = _refusals(message.get("body")) if status == 200 else {}
        for message_id, reason in refusals.items():
            self._report(f"refused by the collector: {reason}", [message_id])
        self._do(destination, actions, frozenset(refusals))

    def _forget(self) -> None:
        self._posts.clear()
        self._rulebooks.forget()
        for destination in self._destinations.values():
            destination.outbox.forget()
            destination.wake_at = None

    def _do(
        self,
        destination: Destination,
        actions: Iterable[Action],
        refused_ids: frozenset[str] = frozenset(),
    ) -> None:
        for action in actions:
            match action:
                case Post(request, entries):
                    self._post(destination, request, entries)
                case WakeAfter(milliseconds):
                    self._wake_after(destination, milliseconds)
                case Settled(entries, reason) if reason is not None:
                    self._lost([entry.id for entry in entries], reason)
                case Settled(entries):
                    self._settled(destination, entries, refused_ids)

    def _lost(self, ids: list[str], reason: str) -> None:
        if reason != QUEUE_FULL:
            self._report(f"{len(ids)} events were not stored: {reason}", ids)
        else:
            # They come one by one, and would fill the console.
            self._dropped += len(ids)
            if self._dropped >= self._next_drop_report:
                self._next_drop_report = self._dropped * 2
                self._report(f"{self._dropped} events were not stored: {reason}")
        self._tell(type="settled", ids=ids)

    def _post(self, destination: Destination, request: int, entries: tuple[Entry, ...]) -> None:
        self._requests += 1
        self._posts[self._requests] = destination, request
        body = batch_body(entries, self._clock())
        self._tell(type="post", request=self._requests, url=destination.url, body=body)

    def _load(self, request: int, url: str, wheel: bool) -> None:  # noqa: FBT001
        self._tell(type="load", request=request, url=url, wheel=wheel)

    def _wake_after(self, destination: Destination, milliseconds: int) -> None:
        """Ask for the one timer there is, which goes by the destination that is due first."""
        now = self._elapsed()
        destination.wake_at = now + milliseconds
        due = min(each.wake_at for each in self._destinations.values() if each.wake_at is not None)
        self._tell(type="wakeAfter", ms=max(0, due - now))

    def _settled(
        self, destination: Destination, entries: tuple[Entry, ...], refused_ids: frozenset[str]
    ) -> None:
        if destination.debug:
            sent = ",".join(entry.text for entry in entries if entry.id not in refused_ids)
            self._send(f'{{"type":"sent","messages":[{sent}]}}')
        self._tell(type="settled", ids=[entry.id for entry in entries])

    def _report(self, text: str, ids: Sequence[str] = ()) -> None:
        self._tell(type="report", text=text, ids=list(ids))

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
