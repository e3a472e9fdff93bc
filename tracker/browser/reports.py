"""What the page's console is told of an event: all of it to who develops, little to a visitor.

On the developer's own machine each report is a sentence with the mend. Elsewhere it is the field and
the rule, so that the loader, which says the same text once, says it once for each kind. No report
quotes a value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..errors import Violation
    from ..pipeline import Accepted

_LOCAL = frozenset({"localhost", "127.0.0.1", "[::1]"})


def is_local(hostname: str | None) -> bool:
    """Whether a page of this host is on the machine of who develops it."""
    return hostname in _LOCAL or (hostname or "").endswith(".localhost")


def of_refused(violations: Sequence[Violation], *, local: bool) -> Iterator[str]:
    """Why an event was not sent."""
    for one in violations:
        yield f"not tracked: {_told(one, local=local)}"


def of_accepted(accepted: Accepted, *, local: bool) -> Iterator[str]:
    """What became of an event that is sent: what the guard removed, what the plan does not know."""
    name = _name(accepted.message) if local else ""
    for field, rule in accepted.redactions:
        what = f"{field} was removed before it was sent" if local else field
        yield f"not for tracking: {name}{what}: {rule}"
    for one in accepted.unplanned:
        yield f"unplanned, sent all the same: {name}{_told(one, local=local)}"


def _told(violation: Violation, *, local: bool) -> str:
    return str(violation) if local else f"{violation.field}: {violation.rule}"


def _name(message: dict[str, object]) -> str:
    """The event's name, which the guard has seen."""
    return f"{message.get('event') or message.get('type')}: "
