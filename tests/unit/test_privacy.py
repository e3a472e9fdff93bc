"""What the guard does with a message: what goes, what stays, what is refused, what is said."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from tracker.errors import ConfigurationError
from tracker.privacy import (
    RULES,
    Action,
    Blocked,
    Guard,
    PagePolicy,
    Policy,
    Redaction,
    Scrubbed,
    TraitsPolicy,
)
from tracker.privacy.sweep import MAX_DEPTH

ADDRESS = "ada@example.com"


def message(**fields: Any) -> dict[str, Any]:
    return {
        "type": "track",
        "messageId": "m",
        "anonymousId": "a",
        "event": "app.button.click",
        **fields,
    }


def scrubbed(data: Any, policy: Policy | None = None, guard: Guard | None = None) -> Scrubbed:
    result = (guard or Guard(policy)).scrub(data)
    assert isinstance(result, Scrubbed), result
    return result


def blocked(data: Any, policy: Policy | None = None) -> Blocked:
    result = Guard(policy).scrub(data)
    assert isinstance(result, Blocked), result
    return result


def fields(result: Scrubbed) -> list[tuple[str, str]]:
    return [(redaction.field, redaction.rule) for redaction in result.redactions]


def test_a_message_without_leaks_is_the_very_message() -> None:
    data = message(properties={"rows": 500, "chart": "bar", "tags": ["a", "b"], "deep": {"x": 1}})

    result = scrubbed(data)

    assert result.message is data
    assert result.redactions == ()
    assert "privacy" not in json.dumps(result.message)


def test_what_is_caught_is_gone_and_named_without_its_value() -> None:
    data = message(properties={"note": f"from {ADDRESS}", "rows": 5})
    before = copy.deepcopy(data)

    result = scrubbed(data)

    assert result.message["properties"] == {"rows": 5}
    assert result.message["context"] == {
        "privacy": {"redacted": [{"field": "properties.note", "rule": "email"}]}
    }
    assert data == before


def test_lists_and_objects_lose_what_is_caught_and_keep_the_rest() -> None:
    data = message(properties={"a": {"b": ["fine", ADDRESS, {"c": ADDRESS, "d": 1}]}})

    result = scrubbed(data)

    assert result.message["properties"] == {"a": {"b": ["fine", {"d": 1}]}}
    assert fields(result) == [("properties.a.b[1]", "email"), ("properties.a.b[2].c", "email")]


def test_a_key_that_is_a_leak_goes_with_its_value_and_is_named_by_its_position() -> None:
    result = scrubbed(message(properties={"fine": 1, ADDRESS: {"x": ADDRESS}, "rows": 2}))

    assert result.message["properties"] == {"fine": 1, "rows": 2}
    assert fields(result) == [("properties.{key 2}", "email")]


def test_a_strange_key_is_named_by_its_position() -> None:
    """A path with it could not be read back."""
    result = scrubbed(message(properties={"a.b[0]": ADDRESS}))

    assert fields(result) == [("properties.{key 1}", "email")]


def test_an_earlier_record_is_kept_and_added_to() -> None:
    earlier = {"field": "properties.note", "rule": "email"}
    data = message(
        properties={"query": "select * from users"}, context={"privacy": {"redacted": [earlier]}}
    )

    once = scrubbed(data)
    twice = scrubbed(once.message)

    assert once.message["context"]["privacy"]["redacted"] == [
        earlier,
        {"field": "properties.query", "rule": "sql"},
    ]
    assert once.redactions == (Redaction("properties.query", "sql"),)
    assert twice.message is once.message
    assert twice.redactions == ()


@pytest.mark.parametrize(
    "forged",
    [
        {"field": ADDRESS, "rule": "email"},
        {"field": f"properties.{ADDRESS}", "rule": "email"},
        {"field": "properties.select name from users", "rule": "sql"},
        {"field": "properties.note", "rule": ADDRESS},
        {"field": "properties.note", "rule": "email", "value": ADDRESS} | {"field": 1},
        ADDRESS,
        [ADDRESS],
    ],
)
def test_a_record_is_no_way_to_write_a_leak_down(forged: Any) -> None:
    result = scrubbed(message(context={"privacy": {"redacted": [forged], "note": ADDRESS}}))

    assert result.message["context"]["privacy"]["redacted"] in (
        [],
        [{"field": "context.privacy.note", "rule": "email"}],
    )
    assert ADDRESS not in json.dumps(result.message)
    assert "users" not in json.dumps(result.message)


def test_a_record_has_an_end() -> None:
    data = message(properties={f"p{number}": ADDRESS for number in range(500)})

    result = scrubbed(data)
    record = result.message["context"]["privacy"]["redacted"]

    assert len(result.redactions) == 500
    assert len(record) == 65
    assert record[-1] == {"field": "message", "rule": "more"}
    assert scrubbed(result.message).message is result.message


@pytest.mark.parametrize("field", ["userId", "anonymousId"])
def test_an_id_that_is_an_address_goes_if_the_other_one_says_who_it_is(field: str) -> None:
    other = {"userId": "anonymousId", "anonymousId": "userId"}[field]
    data = message(anonymousId="a", userId="u") | {field: ADDRESS}

    result = scrubbed(data)

    assert field not in result.message
    assert result.message[other]
    assert fields(result) == [(field, "email")]


def test_an_id_that_is_an_address_is_refused_if_nobody_is_left() -> None:
    data = message(userId=ADDRESS)
    del data["anonymousId"]

    result = blocked(data)

    assert [violation.field for violation in result.violations] == ["userId"]
    assert result.violations[0].rule == "email"
    assert "opaque id" in result.violations[0].message
    assert result.message_id == "m"
    assert ADDRESS not in repr(result)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (message(messageId=ADDRESS), "messageId"),
        (message(event=f"invited {ADDRESS}"), "event"),
        (message(type="group", groupId=ADDRESS), "groupId"),
        (message(type="alias", userId="u", previousId=ADDRESS), "previousId"),
        (message(type="alias", userId=ADDRESS, previousId="p"), "userId"),
        (message(type=ADDRESS), "type"),
    ],
)
def test_what_a_message_cannot_do_without_is_refused_with_the_mend(
    data: dict[str, Any], field: str
) -> None:
    result = blocked(data)

    assert [violation.field for violation in result.violations] == [field]
    assert "send" in str(result.violations[0]) or "name the event" in str(result.violations[0])
    assert ADDRESS not in repr(result)


def test_an_id_that_a_message_can_do_without_goes() -> None:
    result = scrubbed(message(groupId=ADDRESS, previousId=ADDRESS))

    assert fields(result) == [("groupId", "email"), ("previousId", "email")]


def test_only_the_host_name_of_a_page_leaves() -> None:
    page = {
        "name": "explorer",
        "category": "query",
        "type": "page",
        "hostname": "app.example.com",
        "url": "https://app.example.com/x",
        "path": "/x",
        "title": "Layoffs in Q3",
        "referrer": "https://www.example.org/",
        "referring_domain": "www.example.org",
        "search": "",
        "tab_url": None,
        "keywords": ["x"],
    }

    result = scrubbed(message(context={"page": page}))

    assert result.message["context"]["page"] == {
        "name": "explorer",
        "category": "query",
        "type": "page",
        "hostname": "app.example.com",
    }
    assert fields(result) == [
        (f"context.page.{field}", "page_not_allowed")
        for field in ("url", "path", "title", "referrer", "referring_domain", "keywords")
    ]


def test_page_facts_in_the_properties_of_a_page_call_are_the_same_facts() -> None:
    properties = {"title": "Layoffs", "url": "https://x.example/", "name": "home", "rows": 1}

    assert scrubbed(message(type="page", properties=properties)).message["properties"] == {
        "name": "home",
        "rows": 1,
    }
    assert scrubbed(message(properties={"title": "Layoffs"})).redactions == ()


@pytest.mark.parametrize(
    ("allow", "field", "value", "left"),
    [
        ({"title"}, "title", "Revenue by month", "Revenue by month"),
        ({"title"}, "title", f"Invite {ADDRESS}", None),
        ({"url"}, "url", "https://a.example/x?q=1#y", "https://a.example/x"),
        ({"url"}, "url", "https://ada:pw@a.example/x", "https://a.example/x"),
        ({"url"}, "tab_url", "https://a.example/x", "https://a.example/x"),
        ({"url"}, "url", f"https://a.example/users/{ADDRESS}/edit", None),
        ({"url"}, "referrer", "https://b.example/", None),
        ({"path"}, "path", "/home" + "/feed", "/home" + "/feed"),
        ({"path"}, "path", "/x?q=1", "/x"),
        ({"referrer"}, "referrer", "https://b.example/?q=salary", "https://b.example/"),
        ({"referrer"}, "referring_domain", "b.example", "b.example"),
        ({"query"}, "search", "?page=2&email=ada%40example.com&token=abc", "?page=2"),
        ({"query"}, "search", "?token=abc", None),
        ({"url", "query"}, "url", "https://a.example/?x=1&t=a%40b.io", "https://a.example/?x=1"),
        (set(), "hostname", "app.example.com", None),
        ({"hostname"}, "hostname", "10.0.0.5", "10.0.0.5"),
    ],
)
def test_an_allowed_page_fact_is_scrubbed(
    allow: set[str], field: str, value: str, left: str | None
) -> None:
    policy = Policy(page=PagePolicy(frozenset(allow)))

    result = scrubbed(message(context={"page": {field: value}}), policy)

    assert result.message["context"]["page"].get(field) == left
    assert bool(result.redactions) is (left != value)
    assert scrubbed(result.message, policy).message is result.message


def test_campaigns_and_referrers_of_other_sdks_need_a_permission() -> None:
    context = {"campaign": {"source": "news", "term": ADDRESS}, "referrer": {"type": "web"}}

    assert fields(scrubbed(message(context=context))) == [
        ("context.campaign", "page_not_allowed"),
        ("context.referrer", "page_not_allowed"),
    ]
    allowed = Policy(page=PagePolicy(frozenset({"utm", "referrer"})))
    result = scrubbed(message(context=context), allowed)
    assert result.message["context"]["campaign"] == {"source": "news"}
    assert result.message["context"]["referrer"] == {"type": "web"}


def test_the_address_that_another_sdk_adds_goes() -> None:
    assert fields(scrubbed(message(context={"ip": "203.0.113.7"}))) == [
        ("context.ip", "ip_address")
    ]
    assert scrubbed(message(context={"ip": "0.0.0.0"})).redactions == ()


def test_traits_that_name_or_reach_a_person_go_unless_they_are_allowed() -> None:
    traits = {
        "email": ADDRESS,
        "firstName": "Ada",
        "name": "Ada",
        "phone": 4155552671,
        "plan": "pro",
        "company_name": "Acme",
        "email_verified": True,
    }
    left = {"plan": "pro", "company_name": "Acme", "email_verified": True}

    for place in ({"traits": traits}, {"context": {"traits": traits}}):
        result = scrubbed(message(type="identify", **place))
        kept = result.message.get("traits") or result.message["context"]["traits"]
        assert kept == left
        assert {rule for _, rule in fields(result)} == {"personal_trait"}

    allowed = Policy(traits=TraitsPolicy(allow=frozenset({"email", "name"})))
    result = scrubbed(message(type="identify", traits=traits), allowed)
    assert result.message["traits"] == {"email": ADDRESS, "name": "Ada", **left}


def test_an_allowed_trait_may_hold_what_it_is_named_for_and_nothing_else() -> None:
    policy = Policy(traits=TraitsPolicy(allow=frozenset({"email", "name"})))

    result = scrubbed(message(traits={"email": ADDRESS, "name": "select * from users"}), policy)

    assert fields(result) == [("traits.name", "sql")]


@pytest.mark.parametrize("place", ["traits", "context"])
def test_an_anonymised_user_has_no_name_whatever_is_allowed(place: str) -> None:
    traits = {"email": ADDRESS, "name": "Ada", "is_tracking_anonymized": True}
    data = message(traits=traits) if place == "traits" else message(context={"traits": traits})
    policy = Policy(traits=TraitsPolicy(allow=frozenset({"email", "name"})))

    kept = scrubbed(data, policy).message

    assert (kept.get("traits") or kept["context"]["traits"]) == {"is_tracking_anonymized": True}


NAMED = Policy(traits=TraitsPolicy(allow=frozenset({"email", "name"})))
ASKED = {"is_tracking_anonymized": True}


def test_an_anonymised_user_stays_one_in_later_messages_until_it_is_taken_back() -> None:
    guard = Guard(NAMED)
    named = message(type="identify", userId="u-1", traits={"email": ADDRESS, "seats": 3})
    asked = message(type="identify", userId="u-1", traits=ASKED)
    another = named | {"userId": "u-2"}
    joined = message(type="group", userId="u-1", groupId="g", traits={"name": "Ada and sons"})

    assert guard.scrub(named) == Scrubbed(named)
    guard.scrub(asked)
    assert scrubbed(named, guard=guard).message["traits"] == {"seats": 3}
    assert scrubbed(joined, guard=guard).message["traits"] == {}
    assert guard.scrub(another) == Scrubbed(another)
    guard.scrub(message(type="identify", userId="u-1", traits={"isTrackingAnonymized": False}))
    assert guard.scrub(named) == Scrubbed(named)


def test_what_waits_with_the_wish_to_be_anonymous_loses_the_names_too() -> None:
    guard = Guard(NAMED)
    named = message(type="identify", userId="u-1", traits={"email": ADDRESS})
    fact = {"kind": "identify", "visit": {"anonymousId": "a", "userId": "u-1"}, "traits": ASKED}
    guard.foresee([named, fact, None, 3, {"kind": "identify"}])

    result = scrubbed(named, guard=guard)

    assert ADDRESS not in str(result)
    assert fields(result) == [("traits.email", "personal_trait")]


def test_a_groups_traits_say_nothing_of_the_user() -> None:
    guard = Guard(NAMED)
    named = message(type="identify", userId="u-1", traits={"email": ADDRESS})
    guard.scrub(message(type="group", userId="u-1", groupId="g", traits=ASKED | {"seats": 1}))

    assert guard.scrub(named) == Scrubbed(named)


def test_what_the_browser_remembers_of_a_user_counts_for_all_that_waits() -> None:
    """A fact's visit says it for the visit's user; what the fact itself says of the user counts more."""
    named = message(type="identify", userId="u-1", traits={"email": ADDRESS})
    visit = {"anonymousId": "a", "userId": "u-1", "is_tracking_anonymized": True}
    fact = {"kind": "track", "name": "e", "visit": visit}
    back = {"kind": "identify", "visit": visit, "userId": "u-1"}
    told: list[tuple[Any, Any]] = [
        (fact, {}),
        (fact | {"kind": "identify", "userId": "u-2"}, {}),
        (fact | {"visit": visit | {"is_tracking_anonymized": False}}, named["traits"]),
        (fact | {"visit": visit | {"userId": "u-2"}}, named["traits"]),
        (fact | {"visit": visit | {"userId": 3}}, named["traits"]),
        (back | {"traits": {"is_tracking_anonymized": False}}, named["traits"]),
    ]
    for item, kept in told:
        guard = Guard(NAMED)
        guard.foresee([item])
        assert scrubbed(named, guard=guard).message["traits"] == kept


def test_of_very_many_anonymised_users_the_first_are_forgotten() -> None:
    guard = Guard(NAMED)
    guard.foresee(
        {"type": "identify", "userId": f"u-{number}", "traits": ASKED} for number in range(10_001)
    )
    named = message(type="identify", traits={"email": ADDRESS})

    assert scrubbed(named | {"userId": "u-0"}, guard=guard).message["traits"] == {"email": ADDRESS}
    assert scrubbed(named | {"userId": "u-1"}, guard=guard).message["traits"] == {}


def test_a_policy_can_anonymise_everybody() -> None:
    policy = Policy(traits=TraitsPolicy(allow=frozenset({"email"}), anonymize=True))

    assert scrubbed(message(traits={"email": ADDRESS}), policy).message["traits"] == {}


def test_a_rule_can_refuse_the_message() -> None:
    policy = Policy(actions={"sql": Action.REFUSE})

    result = blocked(message(properties={"q": "select * from users", "e": ADDRESS}), policy)

    assert [(violation.field, violation.rule) for violation in result.violations] == [
        ("properties.q", "sql")
    ]
    assert "users" not in repr(result)
    assert scrubbed(message(properties={"e": ADDRESS}), policy).redactions


def test_a_rule_can_be_left_out() -> None:
    policy = Policy(actions={"warehouse_name": Action.ALLOW})
    data = message(properties={"flag": "a", "key_name": "prod_db.finance.salaries", "e": ADDRESS})

    assert fields(scrubbed(data, policy)) == [("properties.e", "email")]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Policy(actions={"sequel": Action.REFUSE}),
        lambda: PagePolicy(frozenset({"titel"})),
        lambda: PagePolicy("title"),  # pyright: ignore[reportArgumentType] - a common slip
    ],
)
def test_a_policy_with_a_word_that_means_nothing_says_which_there_are(make: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"choose from|expected a set"):
        make()


@pytest.mark.parametrize(
    ("properties", "rule"),
    [
        ({"password": "x"}, "sensitive_key"),
        ({"password": 12345678}, "sensitive_key"),
        ({"credentials": {"user": "a"}}, "sensitive_key"),
        ({"api_keys": ["a", "b"]}, "sensitive_key"),
        ({"phone": 4155552671}, "phone"),
        ({"card": 4111111111111111}, "card_number"),
        ({"first_name": "Ada"}, "personal_trait"),
        ({"table_name": "orders"}, "warehouse_name"),
        ({"sql": "orders by month"}, "sql"),
    ],
)
def test_a_key_says_what_its_value_is(properties: dict[str, Any], rule: str) -> None:
    result = scrubbed(message(properties=properties))

    assert {found for _, found in fields(result)} == {rule}


@pytest.mark.parametrize(
    "properties",
    [
        {"password_set": True, "has_password": False, "password": None, "secret": ""},
        {"token_count": 4096, "tokens": 5, "tokens_used": {"input": 12, "output": 30}},
        {"token_type": "bearer", "auth_method": "google", "password_strength": "weak"},
        {"order_id": 4111111111111111, "user_id": "4111111111111111"},
        {"at": 1_795_450_327_908, "ns": 1_795_450_327_908_123_456, "rows": 10**9},
        {"version": "1.2.3.4", "hostname": "app.eu.example.com", "path": "/home" + "/feed"},
        {"phone": "iPhone 15", "mobile": True, "sql": "postgres"},
        {"writeKey": "2aBcDeFgHiJkLmNoPqRsTuVwXyZ012345"},
    ],
)
def test_a_key_that_only_speaks_of_such_a_value_is_fine(properties: dict[str, Any]) -> None:
    assert scrubbed(message(properties=properties)).redactions == ()


@pytest.mark.parametrize("place", ["1.2.3.4", "203.0.113.7"])
def test_four_numbers_are_an_address_except_where_a_version_stands(place: str) -> None:
    assert Guard().rule_of(place) == "ip_address"
    assert scrubbed(message(context={"os": {"version": place}})).redactions == ()
    assert Guard().rule_of(f"Chrome/{place}") is None


def test_what_is_nested_too_deeply_goes() -> None:
    deep: Any = ADDRESS
    for _ in range(MAX_DEPTH + 5):
        deep = {"x": [deep]}

    result = scrubbed(message(properties=deep, rows=1))

    assert {rule for _, rule in fields(result)} == {"too_deep"}
    assert ADDRESS not in json.dumps(result.message)


@pytest.mark.parametrize("value", [None, True, 1, 1.5, "text", [], [1], float("nan")])
def test_what_is_no_message_is_refused(value: Any) -> None:
    assert blocked(value).violations[0].rule == "not_an_object"


def test_a_dead_letter_is_stripped_and_never_refused() -> None:
    guard = Guard()

    assert guard.strip({"messageId": ADDRESS, "x": 1})[0] == {
        "x": 1,
        "context": {"privacy": {"redacted": [{"field": "messageId", "rule": "email"}]}},
    }
    assert guard.strip(["fine", ADDRESS])[0] == ["fine"]
    assert guard.strip(ADDRESS) == (None, (Redaction("value", "email"),))


def test_what_is_remembered_is_safe_and_bounded() -> None:
    guard = Guard()
    for number in range(5000):
        guard.rule_of(f"ordinary words {number} {ADDRESS}")
        guard.rule_of(f"ordinary words {number}, more")
        guard.scrub(message(properties={f"key_{number}x": 1, f"a{number}@example.com": 1}))

    values = guard._values  # pyright: ignore[reportPrivateUsage] - its size is the promise
    remembered = [
        *values.keys,
        *(text for place in values.positions.values() for text in place.safe),
    ]
    assert 0 < len(remembered) < 10_000
    assert not any("@" in text for text in remembered)


def test_every_rule_says_what_it_catches() -> None:
    assert all(RULES.values())
    assert all(rule == rule.lower() and " " not in rule for rule in RULES)


@pytest.mark.parametrize("campaign", [[], "ada@example.com", ["ada@example.com"], 3, None, {}])
def test_a_campaign_that_is_no_object_is_scrubbed_like_any_value(campaign: Any) -> None:
    guard = Guard(Policy(page=PagePolicy(allow=frozenset({"utm"}))))
    message = {"type": "track", "messageId": "1", "anonymousId": "a", "event": "acme.run.click"}
    result = guard.scrub(message | {"context": {"campaign": campaign}})
    assert isinstance(result, Scrubbed)
    assert "ada@example.com" not in str(result.message)


@pytest.mark.parametrize(
    "policy",
    [
        Policy(),
        Policy(
            PagePolicy(frozenset({"title", "utm"})),
            TraitsPolicy(frozenset({"email"}), anonymize=True),
            {"sql": Action.REFUSE, "email": Action.ALLOW, "iban": Action.REDACT},
        ),
    ],
)
def test_a_policy_comes_back_the_same_from_json(policy: Policy) -> None:
    assert Policy.from_json(json.loads(json.dumps(policy.to_json()))) == policy


def test_what_a_policy_as_json_leaves_out_is_as_by_default() -> None:
    assert Policy.from_json({}) == Policy()
    refusing = Policy.from_json({"actions": {"sql": "refuse"}})
    assert refusing == Policy(actions={"sql": Action.REFUSE})


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (None, "Policy.to_json"),
        ([], "Policy.to_json"),
        ({"pagefacts": []}, "pageFacts"),
        ({"pageFacts": "title"}, "pageFacts"),
        ({"pageFacts": ["cookies"]}, "hostname, url"),
        ({"traits": [3]}, "traits"),
        ({"anonymize": "yes"}, "anonymize"),
        ({"actions": []}, "actions"),
        ({"actions": {"sql": "forget"}}, "redact, refuse, allow"),
        ({"actions": {"sql": []}}, "redact, refuse, allow"),
        ({"actions": {"sequel": "refuse"}}, "sequel"),
    ],
)
def test_json_that_is_no_policy_is_refused_with_the_mend(data: Any, names: str) -> None:
    with pytest.raises(ConfigurationError, match=names):
        Policy.from_json(data)


def test_a_policy_may_be_given_further_page_facts() -> None:
    policy = Policy(traits=TraitsPolicy(anonymize=True)).with_page_facts(["title"])
    assert policy.page.allow == {"hostname", "title"}
    assert policy.traits.anonymize
    with pytest.raises(ConfigurationError, match="cookies"):
        policy.with_page_facts(["cookies"])
