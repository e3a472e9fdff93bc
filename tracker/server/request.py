"""A request of a visitor: its own provider, with the place and the visit that the page sent along.

The page says where its visitor is in the header ``Tracker-Context``: JSON in ASCII, at most
``MAX_HEADER`` characters, in the words of a fact (see ``web/protocol.d.ts``):

    {"path": [{"page": {"name": "explorer"}}, {"section": {"name": "results_table"}}],
     "visit": {"anonymousId": "…", "sessionId": 1795450333000}}

Anybody can send it, so it is believed as little as what a page tracks itself: it says where and in
which visit, and never who. A header that breaks a rule counts as none.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..context import TrackingContext
from ..errors import InvalidInput
from ..event import Call, Kind, Page, Path
from ..fields import as_object
from ..tracking import TrackingProvider
from ..wire import decode_fact
from .values import id_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from .analytics import Analytics
    from .values import UserId

HEADER = "Tracker-Context"
MAX_HEADER = 2048
_MAX_NAME = 64
_MAX_ID = 128


@dataclass(frozen=True, slots=True)
class Visitor:
    """What a page says of its visitor: the scopes, the anonymous id, the session; all may be missing."""

    path: Path = ()
    anonymous_id: str | None = None
    session_id: int | None = None


NOBODY = Visitor()


def read_header(header: str | None) -> Visitor:
    """What the header says, and nothing where it breaks any rule. Never raises."""
    if not header or len(header) > MAX_HEADER or not header.isascii():
        return NOBODY
    try:
        said = as_object(json.loads(header)) or {}
        visit = as_object(said.get("visit")) or {}
        session_id = visit.get("sessionId")
        fact = decode_fact(
            {
                "id": "-",
                "kind": Kind.IDENTIFY.value,
                "path": said.get("path"),
                # Its rule for times is the one for sessions, whose id is their start.
                "at": 0 if session_id is None else session_id,
                "visit": {"anonymousId": visit.get("anonymousId") or "-", "sessionId": session_id},
            }
        )
    except (ValueError, RecursionError, InvalidInput):
        return NOBODY
    anonymous_id = fact.visit.anonymous_id if visit.get("anonymousId") else None
    if not all(_is_name(name) for name in _names(fact.call.path)):
        return NOBODY
    if anonymous_id is not None and not (
        len(anonymous_id) <= _MAX_ID and anonymous_id.isprintable()
    ):
        return NOBODY
    return Visitor(fact.call.path, anonymous_id, fact.visit.session_id)


class RequestSink:
    """Where the calls of one request go: to the service's analytics, as this visitor's.

    ``identify`` names the user for the rest of the request; else ``user`` is asked, at each call,
    because who it is may be known only once the application has looked.
    """

    def __init__(
        self, analytics: Analytics, visitor: Visitor, user: Callable[[], UserId | None] | None
    ) -> None:
        self.analytics = analytics
        self._visitor = visitor
        self._user = user
        self._user_id: str | None = None

    @property
    def visitor(self) -> Visitor:
        """Whose visit it is."""
        return self._visitor

    def user_id(self) -> str | None:
        """Who is signed in, as far as the application says. Raises what its own code raises."""
        if self._user_id is None and self._user is not None:
            return id_text(self._user() or None, "user")
        return self._user_id

    def capture(self, call: Call, /) -> None:
        """Track a call of ``use_tracking()``."""
        if call.kind is Kind.IDENTIFY:
            self._user_id = call.user_id
        self.analytics.capture(call, self)

    def reset(self) -> None:
        """Forget who it is for the rest of the request, as after signing out."""
        self._visitor, self._user_id, self._user = NOBODY, None, None


class Request(TrackingProvider):
    """The provider of one request; ``Analytics.request`` makes it."""

    def __init__(self, sink: RequestSink, path: Path, *, enabled: bool) -> None:
        super().__init__(sink=sink, enabled=enabled)
        self._path = path

    def extend(self, outer: TrackingContext | None) -> TrackingContext:
        """Return the context inside: where the visitor is in the page."""
        context = super().extend(outer)
        return TrackingContext(context.sink, context.app, self._path)


def _names(path: Path) -> list[str]:
    names: list[str] = []
    for scope in path:
        names.append(scope.name)
        if isinstance(scope, Page) and scope.category:
            names.append(scope.category)
    return names


def _is_name(name: str) -> bool:
    return len(name) <= _MAX_NAME and name.isprintable()
