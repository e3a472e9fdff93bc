"""From facts to messages, and the envelope's rules for everybody's messages."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tracker.event import App, Environment, Library
from tracker.pipeline import Accepted, Pipeline, Refused
from tracker.wire import MAX_MESSAGE_BYTES, decode_environment

FACT: dict[str, Any] = {
    "id": "4ff2b0f1-6d5b-4f0a-9b0a-5a2f1f7c9a11",
    "at": 1_795_450_327_908,
    "kind": "track",
    "name": "run_query_button.click",
    "properties": {"rows": 500},
    "path": [
        {"page": {"name": "explorer", "category": "query"}},
        {"section": {"name": "results_table"}},
        {"section": {"name": "toolbar"}},
    ],
    "visit": {"anonymousId": "anon", "userId": "user", "sessionId": 1_795_450_000_000},
}
ENVIRONMENT: dict[str, Any] = {
    "app": {"namespace": "acme", "name": "acme_webapp", "version": "1.4.0", "build": "77"},
    "library": {"name": "tracker.js", "version": "0.1.0"},
    "page": {"hostname": "app.example.com"},
    "locale": "en-GB",
    "timezone": "Europe/Paris",
    "screen": {
        "width": 1920,
        "height": 1080,
        "density": 1.5,
        "innerWidth": 1600,
        "innerHeight": 900,
    },
    "userAgent": "Mozilla/5.0",
}
MESSAGE: dict[str, Any] = {
    "type": "track",
    "messageId": "m",
    "anonymousId": "a",
    "event": "Section Viewed",
}
BARE = Environment(App("app"), Library("test", "0"))


def accepted(result: Accepted | Refused) -> dict[str, Any]:
    assert isinstance(result, Accepted), result
    return result.message


def rules(result: Accepted | Refused) -> list[tuple[str, str]]:
    assert isinstance(result, Refused), result
    return [(violation.field, violation.rule) for violation in result.violations]


def test_a_fact_becomes_this_very_message() -> None:
    result = Pipeline().from_fact(FACT, decode_environment(ENVIRONMENT))
    assert accepted(result) == {
        "type": "track",
        "messageId": "4ff2b0f1-6d5b-4f0a-9b0a-5a2f1f7c9a11",
        "anonymousId": "anon",
        "userId": "user",
        "event": "acme_webapp.run_query_button.click",
        "properties": {"rows": 500},
        "originalTimestamp": "2026-11-23T16:12:07.908Z",
        "channel": "web",
        "context": {
            "app": ENVIRONMENT["app"],
            "library": {"name": "tracker.js", "version": "0.1.0"},
            "page": {
                "name": "explorer",
                "category": "query",
                "type": "page",
                "hostname": "app.example.com",
            },
            "section": {"name": "toolbar", "path": ["results_table", "toolbar"]},
            "sessionId": 1_795_450_000_000,
            "locale": "en-GB",
            "timezone": "Europe/Paris",
            "screen": ENVIRONMENT["screen"],
            "userAgent": "Mozilla/5.0",
        },
    }


def test_the_text_of_a_message_is_its_json() -> None:
    result = Pipeline().from_fact(FACT, decode_environment(ENVIRONMENT))
    assert isinstance(result, Accepted)
    assert result.text is not None
    assert json.loads(result.text) == result.message


def test_nothing_beyond_the_allowed_page_facts_passes_through() -> None:
    leaky = ENVIRONMENT | {
        "url": "https://app.example.com/?token=secret",
        "page": {
            "hostname": "app.example.com",
            "url": "secret",
            "path": "secret",
            "title": "secret",
            "referrer": "secret",
            "search": "secret",
        },
    }
    page = {"page": {"name": "explorer", "title": "secret", "url": "secret"}}
    fact = FACT | {"path": [page], "url": "secret", "referrer": "secret"}
    message = accepted(Pipeline().from_fact(fact, decode_environment(leaky)))
    assert "secret" not in json.dumps(message)
    assert message["context"]["page"]["hostname"] == "app.example.com"


def test_a_page_fact_names_its_page_and_category() -> None:
    page = {"page": {"name": "settings", "type": "modal", "category": "admin"}}
    fact = FACT | {"kind": "page", "name": "settings", "path": [*FACT["path"], page]}
    message = accepted(Pipeline().from_fact(fact, BARE))
    assert (message["type"], message["name"], message["category"]) == ("page", "settings", "admin")
    assert "event" not in message
    assert message["context"]["page"] == page["page"]


def test_a_fact_may_name_another_app() -> None:
    message = accepted(Pipeline().from_fact(FACT | {"app": {"name": "embedded"}}, BARE))
    assert message["event"] == "embedded.run_query_button.click"
    assert message["context"]["app"] == {"name": "embedded"}


@pytest.mark.parametrize(
    ("change", "violations"),
    [
        ({"id": None}, [("id", "missing")]),
        ({"id": 5}, [("id", "not_text")]),
        ({"id": "x" * 1025}, [("id", "too_long")]),
        ({"at": "now"}, [("at", "not_a_whole_number")]),
        ({"at": -1}, [("at", "not_a_time")]),
        ({"at": None}, [("at", "not_a_time")]),
        ({"at": True}, [("at", "not_a_whole_number")]),
        ({"kind": "click"}, [("kind", "unknown_kind")]),
        ({"kind": None}, [("kind", "missing")]),
        ({"name": None}, [("name", "missing")]),
        ({"properties": []}, [("properties", "not_an_object")]),
        ({"path": {}}, [("path", "not_a_list")]),
        ({"path": [{}]}, [("path[0]", "unknown_scope")]),
        ({"path": [{"page": {"name": ""}}]}, [("path[0].page.name", "missing")]),
        ({"path": [{"page": "explorer"}]}, [("path[0].page", "not_an_object")]),
        (
            {"path": [{"page": {"name": "a", "type": "popup"}}]},
            [("path[0].page.type", "unknown_type")],
        ),
        ({"path": [{"section": {"name": "s"}}] * 33}, [("path", "too_many")]),
        ({"visit": None}, [("visit", "missing"), ("visit.anonymousId", "missing")]),
        (
            {"visit": {"anonymousId": "a", "sessionId": "s"}},
            [("visit.sessionId", "not_a_whole_number")],
        ),
        ({"kind": "group"}, [("groupId", "missing")]),
        ({"kind": "alias"}, [("previousId", "missing"), ("userId", "missing")]),
    ],
)
def test_a_fact_that_breaks_a_rule_is_refused_by_field_and_rule(
    change: dict[str, Any], violations: list[tuple[str, str]]
) -> None:
    assert set(violations) <= set(rules(Pipeline().from_fact(FACT | change, BARE)))


@pytest.mark.parametrize("data", [None, 1, "text", [], [FACT], True, {}, 1.5])
def test_no_json_value_makes_the_pipeline_raise(data: Any) -> None:
    assert rules(Pipeline().from_fact(data, BARE))
    assert rules(Pipeline().from_message(data))


def test_refusals_never_quote_the_value() -> None:
    secret = "hunter2-hunter2"
    fact = FACT | {"kind": secret, "at": secret, "properties": secret, "path": secret}
    result = Pipeline().from_fact(fact, BARE)
    assert isinstance(result, Refused)
    assert secret not in str(result)


def test_refusals_carry_the_id_so_that_the_sender_can_tell_which() -> None:
    result = Pipeline().from_fact(FACT | {"name": None}, BARE)
    assert isinstance(result, Refused)
    assert result.message_id == FACT["id"]


def test_a_message_beyond_the_limit_is_refused_and_one_at_the_limit_is_not() -> None:
    room = MAX_MESSAGE_BYTES - len(
        json.dumps(MESSAGE | {"properties": {"x": ""}}, separators=(",", ":"))
    )
    largest = MESSAGE | {"properties": {"x": "x" * room}}
    assert accepted(Pipeline().from_message(largest)) == largest
    too_large = MESSAGE | {"properties": {"x": "x" * (room + 1)}}
    assert rules(Pipeline().from_message(too_large)) == [("message", "message_too_large")]


def test_a_lone_surrogate_is_replaced_rather_than_lost() -> None:
    result = Pipeline().from_fact(FACT | {"properties": {"emoji": "a\ud83d"}}, BARE)
    assert accepted(result)["properties"] == {"emoji": "a?"}


def test_what_json_has_no_words_for_is_refused() -> None:
    assert rules(Pipeline().from_fact(FACT | {"properties": {"x": float("nan")}}, BARE)) == [
        ("message", "not_json")
    ]


def test_others_messages_are_kept_with_fields_that_this_tracker_does_not_know() -> None:
    message = MESSAGE | {
        "integrations": {"All": True},
        "userId": None,
        "anonymousId": "a",
        "_metadata": {},
    }
    assert accepted(Pipeline().from_message(message)) is message


@pytest.mark.parametrize(
    ("change", "violation"),
    [
        ({"type": "click"}, ("type", "unknown_type")),
        ({"type": None}, ("type", "missing")),
        ({"messageId": None}, ("messageId", "missing")),
        ({"messageId": 3}, ("messageId", "not_text")),
        ({"anonymousId": None}, ("anonymousId", "nobody")),
        ({"event": ""}, ("event", "missing")),
        ({"properties": "p"}, ("properties", "not_an_object")),
        ({"context": []}, ("context", "not_an_object")),
        ({"traits": 1}, ("traits", "not_an_object")),
        ({"originalTimestamp": "soon"}, ("originalTimestamp", "not_a_time")),
        ({"timestamp": 12}, ("timestamp", "not_a_time")),
        ({"type": "group"}, ("groupId", "missing")),
        ({"type": "alias", "userId": "u"}, ("previousId", "missing")),
        ({"type": "alias", "previousId": "p"}, ("userId", "missing")),
    ],
)
def test_others_messages_must_keep_the_envelopes_rules(
    change: dict[str, Any], violation: tuple[str, str]
) -> None:
    assert rules(Pipeline().from_message(MESSAGE | change)) == [violation]


def test_a_message_needs_a_user_or_an_anonymous_id_not_both() -> None:
    by_user = {key: value for key, value in MESSAGE.items() if key != "anonymousId"}
    assert accepted(Pipeline().from_message(by_user | {"userId": "u"}))
