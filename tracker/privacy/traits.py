"""Traits say who somebody is: those that name or reach a person stay behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..fields import as_object
from .rules import Place
from .sweep import GONE
from .text import rule_of

if TYPE_CHECKING:
    from ..event import Json
    from .policy import TraitsPolicy
    from .sweep import Sweep

_FLAGS = ("is_tracking_anonymized", "isTrackingAnonymized")


_MOST_USERS = 10_000


class AnonymousUsers:
    """The users of whom it was last said that they are tracked without a name, as Lightdash's are.

    A user stays one until ``false`` is said; of very many, those of whom it was said first are
    forgotten.
    """

    __slots__ = ("_ids",)

    def __init__(self) -> None:
        self._ids: dict[str, None] = {}

    def learn(self, item: Json) -> None:
        """Note what a message or a fact that identifies a user says of this."""
        fields = as_object(item) or {}
        visit = as_object(fields.get("visit")) or {}
        user_id = fields.get("userId") or visit.get("userId")
        said = None
        if "identify" in (fields.get("type"), fields.get("kind")):
            said = _said(fields.get("traits"))
        if said is None and _said(visit):
            # The loader's memory, which earlier pages and workers share.
            said, user_id = True, visit.get("userId")
        if said is None or not isinstance(user_id, str):
            return
        self._ids.pop(user_id, None)
        if said:
            self._ids[user_id] = None
            if len(self._ids) > _MOST_USERS:
                del self._ids[next(iter(self._ids))]

    def covers(self, message: dict[str, Json]) -> bool:
        """Whether the message's user is one, by what it says itself, or what was said before."""
        self.learn(message)
        context = as_object(message.get("context")) or {}
        said = (_said(message.get("traits")), _said(context.get("traits")))
        if said != (None, None):
            return True in said
        user_id = message.get("userId")
        return isinstance(user_id, str) and user_id in self._ids


def _said(traits: Json) -> bool | None:
    entries = as_object(traits) or {}
    said = [entries[flag] for flag in _FLAGS if isinstance(entries.get(flag), bool)]
    return True in said if said else None


def scrub_traits(
    entries: dict[str, Json], field: str, sweep: Sweep, policy: TraitsPolicy, *, anonymize: bool
) -> dict[str, Json]:
    """The traits without those that name or reach a person, but for what the policy allows."""
    values = sweep.values
    personal = [key for key in entries if values.is_personal_trait(key)]
    if not personal:
        return sweep.mapping(entries, field)
    kept: dict[str, Json] = {}
    for key in personal:
        value = entries[key]
        name = (field, entries, key)
        if value is None or value == "" or isinstance(value, bool):
            kept[key] = value
        elif anonymize or key not in policy.allow:
            if values.ignored("personal_trait"):
                kept[key] = sweep.value(value, name, key)
            else:
                sweep.note(name, "personal_trait")
        elif isinstance(value, str):
            rule = rule_of(value, Place.TEXT, lambda rule: rule in _REACHES or values.ignored(rule))
            if rule:
                sweep.note(name, rule)
            else:
                kept[key] = value
        else:
            kept[key] = sweep.value(value, name, key)
    others = {key: value for key, value in entries.items() if key not in personal}
    kept |= sweep.mapping(others, field)
    if len(kept) == len(entries) and all(kept[key] is value for key, value in entries.items()):
        return entries
    return {key: kept[key] for key in entries if key in kept and kept[key] is not GONE}


_REACHES = frozenset({"email", "phone"})
