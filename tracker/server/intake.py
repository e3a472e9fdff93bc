"""From a call to the courier: whose it is, where it happened, and what becomes of one that is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from ..context import current_context
from ..errors import InvalidInput, Violation
from ..event import Call, Fact, Kind, Page, Path, Visit
from .reports import Problem
from .request import RequestSink
from .spool import SpoolFull
from .values import id_text

if TYPE_CHECKING:
    from ..ports import Clock, NewId, Sink
    from .preparation import Preparation, Prepared
    from .reports import Reports
    from .spool import Spool
    from .values import UserId


class Taken(NamedTuple):
    """What makes a fact, put together where time does not matter: the caller waits for a tuple."""

    id: str
    at: int
    kind: Kind
    user_id: str | None
    anonymous_id: str
    session_id: int | None
    path: Path
    fields: dict[str, Any]

    def fact(self) -> Fact:
        """Return the fact."""
        named = self.user_id if self.kind in (Kind.IDENTIFY, Kind.ALIAS) else None
        call = Call(self.kind, user_id=named, path=self.path, **self.fields)
        return Fact(self.id, self.at, Visit(self.anonymous_id, self.user_id, self.session_id), call)


class Carrier(Protocol):
    """Brings what is taken to where it goes: the courier, or a list in tests."""

    def put(self, item: Taken | Fact | Prepared, /) -> None:
        """Take it without waiting."""
        ...

    def flush(self, seconds: float, /) -> bool:
        """Whether all of it arrived within so many seconds."""
        ...

    def close(self, seconds: float, /) -> bool:
        """Flush and end."""
        ...


class Intake:
    """Takes each call at its instant, and hands it to the courier.

    Without spool and ``strict``, the message is made in the courier's thread; with either it is
    made here, to be on the disk, or to raise, before the call returns.
    """

    def __init__(
        self,
        owner: Sink,
        courier: Carrier,
        preparation: Preparation,
        reports: Reports,
        *,
        spool: Spool | None,
        strict: bool,
        install_id: str,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._owner = owner
        self._courier = courier
        self._preparation = preparation
        self._reports = reports
        self._spool = spool
        self._strict = strict
        self._install_id = install_id
        self._clock = clock
        self._new_id = new_id

    def take(
        self,
        kind: Kind,
        user_id: UserId | None = None,
        anonymous_id: str | None = None,
        *,
        page: Page | None = None,
        **fields: Any,
    ) -> None:
        """Take a call, inside of a request or not. Raises ``TypeError`` and ``InvalidInput``."""
        user = None if user_id is None else id_text(user_id, "user_id")
        if anonymous_id is not None:
            anonymous_id = id_text(anonymous_id, "anonymous_id")
        path, request = self._place()
        if page is not None:
            path = (*path, page)
        who = self._visit(user, anonymous_id, request)
        self._put(Taken(self._new_id(), self._clock(), kind, *who, path, fields))

    def take_call(self, call: Call, request: RequestSink | None) -> None:
        """Take what ``use_tracking()`` made, inside of a request or not. Raises ``InvalidInput``."""
        user_id, anonymous_id, session_id = self._visit(None, None, request)
        visit = Visit(anonymous_id, user_id, session_id)
        self._put(Fact(self._new_id(), self._clock(), visit, call))

    def failed(self, error: Exception, kind: str, name: object) -> None:
        """Raise what a call did wrong when strict; else report it, so that the service goes on."""
        if self._strict:
            raise error
        text = str(error)
        if isinstance(error, InvalidInput):
            violations = error.violations
        elif isinstance(error, TypeError) and ": expected " in text:
            field, _, message = text.partition(": ")
            violations = (Violation(field, "wrong_type", message),)
        elif self._is_of_the_call(error):
            violations = (Violation("arguments", "wrong_arguments", text.partition("() ")[2]),)
        else:
            # The text of others' errors may hold values.
            self._reports.report(
                Problem("internal", f"not tracked: {kind}: {type(error).__name__}", lost=1)
            )
            return
        self._reports.violation(kind, name, violations, lost=1)

    def _is_of_the_call(self, error: Exception) -> bool:
        """Whether Python itself says that an argument is unknown or missing; only names are in that."""
        text = str(error)
        return (
            isinstance(error, TypeError)
            and text.startswith("Analytics.")
            and self._preparation.guard.rule_of(text.partition("() ")[2]) is None
        )

    def _place(self) -> tuple[Path, RequestSink | None]:
        """The scopes around the code that calls, where their provider is one of ours."""
        context = current_context.get()
        if context is None:
            return (), None
        sink = context.sink
        if isinstance(sink, RequestSink) and sink.analytics is self._owner:
            return context.path, sink
        return (context.path if sink is self._owner else ()), None

    def _visit(
        self, user_id: str | None, anonymous_id: str | None, request: RequestSink | None
    ) -> tuple[str | None, str, int | None]:
        """Who it is: the user's id, the anonymous id (empty for none), the session's."""
        session_id = None
        if request is not None:
            user_id = user_id or request.user_id()
            anonymous_id = anonymous_id or request.visitor.anonymous_id
            session_id = request.visitor.session_id
        if anonymous_id is None:
            # With a user, none: an id that all users shared would make them one person.
            anonymous_id = self._install_id if user_id is None else ""
        return user_id, anonymous_id, session_id

    def _put(self, taken: Taken | Fact) -> None:
        if not self._strict and self._spool is None:
            self._courier.put(taken)
            return
        fact = taken.fact() if isinstance(taken, Taken) else taken
        prepared = self._preparation.prepare(fact, strict=self._strict)
        self._reports.prepared(fact.call.kind, fact.call.name, prepared)
        if self._spool is not None:
            try:
                self._spool.add(prepared.id, prepared.text)
            except (OSError, SpoolFull) as error:
                self._reports.spool(error)
        self._courier.put(prepared)
