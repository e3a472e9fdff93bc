"""Where a call happens: the scopes around it, and the one context variable that holds them."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .event import App, Page, Path, Section

if TYPE_CHECKING:
    from .ports import Sink


@dataclass(frozen=True, slots=True)
class TrackingContext:
    """What a provider and the scopes inside it have set up; entering a scope makes a new one.

    ``sink`` is None under a disabled provider. ``outer`` is the context to give back when the
    scope ends, so a scope keeps no state of its own and can be shared and re-entered.
    """

    sink: Sink | None
    app: App | None = None
    path: Path = ()
    outer: TrackingContext | None = field(default=None, repr=False, compare=False)


current_context: ContextVar[TrackingContext | None] = ContextVar("tracking", default=None)
"""The context of the code that is running; asyncio gives each task a copy of its own."""


def page_of(path: Path) -> Page | None:
    """The innermost page, which wins: a modal hides the page beneath it."""
    for scope in reversed(path):
        if isinstance(scope, Page):
            return scope
    return None


def sections_of(path: Path) -> tuple[str, ...]:
    """The names of all sections, outermost first; the last one is the section of the call."""
    return tuple(scope.name for scope in path if isinstance(scope, Section))
