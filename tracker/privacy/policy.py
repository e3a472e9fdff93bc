"""What a site allows: the page facts, the traits, and what happens to a message with a leak."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from ..errors import ConfigurationError
from ..fields import as_list, as_object, kind_of
from .rules import RULES

if TYPE_CHECKING:
    from ..event import Json

PAGE_FACTS = ("hostname", "url", "path", "title", "referrer", "query", "utm")
"""The page facts that a policy can allow."""


class Action(StrEnum):
    """What is done about a value that a rule catches."""

    REDACT = "redact"
    REFUSE = "refuse"
    ALLOW = "allow"


@dataclass(frozen=True, slots=True)
class PagePolicy:
    """The facts of the page that may leave: by default where it is, its host name, alone.

    What is allowed is scrubbed all the same: a URL and a referrer lose their credentials, query and
    fragment unless ``query`` is allowed too, and a fact with a leak in it is removed. Ids in paths
    stay; name pages with ``TrackPage`` or a route table instead where they matter.
    """

    allow: frozenset[str] = frozenset({"hostname"})

    def __post_init__(self) -> None:
        _check("PagePolicy.allow", self.allow, PAGE_FACTS)


@dataclass(frozen=True, slots=True)
class TraitsPolicy:
    """The traits that name or reach a person are removed, but for those in ``allow``, by key.

    ``anonymize`` removes them from everybody, whatever is allowed. A single user is anonymised by
    the trait ``is_tracking_anonymized: true``, in that message and in later ones.
    """

    allow: frozenset[str] = frozenset()
    anonymize: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """What the guard does. Nothing given means: redact every rule, and allow the host name alone.

    ``actions`` names rules that redact, refuse the whole message, or are not applied.
    """

    page: PagePolicy = field(default_factory=PagePolicy)
    traits: TraitsPolicy = field(default_factory=TraitsPolicy)
    actions: Mapping[str, Action] = field(default_factory=dict[str, Action])

    def __post_init__(self) -> None:
        _check("Policy.actions", self.actions, RULES)

    def action(self, rule: str) -> Action:
        """What is done about a value that ``rule`` catches."""
        return self.actions.get(rule, Action.REDACT)

    def with_page_facts(self, facts: Iterable[str]) -> Policy:
        """The policy that allows these page facts, too."""
        return replace(self, page=PagePolicy(self.page.allow.union(facts)))

    @classmethod
    def from_json(cls, data: Json) -> Policy:
        """The policy that ``to_json`` wrote; what is left out is as by default.

        Raises ``ConfigurationError`` for anything else.
        """
        fields = as_object(data)
        if fields is None:
            raise ConfigurationError("expected a policy as JSON, as Policy.to_json gives it")
        unknown = [name for name in fields if name not in _FIELDS]
        if unknown:
            raise ConfigurationError(f"unknown {unknown}; choose from {', '.join(_FIELDS)}")
        anonymize = fields.get("anonymize", False)
        if not isinstance(anonymize, bool):
            raise ConfigurationError(f"anonymize: expected true or false, got {kind_of(anonymize)}")
        actions = as_object(fields.get("actions", {}))
        choices = [action.value for action in Action]
        if actions is None or any(action not in choices for action in actions.values()):
            raise ConfigurationError(f"actions: expected for each rule one of {', '.join(choices)}")
        return cls(
            PagePolicy(_names(fields, "pageFacts", ["hostname"])),
            TraitsPolicy(_names(fields, "traits", []), anonymize),
            {rule: Action(action) for rule, action in actions.items()},
        )

    def to_json(self) -> dict[str, Json]:
        """The policy as JSON: ``pageFacts`` and ``traits`` that may leave, ``anonymize``, ``actions``."""
        return {
            "pageFacts": sorted(self.page.allow),
            "traits": sorted(self.traits.allow),
            "anonymize": self.traits.anonymize,
            "actions": {rule: self.actions[rule].value for rule in sorted(self.actions)},
        }


_FIELDS = ("pageFacts", "traits", "anonymize", "actions")


def _names(fields: dict[str, Json], field: str, default: list[Json]) -> frozenset[str]:
    names = as_list(fields.get(field, default))
    if names is None or not all(isinstance(name, str) for name in names):
        raise ConfigurationError(f"{field}: expected a list of names")
    return frozenset(names)


def _check(what: str, names: object, known: Mapping[str, str] | tuple[str, ...]) -> None:
    if isinstance(names, str) or not isinstance(names, Mapping | frozenset | set | tuple | list):
        raise ConfigurationError(f"{what}: expected a set of names, such as {{'title'}}")
    unknown = [name for name in names if name not in known]  # pyright: ignore[reportUnknownVariableType]
    if unknown:
        raise ConfigurationError(f"{what}: unknown {unknown}; choose from {', '.join(known)}")
