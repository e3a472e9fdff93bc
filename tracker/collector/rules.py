"""What a source is held to: its tracking plan, and the privacy policy with what the plan allows.

Plans are imported before anything is served, and are data from then on.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from tracker.pipeline import Pipeline
from tracker.plan import Plan
from tracker.privacy import Guard, Policy


@dataclass(frozen=True, slots=True)
class SourceRules:
    """The rules of one source; the policy allows the page facts that the plan says may be read."""

    plan: Plan | None = None
    policy: Policy = field(default_factory=Policy)

    @classmethod
    def of(cls, plan: Plan | None, policy: Policy) -> SourceRules:
        """The rules of a plan and of the policy that all sources share."""
        return cls(plan, policy if plan is None else policy.with_page_facts(plan.rules.page_facts))

    def pipeline(self) -> Pipeline:
        """A pipeline that enforces them; its guard remembers texts, so make one for each source."""
        return Pipeline(plan=self.plan, guard=Guard(self.policy))

    @property
    def stamp(self) -> str | None:
        """What tells the plan apart from others, as JSON text; None without a plan."""
        return None if self.plan is None else json.dumps(self.plan.stamp)

    def to_json(self) -> str:
        """What a page of this source needs to know: ``{"plan", "privacy"}``, as JSON text."""
        plan = None if self.plan is None else self.plan.to_json()
        return json.dumps({"plan": plan, "privacy": self.policy.to_json()}, separators=(",", ":"))
