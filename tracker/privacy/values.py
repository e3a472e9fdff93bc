"""Finds the rule that a key or a value breaks, and remembers what was found to be safe.

An application sends the same few names over and over, so most texts are answered by one look-up.
Only safe texts are remembered, short ones, and a bounded number of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .keys import counts_something, is_personal_trait, place_of
from .names import is_path_of_names, warehouse_name_in
from .numbers import is_card
from .objects import names_an_object
from .patterns import Pattern
from .policy import Action
from .rules import Place
from .text import is_harmless, rule_of

if TYPE_CHECKING:
    from .policy import Policy

_MOST_REMEMBERED = 2048
_LONGEST_REMEMBERED = 256
_OBJECTS = frozenset({Place.WAREHOUSE_WORD, Place.SCHEMA, Place.TABLE, Place.COLUMN, Place.FIELD})
_CODE = Pattern(r"[0-9]{4,8}")
_WORD = Pattern(r"1?[A-Za-z][A-Za-z _-]{0,31}|[0-9]{1,9}|[0-9]{1,3}(?:[., ][0-9]{1,3}){0,2}[kKM%]?")

_ALWAYS = {
    Place.SENSITIVE: "sensitive_key",
    Place.PERSONAL: "personal_trait",
    Place.WAREHOUSE: "warehouse_name",
}


class Position:
    """A kind of place, and the texts that were found to be safe there."""

    __slots__ = ("always", "is_open", "place", "safe")

    def __init__(self, place: Place) -> None:
        self.place = place
        self.is_open = place not in (*_ALWAYS, Place.PHONE, Place.PIN)
        """Whether ids, times and small numbers are nothing here."""
        self.always = _ALWAYS.get(place)
        """The rule that every value here breaks."""
        self.safe: set[str] = set()


class Values:
    """What a policy says about single keys and values."""

    def __init__(self, policy: Policy) -> None:
        self._off = frozenset(
            rule for rule, action in policy.actions.items() if action is Action.ALLOW
        )
        self.positions = {place: Position(place) for place in Place}
        self.keys: dict[str, Position] = {}
        """Keys that were found to be safe, with what they announce; look here first."""
        self.hosts: set[str] = set()
        """Host names that were found to be safe."""
        self.fields: set[str] = set()
        """Paths in the records of earlier guards that were found to be safe."""
        self._personal: dict[str, bool] = {}

    def remember_host(self, host: str) -> None:
        """Note that this host name may leave."""
        if len(self.hosts) < _MOST_REMEMBERED and len(host) <= _LONGEST_REMEMBERED:
            self.hosts.add(host)

    def remember_field(self, field: str) -> None:
        """Note that this path may be named."""
        if len(self.fields) < _MOST_REMEMBERED and len(field) <= _LONGEST_REMEMBERED:
            self.fields.add(field)

    def is_personal_trait(self, key: str) -> bool:
        """Whether a trait of this name says who somebody is, or how to reach them."""
        known = self._personal.get(key)
        if known is None:
            known = is_personal_trait(key)
            if key in self.keys and len(self._personal) < _MOST_REMEMBERED:
                self._personal[key] = known
        return known

    def ignored(self, rule: str) -> bool:
        """Whether the policy does not apply this rule."""
        return rule in self._off

    def position_of(self, key: str) -> Position:
        """What the key announces; the key itself is looked at by ``rule_of_key``."""
        return self.positions[place_of(key)]

    def rule_of_key(self, key: str) -> str | None:
        """The rule that the key itself breaks; a safe one is remembered in ``keys``."""
        rule = rule_of(key, Place.TEXT, self.ignored)
        if rule is None and len(key) <= _LONGEST_REMEMBERED:
            if len(self.keys) >= _MOST_REMEMBERED:
                self.keys.clear()
            self.keys[key] = self.position_of(key)
        return rule

    def is_safe_key(self, key: str) -> bool:
        """Whether the key may be named."""
        return key in self.keys or self.rule_of_key(key) is None

    def rule_of_text(self, text: str, position: Position) -> str | None:
        """The rule that a text breaks at this position; a safe one is remembered there."""
        place = position.place
        rule = position.always
        if rule is not None:
            return None if not text.strip() or rule in self._off else rule
        if place is Place.DESCRIBED and not _WORD.fullmatch(text):
            return None if "sensitive_key" in self._off or not text else "sensitive_key"
        if place in _OBJECTS and self._names_an_object(text, place):
            return "warehouse_name"
        if place is Place.PIN and _CODE.fullmatch(text) and "sensitive_key" not in self._off:
            return "sensitive_key"
        if is_harmless(text):
            rule = None
            if len(text) >= 32:
                return None  # an id or a time: it would not come again
        else:
            rule = rule_of(text, place, self.ignored)
        if rule is None and len(text) <= _LONGEST_REMEMBERED:
            if len(position.safe) >= _MOST_REMEMBERED:
                position.safe.clear()
            position.safe.add(text)
        return rule

    def rule_of_number(self, number: float, key: str, position: Position) -> str | None:
        """The rule that a number breaks: a secret's digits, a phone's, a card's."""
        place = position.place
        if place is Place.SENSITIVE:
            rule = None if counts_something(key) else "sensitive_key"
        elif place is Place.PHONE:
            rule = "phone" if abs(number) >= 1e6 else None
        elif place is Place.PIN:
            rule = "sensitive_key" if 1_000 <= number < 100_000_000 else None
        elif place is not Place.ID and 4e12 <= number < 1e19 and is_card(str(int(number))):
            rule = "card_number"
        else:
            return None
        return None if rule in self._off else rule

    def is_secret_object(self, key: str, position: Position) -> bool:
        """Whether a list or object under this key goes as a whole; ``tokens`` may count them."""
        rule = position.always
        return rule is not None and rule not in self._off and not counts_something(key)

    def _names_an_object(self, text: str, place: Place) -> bool:
        if "warehouse_name" in self._off:
            return False
        return (
            is_path_of_names(text) or names_an_object(text, place) or warehouse_name_in(text, place)
        )


def as_number(value: Any) -> float | None:
    """The value when it is a number, and not a boolean."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
