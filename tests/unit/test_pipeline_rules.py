"""What the plan and the privacy guard make of facts and messages on their way."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.test_pipeline import ENVIRONMENT, FACT, MESSAGE, accepted, rules
from tracker.event import Page, PageType
from tracker.pipeline import Accepted, Pipeline, Refused, guard_for
from tracker.plan import Plan
from tracker.privacy import PAGE_FACTS, Action, Guard, Policy
from tracker.wire import MAX_MESSAGE_BYTES, decode_environment

ADDRESS = "ada.lovelace@example.com"
TOKEN = "ghp_9fKq2Lw8ZxT1vB6nM4cR7yH3jD5sG0aE2uPo"
HERE = decode_environment(ENVIRONMENT)
RULES: dict[str, Any] = {
    "format": 1,
    "app": "acme",
    "version": "1.4.0",
    "unplanned": "quarantine",
    "events": [
        {
            "name": "run_query_button.click",
            "properties": [
                {"name": "rows", "type": {"kind": "integer"}, "optional": True},
                {"name": "query_id", "type": {"kind": "id"}, "optional": True},
            ],
        },
        {
            "name": "feedback_form.submit",
            "properties": [
                {"name": "text", "type": {"kind": "text", "maxLength": 99, "because": "for us"}}
            ],
        },
    ],
    "pages": ["explorer", "settings"],
    "sections": ["results_table", "toolbar"],
    "modals": [{"name": "settings", "type": "modal"}],
}
PLAN = Plan.from_json(RULES)
PIPELINE = Pipeline(plan=PLAN)


def fact(**changes: Any) -> dict[str, Any]:
    return FACT | changes


def taken(pipeline: Pipeline, data: dict[str, Any]) -> Accepted:
    result = pipeline.from_fact(data, HERE)
    assert isinstance(result, Accepted), result
    return result


def test_a_planned_fact_passes_with_the_stamp_of_its_plan() -> None:
    result = taken(PIPELINE, FACT)
    assert (result.unplanned, result.redactions) == ((), ())
    assert result.message["context"]["plan"] == PLAN.stamp
    assert json.loads(result.text or "") == result.message


def test_a_message_keeps_the_stamp_that_it_came_with_and_gets_none() -> None:
    old = {"name": "acme", "version": "1.0.0", "hash": "0123456789abcdef"}
    message = taken(PIPELINE, FACT).message
    message["context"]["plan"] = old
    assert accepted(PIPELINE.from_message(message))["context"]["plan"] == old
    del message["context"]["plan"]
    assert "plan" not in accepted(PIPELINE.from_message(message))["context"]


def test_what_breaks_the_plan_is_refused_with_the_plans_reasons() -> None:
    result = PIPELINE.from_fact(fact(properties={"rows": "many"}), HERE)
    assert isinstance(result, Refused)
    assert result.message_id == FACT["id"]
    assert rules(result) == [("properties.rows", "not_a_whole_number")]
    assert "many" not in str(result)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"name": "rum_query_button.click"}, ("event", "unplanned_event")),
        ({"properties": {"colour": 1}}, ("properties.colour", "unplanned_property")),
        ({"path": [{"page": {"name": "home"}}]}, ("context.page.name", "unplanned_page")),
    ],
)
def test_what_the_plan_does_not_know_goes_by_its_word(
    change: dict[str, Any], reason: tuple[str, str]
) -> None:
    apart = taken(PIPELINE, fact(**change))
    assert [(one.field, one.rule) for one in apart.unplanned] == [reason]
    allowing = Pipeline(plan=Plan.from_json(RULES | {"unplanned": "allow"}))
    assert taken(allowing, fact(**change)).unplanned == ()
    refusing = Pipeline(plan=Plan.from_json(RULES | {"unplanned": "refuse"}))
    assert rules(refusing.from_fact(fact(**change), HERE)) == [reason]


def test_a_message_of_another_plan_is_set_apart_and_never_refused() -> None:
    message = taken(Pipeline(), fact(properties={"rows": "many"})).message
    message["context"]["plan"] = PLAN.stamp | {"hash": "0123456789abcdef"}
    result = PIPELINE.from_message(message)
    assert isinstance(result, Accepted)
    assert [(one.field, one.rule) for one in result.unplanned] == [
        ("properties.rows", "plan_version")
    ]


def test_what_must_not_be_tracked_is_removed_and_its_field_recorded() -> None:
    result = taken(Pipeline(), fact(properties={"rows": 500, "note": f"ask {ADDRESS}"}))
    assert result.message["properties"] == {"rows": 500}
    record = [{"field": "properties.note", "rule": "email"}]
    assert result.message["context"]["privacy"] == {"redacted": record}
    assert [one._asdict() for one in result.redactions] == record
    assert ADDRESS not in (result.text or "")


def test_what_was_removed_can_be_what_the_plan_asks_for() -> None:
    name, page = "feedback_form.submit", [{"page": {"name": "explorer"}}]
    result = PIPELINE.from_fact(fact(name=name, path=page, properties={"text": ADDRESS}), HERE)
    assert isinstance(result, Refused)
    assert [(one.field, one.rule) for one in result.violations] == [("properties.text", "missing")]
    assert "the privacy guard removed it: email" in str(result)
    assert ADDRESS not in str(result)


def test_what_is_removed_is_not_unplanned_any_more() -> None:
    result = taken(PIPELINE, fact(properties={"rows": 1, "note": ADDRESS}))
    assert [one.field for one in result.redactions] == ["properties.note"]
    assert result.unplanned == ()


def test_a_text_of_the_wrong_kind_is_told_as_that_even_if_it_is_a_leak() -> None:
    result = PIPELINE.from_fact(fact(properties={"query_id": ADDRESS}), HERE)
    assert rules(result) == [("properties.query_id", "not_an_id")]
    assert ADDRESS not in str(result)


def test_a_policy_can_refuse_what_it_catches() -> None:
    pipeline = Pipeline(guard=Guard(Policy(actions={"email": Action.REFUSE})))
    result = pipeline.from_fact(fact(properties={"note": ADDRESS}), HERE)
    assert isinstance(result, Refused)
    assert result.message_id == FACT["id"]
    assert rules(result) == [("properties.note", "email")]
    assert ADDRESS not in str(result)


@pytest.mark.parametrize("leak", [ADDRESS, TOKEN])
def test_a_refusal_does_not_say_a_name_or_an_id_that_is_a_leak(leak: str) -> None:
    strict = Pipeline(plan=Plan.from_json(RULES | {"unplanned": "refuse"}))
    for result in (
        strict.from_fact(fact(properties={leak: 1}), HERE),
        strict.from_fact(fact(id=leak, name=None), HERE),
        strict.from_fact(fact(id=leak, properties={"rows": "x"}), HERE),
        strict.from_fact(fact(id=leak), HERE),
        strict.from_fact(fact(name=leak), HERE),
        strict.from_message(MESSAGE | {"messageId": leak, "event": None}),
        strict.from_message(MESSAGE | {"messageId": leak}),
        strict.from_message(MESSAGE | {"messageId": "m", "type": leak}),
    ):
        assert isinstance(result, Refused)
        assert leak not in str(result)


def test_page_facts_are_those_that_the_plan_allows() -> None:
    page = {"title": "Revenue", "path": "/a", "hostname": "app.example.com"}
    message = MESSAGE | {"context": {"page": page}}
    assert accepted(Pipeline().from_message(message))["context"]["page"] == {
        "hostname": "app.example.com"
    }
    rules_of_title = {"format": 1, "app": "acme", "version": "1", "unplanned": "allow"}
    plan = Plan.from_json(rules_of_title | {"events": [], "pageFacts": ["title"]})
    kept = accepted(Pipeline(plan=plan).from_message(message))["context"]["page"]
    assert kept == {"hostname": "app.example.com", "title": "Revenue"}


def test_a_plan_adds_its_page_facts_to_a_policys() -> None:
    guard = guard_for(Plan("acme", page_facts=["title"]), Policy(actions={"email": Action.REFUSE}))
    message = MESSAGE | {"context": {"page": {"title": "Revenue"}}}
    assert accepted(Pipeline(guard=guard).from_message(message)) == message
    assert rules(
        Pipeline(guard=guard).from_message(message | {"properties": {"note": ADDRESS}})
    ) == [("properties.note", "email")]


def test_a_plan_can_allow_every_page_fact_that_a_policy_can() -> None:
    beside_the_host = [fact for fact in PAGE_FACTS if fact != "hostname"]
    assert Plan("acme", page_facts=beside_the_host).rules.page_facts == tuple(beside_the_host)  # pyright: ignore[reportArgumentType]


def test_a_message_that_the_record_of_what_is_missing_makes_too_long_is_refused() -> None:
    notes = {f"note_{number}": ADDRESS for number in range(20)}
    words = "words " * (MAX_MESSAGE_BYTES // 6)

    def message(length: int) -> dict[str, Any]:
        return MESSAGE | {"properties": notes | {"words": words[:length]}}

    room = MAX_MESSAGE_BYTES - len(json.dumps(message(0), separators=(",", ":")))
    result = Pipeline().from_message(message(room), size_at_most=MAX_MESSAGE_BYTES)
    assert rules(result) == [("message", "message_too_large")]
    assert accepted(Pipeline().from_message(message(room - 1000)))


def test_neither_fact_nor_message_is_changed() -> None:
    given = fact(properties={"note": ADDRESS, "rows": 1}, path=[{"page": {"name": "explorer"}}])
    before = json.dumps(given)
    message = taken(PIPELINE, given).message
    assert json.dumps(given) == before
    message["properties"]["note"] = ADDRESS
    before = json.dumps(message)
    assert isinstance(PIPELINE.from_message(message), Accepted)
    assert json.dumps(message) == before


def test_a_modal_has_the_type_that_the_plan_says() -> None:
    page = Page("settings", PageType.MODAL)
    path = [{"page": {"name": page.name, "type": page.type.value}}]
    assert taken(PIPELINE, fact(kind="page", name="settings", path=path, properties={}))
    plain = [{"page": {"name": "settings"}}]
    result = PIPELINE.from_fact(fact(kind="page", name="settings", path=plain, properties={}), HERE)
    assert rules(result) == [("context.page", "page_kind")]
