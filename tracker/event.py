"""The nouns: what a page or service knows when it calls, and the message made of it.

A **call** is what the code that tracks knows: what happened and in which scopes. A **fact** is a
call with its id, its time and whose visit it belongs to; it is made at the instant of the call. A
**message** is what goes over the wire, made from a fact and the environment it happened in.
Everything here is immutable.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Json: TypeAlias = Any
"""A JSON value as the standard library decodes it: dict, list, str, int, float, bool or None."""


class Kind(StrEnum):
    """The kinds of call; the wire calls them ``type``."""

    TRACK = "track"
    PAGE = "page"
    IDENTIFY = "identify"
    GROUP = "group"
    ALIAS = "alias"


class PageType(StrEnum):
    """A screen of its own, or a modal above one."""

    PAGE = "page"
    MODAL = "modal"


@dataclass(frozen=True, slots=True)
class Page:
    """A named screen, or a modal: a page with ``type`` MODAL that lies above another."""

    name: str
    type: PageType = PageType.PAGE
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A named region of a page; sections nest."""

    name: str


Path: TypeAlias = tuple[Page | Section, ...]
"""The scopes around a call, outermost first."""


@dataclass(frozen=True, slots=True)
class App:
    """The application that events are about: ``name`` begins each event's name on the wire."""

    name: str
    _: KW_ONLY  # tracker.server.App begins with the namespace: mixed up, they should say so
    namespace: str | None = None
    version: str | None = None
    build: str | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """Who is there, as known at the call.

    ``anonymous_id`` was made on the device, ``user_id`` is the application's own id after
    ``identify``, ``session_id`` is the session's start in milliseconds since the epoch.
    """

    anonymous_id: str
    user_id: str | None = None
    session_id: int | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One call of track, page, identify, group or alias, and the scopes it came from.

    ``app`` is set when the code that calls names another application than its environment does.
    """

    kind: Kind
    name: str | None = None
    properties: Mapping[str, Json] = field(default_factory=dict[str, Json])
    traits: Mapping[str, Json] = field(default_factory=dict[str, Json])
    group_id: str | None = None
    previous_id: str | None = None
    user_id: str | None = None
    path: Path = ()
    app: App | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """A call with its message id, its time in milliseconds since the epoch, and its visit.

    ``page_facts`` is what the page's own tag asked to be read of it at that instant; by default
    nothing. Whether it may leave is for the privacy guard to say.
    """

    id: str
    at: int
    visit: Visit
    call: Call
    page_facts: Mapping[str, Json] = field(default_factory=dict[str, Json])


@dataclass(frozen=True, slots=True)
class Library:
    """The code that captured the call."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Screen:
    """Sizes in CSS pixels; ``density`` is the ratio of device pixels to them."""

    width: int | None = None
    height: int | None = None
    density: float | None = None
    inner_width: int | None = None
    inner_height: int | None = None


@dataclass(frozen=True, slots=True)
class Environment:
    """What is the same for every call of one page view or one service.

    It has no field for URL, path, title, referrer or query, which may change meanwhile, and which
    few pages want to be known: a fact has them, where the page asks for it.
    """

    app: App
    library: Library
    hostname: str | None = None
    locale: str | None = None
    timezone: str | None = None
    screen: Screen | None = None
    user_agent: str | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """Where a message happened: the innermost page, the sections around it, the environment.

    ``page_facts`` are those of a fact, by the names that a tag calls them.
    """

    environment: Environment
    page: Page | None = None
    sections: tuple[str, ...] = ()
    session_id: int | None = None
    page_facts: Mapping[str, Json] = field(default_factory=dict[str, Json])


@dataclass(frozen=True, slots=True)
class Message:
    """A RudderStack/Segment message: the envelope, and the call in the wire's words.

    ``event`` is set for track, ``name`` and ``category`` for page, ``group_id`` for group and
    ``previous_id`` for alias; ``original_timestamp`` is in milliseconds since the epoch.
    """

    type: Kind
    message_id: str
    anonymous_id: str
    original_timestamp: int
    context: Context
    user_id: str | None = None
    event: str | None = None
    name: str | None = None
    category: str | None = None
    properties: Mapping[str, Json] = field(default_factory=dict[str, Json])
    traits: Mapping[str, Json] = field(default_factory=dict[str, Json])
    group_id: str | None = None
    previous_id: str | None = None
