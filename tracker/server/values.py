"""What services pass to a call, as the facts have it: copied, so that a later change changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias, cast
from uuid import UUID

from ..event import PageType
from ..snapshot import snapshot
from ..tracking import text_of

if TYPE_CHECKING:
    from ..event import Json
    from ..plan import Event, Properties

_PLAIN = frozenset({str, int, bool})


Values: TypeAlias = "Mapping[str, Any] | Properties"
"""Properties or traits: a mapping, or an instance of a class of the plan."""
UserId: TypeAlias = str | int | UUID
"""An application's own id of a user or group; a number or UUID is sent as text."""


def parts_of(
    event: Enum | str | Event, properties: Values | None
) -> tuple[str, Mapping[str, Json]]:
    """The name and the properties of what was given to ``track``.

    Raises ``TypeError`` for what is neither a name nor an instance of a class of events.
    """
    if isinstance(event, str | Enum):
        return text_of(event, "event"), copied(properties, "properties")
    if isinstance(event, type):
        raise TypeError(f"event: expected an instance of {event.__name__}, got the class itself")
    if not isinstance(getattr(event, "event_name", None), str):
        raise TypeError(
            "event: expected an event's name or an instance of an Event class, "
            f"got {type(event).__name__}"
        )
    if properties is not None:
        raise TypeError("properties: expected none beside an event that has its own, got some")
    return event.event_name, event.properties


def copied(values: Values | None, field: str) -> Mapping[str, Json]:
    """A copy as plain JSON: UUIDs become text, enums their values, and None entries go.

    Raises ``TypeError`` that names the field when something in it is not JSON.
    """
    if not values:
        return {}
    if type(values) is dict:
        plain = cast("dict[str, Any]", values)
        # Most events are a few plain values, told by their exact types: an enum of texts is a text.
        for name, value in plain.items():
            if type(value) not in _PLAIN or type(name) is not str:
                break
        else:
            return plain.copy()
    elif not isinstance(values, Mapping):
        properties = getattr(values, "properties", None)
        if isinstance(properties, dict):
            return cast("dict[str, Json]", properties)
        raise TypeError(f"{field}: expected a mapping, got {type(values).__name__}")
    entries = cast("Mapping[Any, Any]", values)
    return snapshot({name: _plain(value) for name, value in entries.items()}, field)


def id_text(value: UserId | None, field: str) -> str | None:
    """An id as text, None for none. Raises ``TypeError`` for what is no id, and for empty text."""
    if value is None or (type(value) is str and value):
        return value
    if isinstance(value, UUID) or (isinstance(value, int) and not isinstance(value, bool | Enum)):
        return str(value)
    if isinstance(value, str) and not value:
        raise TypeError(f"{field}: expected an id, or None for none; got empty text")
    return text_of(cast("str", value), field)


def page_type(value: PageType | str) -> PageType:
    """The type of a page. Raises ``TypeError`` for anything but a page or a modal."""
    try:
        return PageType(value)
    except ValueError:
        raise TypeError('type: expected "page" or "modal", got something else') from None


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value
