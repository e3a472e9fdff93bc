"""``Analytics``: what a backend service tracks with.

analytics = Analytics(
    write_key="…",
    collector="https://t.example.com",
    app=App("acme", "acme_server", "1.4.0", mode="production", install_id="…"),
    plan=plan,
)
analytics.track(ProjectCreated(project_id=project.id), user_id=user.id)
analytics.track("project.created", {"projectId": project.id}, user_id=user.id)
"""

from __future__ import annotations

import asyncio
import os
import random
from enum import Enum
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Self, cast

from ..event import Call, Environment, Kind, Library, Page, PageType
from ..tracking import text_of
from .app import App
from .courier import Courier
from .delivery import Delivery
from .intake import Carrier, Intake
from .preparation import Preparation
from .reports import Problem, Reports
from .request import NOBODY, Request, RequestSink, read_header
from .settings import (
    LIMITS,
    VERSION,
    check_amounts,
    check_install_id,
    check_kinds,
    check_plan,
    checked,
    elapsed,
    now,
    random_id,
)
from .spool import Spool
from .transport import Transport
from .values import copied, id_text, page_type, parts_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..outbox import Limits
    from ..plan import Event, Plan
    from ..ports import Clock, NewId
    from ..privacy import Policy
    from .values import UserId, Values

_Parameters = ParamSpec("_Parameters")


def _guarded(
    method: Callable[Concatenate[Analytics, _Parameters], None],
) -> Callable[Concatenate[Analytics, _Parameters], None]:
    """Do nothing when disabled, and let no mistake in a call reach a service that is not strict."""

    @wraps(method)
    def run(self: Analytics, /, *args: _Parameters.args, **kwargs: _Parameters.kwargs) -> None:
        intake = self._intake  # pyright: ignore[reportPrivateUsage]  (it is a method's)
        if intake is None:
            return
        try:
            method(self, *args, **kwargs)
        except Exception as error:  # noqa: BLE001  (the service's code must go on)
            name = args[0] if args else kwargs.get("event", kwargs.get("name"))
            intake.failed(error, method.__name__, name)

    return run


class Analytics:
    """Tracks events of a service; one for each process, safe in threads, tasks and forks.

    No call waits for the network or raises because of it. A call that breaks the plan or the wire
    raises when ``strict`` is true, which it is by default when the app's mode is "development";
    else it is reported: in the log under ``tracker.server`` once for each kind, and each time to
    ``on_error``, from any thread. What looks like a secret, SQL or personal data is removed from each
    event, as ``privacy`` says. With ``enabled=False`` nothing happens at all, and nothing else
    needs to be given.

    ``spool`` names a directory that keeps events through a crash; it holds at most ``spool_bytes``
    for each process. ``timeout`` bounds each wait for the network, ``exit_timeout`` the delivery
    of what is left when the interpreter exits, in seconds. ``limits`` bounds the queue.

    Raises ``ConfigurationError`` for settings that cannot work.
    """

    def __init__(
        self,
        write_key: str | None = None,
        collector: str | None = None,
        app: App | None = None,
        *,
        plan: Plan | None = None,
        privacy: Policy | None = None,
        strict: bool | None = None,
        enabled: bool = True,
        on_error: Callable[[Problem], object] | None = None,
        spool: str | os.PathLike[str] | None = None,
        spool_bytes: int = 64 * 1024 * 1024,
        limits: Limits = LIMITS,
        timeout: float = 10.0,
        exit_timeout: float = 3.0,
        gzip_above: int = 1024,
        clock: Clock | None = None,
        new_id: NewId | None = None,
    ) -> None:
        self._courier: Carrier | None = None
        self._intake: Intake | None = None
        self._take: Callable[..., None]
        if not enabled:
            return
        key, address, service = checked(write_key, collector, app)
        check_plan(plan)
        check_kinds(privacy=privacy, limits=limits, strict=strict, on_error=on_error, spool=spool)
        check_amounts(
            spool_bytes=spool_bytes,
            timeout=timeout,
            exit_timeout=exit_timeout,
            gzip_above=gzip_above,
        )
        clock = clock or now
        reports = Reports(on_error)
        environment = Environment(service.for_events, Library("tracker.server", VERSION))
        self._preparation = Preparation(service, environment, plan, privacy)
        check_install_id(service, self._preparation.guard)
        kept = None if spool is None else Spool(Path(spool), spool_bytes, f"{address} {key}")

        def delivery() -> Delivery:
            transport = Transport(
                address,
                key,
                clock=clock,
                seconds=timeout,
                gzip_above=gzip_above,
                user_agent=f"tracker.server/{VERSION}",
            )
            return Delivery(
                self._preparation,
                transport,
                reports,
                limits=limits,
                spool=kept,
                clock=clock,
                elapsed=elapsed,
                random=random.SystemRandom().random,
            )

        courier = Courier(
            delivery,
            reports,
            limits=limits,
            spool=kept,
            elapsed=elapsed,
            exit_seconds=exit_timeout,
        )
        self._courier = courier
        self._intake = Intake(
            self,
            courier,
            self._preparation,
            reports,
            spool=kept,
            strict=service.mode == "development" if strict is None else strict,
            install_id=service.install_id or random_id(),
            clock=clock,
            new_id=new_id or random_id,
        )
        self._take = self._intake.take

    @property
    def enabled(self) -> bool:
        """Whether calls go anywhere."""
        return self._intake is not None

    @_guarded
    def track(
        self,
        event: str | Enum | Event,
        properties: Values | None = None,
        *,
        user_id: UserId | None = None,
        anonymous_id: str | None = None,
    ) -> None:
        """Something happened: ``<identity>.<action>``, as ``project.created``.

        ``event`` is its name, or an instance of an ``Event`` class of the plan, which has
        properties of its own.
        """
        if type(event) is str and event:
            name, values = event, copied(properties, "properties")
        else:
            name, values = parts_of(event, properties)
        self._take(Kind.TRACK, user_id, anonymous_id, name=name, properties=values)

    @_guarded
    def page(
        self,
        name: str | Enum,
        properties: Values | None = None,
        *,
        type: PageType | str = PageType.PAGE,  # noqa: A002  (as TrackPage has it)
        category: str | Enum | None = None,
        user_id: UserId | None = None,
        anonymous_id: str | None = None,
    ) -> None:
        """A page was viewed, as the service saw it."""
        kind = None if category is None else text_of(category, "category")
        page = Page(text_of(name, "name"), page_type(type), kind)
        values = copied(properties, "properties")
        self._take(Kind.PAGE, user_id, anonymous_id, name=page.name, properties=values, page=page)

    @_guarded
    def identify(
        self, user_id: UserId, traits: Values | None = None, *, anonymous_id: str | None = None
    ) -> None:
        """This is a user, with these traits."""
        if cast("Any", user_id) is None:
            raise TypeError("user_id: expected an id, got NoneType; nobody was identified")
        self._take(Kind.IDENTIFY, user_id, anonymous_id, traits=copied(traits, "traits"))

    @_guarded
    def group(
        self,
        group_id: UserId,
        traits: Values | None = None,
        *,
        user_id: UserId | None = None,
        anonymous_id: str | None = None,
    ) -> None:
        """The user belongs to this group, such as an organization, which has these traits."""
        group, values = id_text(group_id, "group_id"), copied(traits, "traits")
        self._take(Kind.GROUP, user_id, anonymous_id, group_id=group, traits=values)

    @_guarded
    def alias(self, user_id: UserId, previous_id: UserId) -> None:
        """``previous_id`` and ``user_id`` are the same person."""
        self._take(Kind.ALIAS, user_id, None, previous_id=id_text(previous_id, "previous_id"))

    @_guarded
    def capture(self, call: Call, request: RequestSink | None = None, /) -> None:
        """Take a call of ``use_tracking()``: ``Analytics`` is a sink for a ``TrackingProvider``.

        Outside of a request each call stands for itself: ``identify`` names nobody afterwards.
        """
        if self._intake is not None:
            self._intake.take_call(call, request)

    def reset(self) -> None:
        """There is no visit to forget: it is the request's, or each call's own."""

    def request(
        self, header: str | None = None, *, user: Callable[[], UserId | None] | None = None
    ) -> Request:
        """The provider of one request, to be entered with ``with``; the middleware does it.

        ``header`` is the request's ``Tracker-Context``; ``user`` says who is signed in, and is
        asked when something is tracked. Inside, ``use_tracking()`` and this object's own methods
        track with the page, section and visit of the visitor.
        """
        visitor = read_header(header) if self.enabled else NOBODY
        path = visitor.path
        if path and not self._preparation.knows_place(path):
            path = ()  # a page of an older plan, or somebody who makes pages up
        return Request(RequestSink(self, visitor, user), path, enabled=self.enabled)

    def flush(self, timeout: float = 10.0) -> bool:
        """Send what was tracked until now; whether all was settled within ``timeout`` seconds.

        Settled is what the collector has stored, or refused for good.
        """
        return self._courier is None or self._courier.flush(timeout)

    def close(self, timeout: float = 10.0) -> bool:
        """Flush and end the thread, within ``timeout`` seconds; whether all was settled.

        What is tracked afterwards is lost, and reported. At exit this happens by itself.
        """
        return self._courier is None or self._courier.close(timeout)

    async def aflush(self, timeout: float = 10.0) -> bool:  # noqa: ASYNC109  (as flush has it)
        """``flush`` for coroutines: the event loop goes on meanwhile."""
        return await asyncio.to_thread(self.flush, timeout)

    async def aclose(self, timeout: float = 10.0) -> bool:  # noqa: ASYNC109  (as close has it)
        """``close`` for coroutines: the event loop goes on meanwhile."""
        return await asyncio.to_thread(self.close, timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()
