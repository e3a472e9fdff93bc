"""The vocabulary: TrackingProvider, TrackPage, TrackSection and use_tracking.

    with TrackingProvider(app="acme_webapp", sink=sink):
        with TrackPage("explorer"):
            with TrackSection("results_table"):
                tracking = use_tracking()
                tracking.track("run_query_button.click")

Scopes are context managers and decorators, of functions and of coroutine functions. They keep no
state of their own: one may be shared between tasks, and entered again while it is open. Do not
``yield`` inside ``with TrackPage``: a generator that is left early never leaves its scope.
"""

from __future__ import annotations

import inspect
import logging
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, ClassVar, ParamSpec, TypeVar, cast

from .context import TrackingContext, current_context, page_of
from .errors import ConfigurationError, NoProvider
from .event import App, Call, Json, Kind, Page, PageType, Path, Section
from .snapshot import snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from .ports import Sink

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")

_log = logging.getLogger("tracker")

_NO_PROVIDER = (
    "there is no TrackingProvider around this code; wrap it: "
    'with TrackingProvider(app="my_app"): … (a JavaScript callback does not see Python\'s context: '
    "call use_tracking() outside and use its answer inside)"
)


@dataclass(frozen=True, slots=True)
class Tracking:
    """A handle on the place where ``use_tracking()`` was called.

    It is immutable and safe in callbacks: it tracks with the scopes of the place it was made in,
    wherever it is called. No method raises or waits; what cannot be tracked is logged under
    ``tracker`` and left out.
    """

    _context: TrackingContext

    @property
    def path(self) -> Path:
        """The scopes around this place, outermost first."""
        return self._context.path

    @property
    def enabled(self) -> bool:
        """Whether calls go anywhere; false under a disabled provider."""
        return self._context.sink is not None

    def track(self, name: str | Enum, properties: Mapping[str, Json] | None = None) -> None:
        """Something happened: ``name`` is ``<element>.<action>``, as ``run_query_button.click``."""
        self._capture(Kind.TRACK, name=name, properties=properties)

    def page(self, page: Page, properties: Mapping[str, Json] | None = None) -> None:
        """A page was viewed, without a scope of its own; ``TrackPage`` does this by itself."""
        self._capture(Kind.PAGE, name=page.name, properties=properties, path=(*self.path, page))

    def identify(self, user_id: str, traits: Mapping[str, Json] | None = None) -> None:
        """The visitor is this user from now on; earlier facts stay as they are."""
        self._capture(Kind.IDENTIFY, user_id=user_id, traits=traits)

    def group(self, group_id: str, traits: Mapping[str, Json] | None = None) -> None:
        """The user belongs to this group, such as an organization."""
        self._capture(Kind.GROUP, group_id=group_id, traits=traits)

    def alias(self, user_id: str, previous_id: str) -> None:
        """``previous_id`` and ``user_id`` are the same person."""
        self._capture(Kind.ALIAS, user_id=user_id, previous_id=previous_id)

    def reset(self) -> None:
        """Forget the user and the anonymous id, as after signing out."""
        sink = self._context.sink
        if sink is not None:
            _guarded(sink.reset)

    def _capture(
        self,
        kind: Kind,
        *,
        name: str | Enum | None = None,
        properties: Mapping[str, Json] | None = None,
        traits: Mapping[str, Json] | None = None,
        path: Path | None = None,
        **ids: str,
    ) -> None:
        sink = self._context.sink
        if sink is None:
            return
        target = sink

        def capture() -> None:
            call = Call(
                kind=kind,
                name=None if name is None else text_of(name, "name"),
                properties=snapshot(properties, "properties"),
                traits=snapshot(traits, "traits"),
                path=self.path if path is None else path,
                app=self._context.app,
                **{field: text_of(value, field) for field, value in ids.items()},
            )
            target.capture(call)

        _guarded(capture)


def use_tracking() -> Tracking:
    """A handle on this place.

    Raises ``NoProvider`` outside of a ``TrackingProvider``.
    """
    context = current_context.get()
    if context is None:
        raise NoProvider(_NO_PROVIDER)
    return Tracking(context)


class _Scope:
    """What is common to providers, pages and sections; subclasses say what they add."""

    def extend(self, outer: TrackingContext | None) -> TrackingContext:
        """Return the context inside, given the one around; raises ``NoProvider``."""
        raise NotImplementedError

    def __enter__(self) -> Tracking:
        outer = current_context.get()
        inner = replace(self.extend(outer), outer=outer)
        current_context.set(inner)
        return Tracking(inner)

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        inner = current_context.get()
        current_context.set(inner.outer if inner else None)

    def __call__(self, function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
        """Decorate a function or a coroutine function: each call of it runs inside the scope."""
        inner = function
        while isinstance(inner, partial):
            inner = cast("partial[Any]", inner).func
        if inspect.isgeneratorfunction(inner) or inspect.isasyncgenfunction(inner):
            raise TypeError(
                f"{type(self).__name__} cannot decorate a generator, which may be left "
                "half-way with its scope open; use `with` inside the code that consumes it"
            )
        if inspect.iscoroutinefunction(inner):

            @wraps(function)
            async def run_async(*args: _Parameters.args, **kwargs: _Parameters.kwargs) -> Any:
                with self:
                    return await cast("Any", function(*args, **kwargs))

            return cast("Callable[_Parameters, _Result]", run_async)

        @wraps(function)
        def run(*args: _Parameters.args, **kwargs: _Parameters.kwargs) -> _Result:
            with self:
                return function(*args, **kwargs)

        return run


class TrackingProvider(_Scope):
    """Sets up tracking for the code inside: which application, and where calls go.

    In a page that runs Python, ``sink`` defaults to the page's own tracker (the script tag), and
    ``app`` to the one that the tag names. Elsewhere a sink must be given. A disabled provider is
    silent for everything inside, providers included.

    Raises ``ConfigurationError`` when entered where there is no sink.
    """

    default_sink: ClassVar[Sink | None] = None
    """Where providers without a sink send to; a page's Python sets it to the page's tracker."""

    def __init__(
        self,
        app: str | App | None = None,
        *,
        version: str | None = None,
        sink: Sink | None = None,
        enabled: bool = True,
    ) -> None:
        self._app = App(app, version=version) if isinstance(app, str) else app
        if version is not None and self._app:
            self._app = replace(self._app, version=version)
        self._sink = sink
        self._enabled = enabled

    def extend(self, outer: TrackingContext | None) -> TrackingContext:
        """What is not given here comes from the provider around."""
        disabled_around = outer is not None and outer.sink is None
        if not self._enabled or disabled_around:
            return TrackingContext(sink=None)
        inherited = self.default_sink if outer is None else outer.sink
        sink = inherited if self._sink is None else self._sink
        if sink is None:
            raise ConfigurationError(
                "TrackingProvider has nowhere to send to: give it a sink "
                "(tracker.testing.CapturingSink in tests), or enabled=False"
            )
        app = self._app or (outer.app if outer else None)
        return TrackingContext(sink, app, outer.path if outer else ())


class TrackPage(_Scope):
    """A page, or with ``type=PageType.MODAL`` a modal above one.

    Entering it is a view and sends one page message. Entering a page inside itself, as a function
    that calls itself does, is the same view; a modal is a new view on each opening.
    """

    def __init__(
        self,
        name: str | Enum,
        *,
        type: PageType | str = PageType.PAGE,  # noqa: A002  (the customer's document names it)
        category: str | Enum | None = None,
    ) -> None:
        self.page = Page(
            name=text_of(name, "name"),
            type=PageType(type),
            category=None if category is None else text_of(category, "category"),
        )

    def extend(self, outer: TrackingContext | None) -> TrackingContext:
        """Return the context around with this page inside; raises ``NoProvider``."""
        return _extended(outer, self.page)

    def __enter__(self) -> Tracking:
        outer = current_context.get()
        around = page_of(outer.path) if outer else None
        tracking = super().__enter__()
        if outer and (self.page.type is PageType.MODAL or self.page != around):
            Tracking(outer).page(self.page)
        return tracking


class TrackSection(_Scope):
    """A significant region of a page, to tell the same event in two places apart."""

    def __init__(self, name: str | Enum) -> None:
        self.section = Section(text_of(name, "name"))

    def extend(self, outer: TrackingContext | None) -> TrackingContext:
        """Return the context around with this section inside; raises ``NoProvider``."""
        return _extended(outer, self.section)


def text_of(value: str | Enum, field: str) -> str:
    """The text of a name, which may be a member of an enum of texts.

    Raises ``TypeError`` for anything else, and for empty text.
    """
    text = value.value if isinstance(value, Enum) else value
    if isinstance(text, str) and text:
        return str(text)
    got = "empty text" if text == "" else type(text).__name__
    raise TypeError(f"{field}: expected text or an enum of texts, got {got}")


def _extended(outer: TrackingContext | None, scope: Page | Section) -> TrackingContext:
    if outer is None:
        raise NoProvider(_NO_PROVIDER)
    return replace(outer, path=(*outer.path, scope))


def _guarded(step: Callable[[], None]) -> None:
    """Run a step of tracking; the host never sees it fail."""
    try:
        step()
    except Exception:  # noqa: BLE001  (the host's code must go on, whatever happened here)
        _log.warning("this call was not tracked", exc_info=True)
