"""Who is there, and when a session ends: pure rules over an immutable ``Identity``.

The loader keeps the same rules in JavaScript, because it must know the visit at the instant of the
call; ``tests/vectors/identity.json`` holds both to the same answers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from .event import Visit

SESSION_TIMEOUT_MS = 30 * 60 * 1000
"""A session ends when nothing has happened for longer than this."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What is remembered of a visitor between calls; times in milliseconds since the epoch."""

    anonymous_id: str
    user_id: str | None = None
    session_id: int | None = None
    last_activity: int | None = None

    @property
    def visit(self) -> Visit:
        """The identity as a fact carries it."""
        return Visit(self.anonymous_id, self.user_id, self.session_id)


def active(identity: Identity, now: int) -> Identity:
    """The identity after something happened at ``now``: in its session, or in a new one.

    A session's id is the time of its first activity. Activity that seems to lie in the past, as
    after the wall clock was set back, belongs to the session that is running.
    """
    last = identity.last_activity
    running = identity.session_id is not None and last is not None
    if running and last is not None and now - last <= SESSION_TIMEOUT_MS:
        return replace(identity, last_activity=max(now, last))
    return replace(identity, session_id=now, last_activity=now)


def identified(identity: Identity, user_id: str) -> Identity:
    """The identity from now on; facts made before keep the user they had."""
    return replace(identity, user_id=user_id)


def forgotten(anonymous_id: str) -> Identity:
    """The identity after ``reset``: a new visitor without user or session."""
    return Identity(anonymous_id)
