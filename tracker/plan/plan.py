"""``Plan``: what may be tracked, written down once for the page, the collector and the services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import Violation
from ..event import Page, PageType
from ..fields import as_object
from .canonical import from_json, hash_of, to_json
from .check import NOTHING, Checker, Disposition, Findings
from .names import DEFAULT_ACTIONS, Actions
from .routes import Routes
from .rules import Rules, checked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from enum import Enum

    from ..event import Json
    from .compare import Change
    from .definition import Events, Names, PageLike
    from .event import Properties
    from .rules import PageFact, Unplanned


class Plan:
    """A tracking plan: immutable, the same in Python, as JSON and in a build.

    ``app`` is the product; an app that sends is called so, or begins so: ``acme`` covers
    ``acme_webapp`` and ``acme_server``. ``events`` are classes, names (an enum of them adds events
    without properties) or modules of classes; a class wins over the bare name of the same event.
    ``routes`` map URL patterns to pages. What is left out (pages, sections, categories, traits) is
    not checked. ``unplanned`` says what becomes of a message with something that the plan does not
    know; ``page_facts`` what may be read of a page beside its host name.

    Raises ``PlanError`` that lists everything in the plan that breaks a rule.
    """

    def __init__(
        self,
        app: str,
        *,
        events: Events = (),
        pages: Names | None = None,
        sections: Names | None = None,
        categories: Names | None = None,
        page_types: type[Enum] = PageType,
        routes: Mapping[str, PageLike] | None = None,
        modals: Iterable[PageLike] = (),
        user_traits: type[Properties] | None = None,
        group_traits: type[Properties] | None = None,
        page_properties: type[Properties] | None = None,
        page_facts: Iterable[PageFact] = (),
        actions: Actions = DEFAULT_ACTIONS,
        unplanned: Unplanned = "quarantine",
        version: str = "0",
    ) -> None:
        from .definition import define  # a worker that has its plan as JSON needs none of it

        self._set(
            define(
                app,
                events=events,
                pages=pages,
                sections=sections,
                categories=categories,
                page_types=page_types,
                routes=routes or {},
                modals=modals,
                user_traits=user_traits,
                group_traits=group_traits,
                page_properties=page_properties,
                page_facts=page_facts,
                actions=actions,
                unplanned=unplanned,
                version=version,
            )
        )

    @classmethod
    def from_json(cls, data: Json) -> Plan:
        """The plan that ``to_json`` wrote; raises ``PlanError``."""
        plan = cls.__new__(cls)
        plan._set(from_json(data))
        return plan

    def to_json(self) -> dict[str, Json]:
        """The plan as JSON, to compare it, or to bake it into a build."""
        return to_json(self.rules)

    def _set(self, rules: Rules) -> None:
        self.rules = checked(rules)
        """All that the plan says, as data."""
        self._routes = Routes(rules.routes)
        self._checker: Checker | None = None
        self._hash: str | None = None

    @property
    def hash(self) -> str:
        """Tells plans apart: the same for the same rules, whatever their version and descriptions."""
        if self._hash is None:
            self._hash = hash_of(self.rules)
        return self._hash

    @property
    def stamp(self) -> dict[str, Json]:
        """What each message made under this plan carries as ``context.plan``."""
        return {"name": self.rules.app, "version": self.rules.version, "hash": self.hash}

    def check(self, message: Json) -> Findings:
        """What the plan does not allow in a message, as the wire has it.

        Never raises for a JSON value, and never quotes one. A message that was made under other
        rules (see ``stamp``) is checked by these: what both plans allow passes, and what this one
        does not is reported under the rule ``plan_version``.
        """
        found = self._ready.check(message)
        if not found.violations and not found.unplanned:
            return NOTHING
        findings = Findings(tuple(found.violations), tuple(found.unplanned))
        return self._dated(findings, message)

    def check_event(self, name: str, properties: Mapping[str, Json] | None = None) -> Findings:
        """What the plan does not allow in an event that is about to be tracked by its name."""
        found = self._ready.check_event(name, None if properties is None else dict(properties))
        return Findings(tuple(found.violations), tuple(found.unplanned))

    def disposition(self, findings: Findings) -> Disposition:
        """What is to be done with the message of these findings.

        What breaks a rule is refused; what is merely unplanned goes by ``unplanned``; what another
        plan allowed is never lost: it is set apart at most.
        """
        if findings.violations:
            return Disposition.QUARANTINE if findings.other_plan else Disposition.REFUSE
        if not findings.unplanned or self.rules.unplanned == "allow":
            return Disposition.PASS
        if self.rules.unplanned == "refuse" and not findings.other_plan:
            return Disposition.REFUSE
        return Disposition.QUARANTINE

    def page_at(self, path: str) -> Page | None:
        """The page that a URL's path shows by the plan's routes, None when none does."""
        return self._routes.page_at(path)

    def changes_since(self, old: Plan) -> tuple[Change, ...]:
        """What changed from an older plan to this one, breaking changes first."""
        from .compare import compare  # visitors have no use for it, and do not get it

        return compare(old.rules, self.rules)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Plan) and other.rules == self.rules

    def __hash__(self) -> int:
        return hash(self.rules)

    def __repr__(self) -> str:
        return f"Plan({self.rules.app!r}, version={self.rules.version!r})"

    @property
    def _ready(self) -> Checker:
        # Made at the first message: a module that only defines a plan imports faster.
        if self._checker is None:
            self._checker = Checker(self.rules)
        return self._checker

    def _dated(self, findings: Findings, message: Json) -> Findings:
        context = as_object((as_object(message) or {}).get("context")) or {}
        stamp = as_object(context.get("plan")) or {}
        if not isinstance(stamp.get("hash"), str) or stamp["hash"] == self.hash:
            return findings
        why = f"the message was made under other rules than the plan's version {self.rules.version}"

        def dated(found: tuple[Violation, ...]) -> tuple[Violation, ...]:
            return tuple(
                Violation(one.field, "plan_version", f"{one.message} ({one.rule}: {why})")
                for one in found
            )

        return Findings(dated(findings.violations), dated(findings.unplanned), other_plan=True)
