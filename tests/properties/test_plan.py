"""A plan is the same as JSON, its hash is that of its rules, and a compatible change breaks nothing."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.plan_strategies import Messages, rules, versions
from tests.properties.strategies import json_values
from tracker.plan import Disposition, Plan
from tracker.plan.canonical import to_json
from tracker.plan.rules import Rules

seeds = st.integers(0, 2**32)


def plan_of(found: Rules) -> Plan:
    """The plan of these rules, by way of its JSON."""
    return Plan.from_json(json.loads(json.dumps(to_json(found))))


@given(rules())
def test_a_plan_survives_its_json(found: Rules) -> None:
    plan = plan_of(found)

    assert plan.rules == found
    assert Plan.from_json(plan.to_json()) == plan


@given(rules(), json_values)
def test_checking_never_raises_for_json(found: Rules, message: Any) -> None:
    plan_of(found).check(message)


@given(rules(), seeds)
def test_checking_never_quotes_what_came(found: Rules, seed: int) -> None:
    plan = plan_of(found)
    for message in Messages(found, seed):
        for violation in plan.check(message).all:
            for text in ("elsewhere", "ada@example.com", "select 1", "10.0.0.12", "else.click"):
                assert text not in str(violation)


@given(versions(), seeds)
def test_what_an_old_plan_lets_pass_a_compatible_new_one_lets_pass(
    two: tuple[Rules, Rules], seed: int
) -> None:
    old, new = map(plan_of, two)
    compatible = all(change.compatible for change in new.changes_since(old))
    for message in Messages(two[0], seed):
        before, after = (plan.disposition(plan.check(message)) for plan in (old, new))
        if before is Disposition.PASS and after is not Disposition.PASS:
            assert not compatible, new.check(message)


@given(versions())
def test_the_hash_is_another_when_a_rule_is_and_only_then(two: tuple[Rules, Rules]) -> None:
    old, new = map(plan_of, two)
    changes = [one for one in new.changes_since(old) if "description" not in one.sentence]

    assert (old.hash == new.hash) == (not changes)
