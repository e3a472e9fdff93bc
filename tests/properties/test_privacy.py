"""Whatever comes, the guard answers, twice is once, and what was planted is gone."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from tests.properties.strategies import environments, facts, json_values, names
from tracker.event import Environment, Fact
from tracker.pipeline import message_from
from tracker.privacy import Blocked, Guard, PagePolicy, Policy, Scrubbed, TraitsPolicy
from tracker.wire import encode_message

ADDRESS = "ada.lovelace@example.com"
LEAKS = st.sampled_from(
    [
        ADDRESS,
        "select * from users",
        "4111 1111 1111 1111",
        "203.0.113.7",
        "https://ada:pw@example.com/a?token=x&q=1#y=2",
        "prod_db.finance.salaries",
        "password=hunter2",
        "ada%40example.com",
    ]
)
KEYS = names | LEAKS | st.sampled_from(["password", "email", "url", "title", "search", "version"])
values: st.SearchStrategy[Any] = st.recursive(
    json_values | LEAKS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(KEYS, values, max_size=4)
FIELDS = (
    "type",
    "messageId",
    "anonymousId",
    "userId",
    "event",
    "name",
    "properties",
    "traits",
    "context",
    "groupId",
    "previousId",
)
contexts = st.dictionaries(
    st.sampled_from(["page", "traits", "campaign", "ip", "referrer", "privacy", "device"]) | KEYS,
    objects | values | st.fixed_dictionaries({"redacted": st.lists(values, max_size=3)}),
    max_size=4,
)
messages = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(FIELDS, values | names),
        "type": st.sampled_from(["track", "page", "identify", "group", "alias", "screen"]) | values,
        "messageId": names | LEAKS,
        "anonymousId": names | LEAKS,
        "userId": names | LEAKS,
        "properties": objects,
        "traits": objects,
        "context": contexts,
    },
)
EVERYTHING = frozenset({"hostname", "url", "path", "title", "referrer", "query", "utm"})
POLICIES = st.sampled_from(
    [
        Policy(),
        Policy(page=PagePolicy(EVERYTHING)),
        Policy(page=PagePolicy(frozenset({"url", "title"}))),
        Policy(traits=TraitsPolicy(allow=frozenset({"name", "email"}))),
    ]
)


@given(messages, POLICIES)
def test_to_scrub_twice_is_to_scrub_once(message: dict[str, Any], policy: Policy) -> None:
    once = Guard(policy).scrub(message)
    if isinstance(once, Scrubbed):
        twice = Guard(policy).scrub(once.message)

        assert twice == Scrubbed(once.message)


@given(values | messages)
@example(float("nan"))
@example({"properties": {"a": float("inf"), "b": 10**400}})
def test_no_json_value_makes_it_raise_and_none_is_changed(value: Any) -> None:
    before = copy.deepcopy(value)
    guard = Guard()

    assert isinstance(guard.scrub(value), Scrubbed | Blocked)
    guard.strip(value)
    assert repr(value) == repr(before)


@given(messages, POLICIES)
def test_a_planted_address_is_nowhere_in_the_answer(
    message: dict[str, Any], policy: Policy
) -> None:
    if "email" in policy.traits.allow:
        return
    result = Guard(policy).scrub(message)
    text = json.dumps(result.message) if isinstance(result, Scrubbed) else ""

    assert ADDRESS not in text + repr(result)
    assert "ada%40example.com" not in text + repr(result)


@given(messages)
def test_what_is_stripped_has_nothing_left_to_strip(message: dict[str, Any]) -> None:
    guard = Guard()
    stripped, _ = guard.strip(message)

    assert guard.strip(stripped) == (stripped, ())
    assert ADDRESS not in json.dumps(stripped)


@given(messages)
def test_a_guard_that_has_seen_much_answers_like_a_new_one(message: dict[str, Any]) -> None:
    """What it remembers does not change what it says."""
    assert SEASONED.scrub(message) == Guard().scrub(message)


SEASONED = Guard()


@given(facts, environments)
def test_a_message_without_leaks_is_handed_back_as_it_is(
    fact: Fact, environment: Environment
) -> None:
    message = encode_message(message_from(fact, environment))
    result = Guard().scrub(message)
    if isinstance(result, Scrubbed) and not result.redactions:
        assert result.message is message
