"""What goes over the wire comes back the same."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties.strategies import environments, facts, json_values, times
from tracker.event import Environment, Fact
from tracker.pipeline import Accepted, Pipeline, Refused, message_from
from tracker.plan import Plan
from tracker.times import format_time, parse_time
from tracker.wire import (
    decode_environment,
    decode_fact,
    decode_message,
    encode_environment,
    encode_fact,
    encode_message,
    to_text,
)

PLAN = Plan("a", events=["b.click"], pages=["c", "d"], page_facts=["title"])


@given(facts)
def test_a_fact_comes_back_the_same(fact: Fact) -> None:
    assert decode_fact(json.loads(to_text(encode_fact(fact)))) == fact


@given(environments)
def test_an_environment_comes_back_the_same(environment: Environment) -> None:
    assert decode_environment(json.loads(to_text(encode_environment(environment)))) == environment


@given(facts, environments)
def test_a_message_comes_back_the_same(fact: Fact, environment: Environment) -> None:
    message = message_from(fact, environment)
    assert decode_message(json.loads(to_text(encode_message(message)))) == message


@given(facts, environments)
def test_no_field_of_a_message_is_null(fact: Fact, environment: Environment) -> None:
    message = encode_message(message_from(fact, environment))
    envelope = {key: value for key, value in message.items() if key not in ("properties", "traits")}
    assert "null" not in to_text({key: _shape(value) for key, value in envelope.items()})


@pytest.mark.parametrize("plan", [None, PLAN])
@given(fact=facts, environment=environments)
def test_the_two_ways_give_the_same_text(
    plan: Plan | None, fact: Fact, environment: Environment
) -> None:
    """The worker keeps its environment; the collector reads it from the beacon each time."""
    data = encode_fact(fact)
    worker, collector = Pipeline(plan=plan), Pipeline(plan=plan)
    in_the_worker = worker.from_fact(data, environment)
    beacon = json.loads(to_text({"environment": encode_environment(environment), "facts": [data]}))
    in_the_collector = collector.from_fact(
        beacon["facts"][0], decode_environment(beacon["environment"])
    )
    assert in_the_worker == in_the_collector
    if isinstance(in_the_worker, Accepted):
        # What the worker sends, the collector stores as it is.
        again = collector.from_message(json.loads(in_the_worker.text or ""))
        assert isinstance(again, Accepted)
        assert (again.message, again.text) == (in_the_worker.message, in_the_worker.text)
        assert (again.unplanned, again.redactions) == (in_the_worker.unplanned, ())


@given(
    json_values
    | st.dictionaries(st.sampled_from(["id", "at", "kind", "path", "visit"]), json_values)
)
def test_no_json_value_makes_the_pipeline_raise(data: object) -> None:
    environment = Environment.__new__(Environment)
    assert isinstance(Pipeline().from_fact(data, environment), Accepted | Refused)
    assert isinstance(Pipeline().from_message(data), Accepted | Refused)


@given(times)
def test_a_time_comes_back_the_same(milliseconds: int) -> None:
    assert parse_time(format_time(milliseconds)) == milliseconds


def _shape(value: object) -> object:
    """The value with its texts emptied, so that a text that reads ``null`` does not count."""
    if isinstance(value, dict):
        return {key: _shape(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_shape(entry) for entry in value]
    return "" if isinstance(value, str) else value
