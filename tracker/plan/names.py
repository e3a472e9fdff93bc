"""The rule for names: ``<element>.<action>`` on the client, ``<identity>.<action>`` on the server.

``run_query_button.click`` is what a visitor does, in the imperative; ``organization.created`` is
what the data says happened, in the past. Lower snake case, exactly one dot, and an action from a
declared vocabulary: so the action says which side a name belongs to, and one thing has one name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from ..errors import PlanError

Side: TypeAlias = Literal["client", "server"]

MAX_NAME = 80
"""The longest name, in characters; with an app's name before it, it still fits every warehouse."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


CLIENT_ACTIONS = _words(
    """
    blur cancel change check clear click close collapse confirm contextmenu copy cut dblclick deselect
    dismiss drag drop edit expand filter focus hover input invalid keydown keyup leave load minimize
    navigate next open paste pause pin play press previous redo refresh reorder reset resize restore
    scroll search seek select show sort start stop submit swipe switch tap toggle uncheck undo unpin
    view zoom
    """
)
"""What a visitor does. The first to know are those that markup gives: click, submit, change, keydown."""

SERVER_ACTIONS = _words(
    """
    accepted activated added approved archived assigned cached cancelled compiled completed confirmed
    connected converted created deactivated declined deleted deployed disabled disconnected downgraded
    downloaded duplicated enabled executed expired exported failed generated granted imported installed
    invited joined launched left linked logged_in logged_out migrated moved opened paused pinned
    processed promoted published queued received refreshed registered rejected removed renamed renewed
    reordered requested responded restored resumed retried revoked rotated saved scheduled sent shared
    skipped started stopped subscribed succeeded synced tested transferred triggered uninstalled
    unlinked unpinned unsubscribed updated upgraded uploaded used validated verified viewed
    """
)
"""What the data says happened."""

_WORDS = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_OTHER = re.compile(r"[^a-z0-9.]+")


@dataclass(frozen=True, slots=True)
class Actions:
    """The vocabulary of actions: ours, and what an application adds to it.

    Raises ``PlanError`` for a word that is not lower snake case, or is on both sides: then the
    name alone would not say which side an event belongs to.
    """

    client: tuple[str, ...] = field(default=(), kw_only=True)
    server: tuple[str, ...] = field(default=(), kw_only=True)

    def __post_init__(self) -> None:
        for word in (*self.client, *self.server):
            if not is_snake_case(word):
                raise PlanError(
                    f'action "{word}": expected lower snake case, as click or logged_in'
                )
        both = (CLIENT_ACTIONS | set(self.client)) & (SERVER_ACTIONS | set(self.server))
        if both:
            raise PlanError(
                f"actions {', '.join(sorted(both))}: on both sides; the client's are imperative "
                "(click), the server's are in the past (created)"
            )

    def side_of(self, action: str) -> Side | None:
        """Which side's action this is; None for one that nobody declared."""
        if action in CLIENT_ACTIONS or action in self.client:
            return "client"
        return "server" if action in SERVER_ACTIONS or action in self.server else None

    def side_of_event(self, name: str) -> Side:
        """Which side an event belongs to.

        Raises ``PlanError`` that says the mend when the name breaks the rule.
        """
        element, dot, action = name.partition(".")
        side = self.side_of(action)
        if is_snake_case(element) and dot and side and len(name) <= MAX_NAME:
            return side
        raise PlanError(f'"{name}": {self._why_not(name)}')

    def mended(self, name: str) -> str | None:
        """The name that was probably meant, which obeys the rule; None when that is anyone's guess."""
        text = _OTHER.sub("_", _HUMP.sub("_", name).lower()).strip("_.")
        element, _, action = text.rpartition("." if "." in text else "_")
        element = element.replace(".", "_").strip("_")
        for word in _inflections(action.strip("_")):
            if self.side_of(word) and is_snake_case(element):
                mended = f"{element}.{word}"
                return mended if mended != name and len(mended) <= MAX_NAME else None
        return None

    def _why_not(self, name: str) -> str:
        element, dot, action = name.partition(".")
        if len(name) > MAX_NAME:
            why = f"expected at most {MAX_NAME} characters"
        elif not dot or "." in action:
            why = "expected exactly one dot, as run_query_button.click or organization.created"
        elif not (is_snake_case(element) and is_snake_case(action)):
            why = "expected lower snake case, as run_query_button.click or organization.created"
        else:
            why = f'"{action}" is no declared action'
        if mended := self.mended(name):
            return f"{why}; did you mean {mended}?"
        if not self.side_of(action):
            why += (
                f"; on the client they are {_some(CLIENT_ACTIONS)}, on the server "
                f"{_some(SERVER_ACTIONS)}; declare others with Actions(client=…, server=…)"
            )
        return why


DEFAULT_ACTIONS = Actions()


def is_snake_case(text: str) -> bool:
    """Whether this is lower snake case that begins with a letter."""
    return _WORDS.fullmatch(text) is not None


def camel_case(name: str) -> str:
    """``project_id`` as ``projectId``."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def snake_case(name: str) -> str:
    """``projectId`` as ``project_id``: what warehouses call the column."""
    return _HUMP.sub("_", name).lower()


def gist(name: str) -> str:
    """What is left of a name without its case, punctuation and tense, to find the one that was meant."""
    letters = re.sub(r"[^a-z0-9]", "", name.lower())
    return re.sub(r"(?:ed|d|e)$", "", letters)


def _inflections(word: str) -> list[str]:
    """The word itself, and what it may be the past or the imperative of."""
    stem = word.removesuffix("ed")
    return [
        *(word, stem, word.removesuffix("d"), stem[:-1] if stem[-1:] == stem[-2:-1] else stem),
        *(
            word + "d",
            word + "ed",
            word + word[-1:] + "ed",
            word.removesuffix("s"),
            word.removesuffix("s") + "d",
        ),
        *(word.removesuffix("ing"), word.removesuffix("ing") + "e"),
    ]


def _some(actions: frozenset[str]) -> str:
    first = ("click", "submit", "change", "open", "created", "updated", "deleted", "executed")
    return ", ".join(action for action in first if action in actions) + " …"
