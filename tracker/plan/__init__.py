"""The tracking plan: what may be tracked, as code, checked on both sides.

from tracker.plan import Count, Event, Id, Plan
"""

from typing import TYPE_CHECKING, Any

from .check import Disposition, Findings
from .names import Actions
from .plan import Plan
from .values import AtMost, Count, Duration, Id, Text, Version

if TYPE_CHECKING:
    from .event import Event, Properties

__all__ = [
    "Actions",
    "AtMost",
    "Count",
    "Disposition",
    "Duration",
    "Event",
    "Findings",
    "Id",
    "Plan",
    "Properties",
    "Text",
    "Version",
]


def __getattr__(name: str) -> Any:
    """Import what defines events only for those who define some: a visitor's worker never does."""
    if name in ("Event", "Properties"):
        from . import event

        return getattr(event, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
