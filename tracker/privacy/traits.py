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


def is_anonymized(traits: Json) -> bool:
    """Whether these traits say that the user is tracked without a name, as Lightdash's do."""
    entries = as_object(traits)
    return entries is not None and any(entries.get(flag) is True for flag in _FLAGS)


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
