"""The JSON Schema says of messages what the plan says; a validator that is not ours reads it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from examples.lightdash_like.plan import plan
from tests.properties.plan_strategies import Messages, rules
from tests.properties.test_plan import plan_of
from tracker.plan import Disposition, Plan
from tracker.plan.rules import Rules
from tracker.plan_exports.json_schema import schema


def passes(of: Plan, message: Any) -> bool:
    return of.disposition(of.check(message)) is Disposition.PASS


@settings(deadline=None)
@given(rules())
def test_it_is_a_schema(found: Rules) -> None:
    Draft202012Validator.check_schema(schema(plan_of(found)))


@settings(deadline=None)
@given(rules(), st.integers(0, 2**32))
def test_the_schema_accepts_what_the_plan_lets_pass_and_nothing_else(
    found: Rules, seed: int
) -> None:
    """Near to the plan as these messages are, about half of them pass."""
    of = plan_of(found)
    validator = Draft202012Validator(schema(of))
    for message in Messages(found, seed):
        assert validator.is_valid(message) == passes(of, message), of.check(message)


def test_the_two_agree_on_a_complete_plan() -> None:
    validator = Draft202012Validator(schema(plan))
    verdicts: dict[bool, int] = {True: 0, False: 0}
    for seed in range(60):
        for message in Messages(plan.rules, seed):
            verdict = passes(plan, message)
            verdicts[verdict] += 1
            assert validator.is_valid(message) == verdict, plan.check(message)

    assert min(verdicts.values()) > 200


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        ("event", "acme_webapp.run_query_button.click", "acme_webapp.run_query_button.click\n"),
        ("event", "run_query_button.click", "run_query_buttonXclick"),
        ("event", "acme.run_query_button.click", "acmeX.run_query_button.click"),
    ],
)
def test_its_patterns_are_exact(pattern: str, good: str, bad: str) -> None:
    validator = Draft202012Validator(schema(plan))

    assert validator.is_valid({"type": "track", pattern: good})
    assert not validator.is_valid({"type": "track", pattern: bad})
