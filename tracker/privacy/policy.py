"""What a site allows: the page facts, the traits, and what happens to a message with a leak."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from ..errors import ConfigurationError
from .rules import RULES

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
    the trait ``is_tracking_anonymized: true`` in the same message.
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


def _check(what: str, names: object, known: Mapping[str, str] | tuple[str, ...]) -> None:
    if isinstance(names, str) or not isinstance(names, Mapping | frozenset | set | tuple | list):
        raise ConfigurationError(f"{what}: expected a set of names, such as {{'title'}}")
    unknown = [name for name in names if name not in known]  # pyright: ignore[reportUnknownVariableType]
    if unknown:
        raise ConfigurationError(f"{what}: unknown {unknown}; choose from {', '.join(known)}")
