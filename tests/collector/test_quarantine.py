"""What a plan minds is set apart or refused; what it allows passes; each of it once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.collector.running import RunningCollector, track
from tests.collector.shapes import SDKS
from tests.collector.test_ingest import ENVIRONMENT
from tracker.collector.ingestion.keys import WriteKey
from tracker.collector.settings import Limits, Settings
from tracker.plan import Count, Event, Plan
from tracker.privacy import Action, Policy, TraitsPolicy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class QueryRan(Event, name="query.executed"):
    """A query ran."""

    row_count: Count


JANE = "jane.doe@example.com"
PLAN = Plan("acme", version="2", events=["run_query_button.click", QueryRan], pages=["explorer"])
STRICT = Plan("acme", events=["run_query_button.click"], unplanned="refuse")
OPEN = Plan("acme", events=["run_query_button.click"], unplanned="allow")


def _settings(data: Path, **fields: Any) -> Settings:
    keys = (
        WriteKey("webapp", "any-origin-key"),
        WriteKey("strict", "strict-key", plan=STRICT),
        WriteKey("open", "open-key", plan=OPEN),
    )
    limits = Limits(per_key=0, per_address=0)
    return Settings(data=data, write_keys=keys, limits=limits, plan=PLAN, **fields)


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCollector]:
    """Yield a collector with a plan, and keys with stricter and looser ones."""
    with RunningCollector(_settings(tmp_path_factory.mktemp("data"))) as running:
        yield running


def _counts(answer: Any) -> dict[str, int]:
    body = answer.json()
    names = ("accepted", "duplicate", "quarantined", "refused")
    return {name: body[name] for name in names if body[name]}


def _unplanned(message_id: str | None = None, **fields: Any) -> dict[str, Any]:
    return track(message_id, event="acme_webapp.other_button.click", **fields)


def _ran(message_id: str, **fields: Any) -> dict[str, Any]:
    return track(message_id, event="acme_server.query.executed", **fields)


def test_a_message_that_is_not_planned_is_kept_apart_with_the_reason_and_the_plan(
    planned: RunningCollector,
) -> None:
    answer = planned.post({"batch": [track("planned"), _unplanned("apart")]})
    assert answer.status_code == 200
    assert _counts(answer) == {"accepted": 1, "quarantined": 1}
    (reason,) = answer.json()["unplanned"]
    assert (reason["index"], reason["messageId"], reason["code"]) == (1, "apart", "unplanned_event")
    assert "planned" in planned.stored()
    assert "apart" not in planned.stored()
    ((source, via, message, reasons, plan),) = planned.rows(
        "SELECT source, via, message, reasons, plan FROM quarantined"
        " WHERE message ->> 'messageId' = 'apart'"
    )
    assert (source, via) == ("webapp", "batch")
    assert json.loads(message)["timestamp"] == "2026-11-23T16:06:30.000Z"
    assert json.loads(message)["receivedAt"] == "2026-11-23T16:06:40.000Z"
    assert [each["rule"] for each in json.loads(reasons)] == ["unplanned_event"]
    assert json.loads(plan) == PLAN.stamp


def test_what_breaks_a_rule_of_the_plan_is_refused_and_its_values_are_in_no_reason(
    planned: RunningCollector,
) -> None:
    wrong = _ran("breaks a rule", properties={"row_count": "a-secret-value"})
    answer = planned.post({"batch": [wrong, _ran("right", properties={"row_count": 3})]})
    assert _counts(answer) == {"accepted": 1, "refused": 1}
    (refusal,) = answer.json()["refusals"]
    assert (refusal["code"], refusal["field"]) == ("not_a_count", "properties.row_count")
    assert "a-secret-value" not in answer.text
    assert "a-secret-value" not in str(planned.rows("SELECT * FROM refused"))


@pytest.mark.parametrize(
    ("key", "counts"),
    [("strict-key", {"refused": 1}), ("open-key", {"accepted": 1})],
)
def test_a_key_s_own_plan_wins(planned: RunningCollector, key: str, counts: dict[str, int]) -> None:
    answer = planned.post({"batch": [_unplanned()]}, auth=(key, ""))
    assert _counts(answer) == counts


def test_a_message_of_an_older_plan_passes_where_both_allow_it_and_is_set_apart_elsewhere(
    planned: RunningCollector,
) -> None:
    """A page may be open with yesterday's plan: what it sends is never refused for that."""
    old = {"plan": Plan("acme", version="1", events=["run_query_button.click"]).stamp}
    still = track("still allowed", context=old)
    not_any_more = _ran("not any more", properties={"row_count": "three"}, context=old)
    gone = _unplanned("gone", context=old)
    answer = planned.post({"batch": [still, not_any_more, gone]})
    assert _counts(answer) == {"accepted": 1, "quarantined": 2}
    assert {reason["code"] for reason in answer.json()["unplanned"]} == {"plan_version"}
    # A strict plan refuses what is unplanned; not what another plan allowed.
    answer = planned.post({"batch": [_unplanned(context=old)]}, auth=("strict-key", ""))
    assert _counts(answer) == {"quarantined": 1}


def test_a_retry_of_what_was_set_apart_is_a_duplicate_also_after_a_restart(tmp_path: Path) -> None:
    batch = {"batch": [track("kept"), _unplanned("apart"), _unplanned("timeless")]}
    del batch["batch"][2]["originalTimestamp"]
    with RunningCollector(_settings(tmp_path)) as running:
        twice = {"batch": [*batch["batch"], *batch["batch"]]}
        assert _counts(running.post(twice)) == {"accepted": 1, "quarantined": 2, "duplicate": 3}
        assert _counts(running.post(batch)) == {"duplicate": 3}
    with RunningCollector(_settings(tmp_path)) as running:
        assert _counts(running.post(batch)) == {"duplicate": 3}
        # Another time with each retry: the window knows the id.
        again = _unplanned("apart", originalTimestamp="2026-11-23T16:06:31.000Z")
        assert _counts(running.post({"batch": [again]})) == {"duplicate": 1}
        assert running.rows("SELECT count(*) FROM quarantined") == [(2,)]
        assert running.rows("SELECT count(*) FROM seen") == [(3,)]


def test_what_was_set_apart_keeps_its_place_when_its_sender_has_no_window(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, plan=PLAN, limits=Limits(per_key=0, per_address=0, window=2))
    with RunningCollector(settings) as running:
        running.post({"batch": [_unplanned("old")]})
        for _ in range(4):
            running.post({"batch": [track()]})
        answer = running.post({"batch": [track("a"), _unplanned("old"), _unplanned("b")]})
        assert _counts(answer) == {"accepted": 1, "duplicate": 1, "quarantined": 1}
        assert [reason["messageId"] for reason in answer.json()["unplanned"]] == ["b"]
        assert running.rows("SELECT message ->> 'messageId' FROM quarantined ORDER BY id") == [
            ("old",),
            ("b",),
        ]


def test_facts_are_held_to_the_plan_and_messages_of_both_paths_are_one(
    planned: RunningCollector,
) -> None:
    def fact(message_id: str, name: str) -> dict[str, Any]:
        visit = {"anonymousId": "a-1"}
        at = 1_795_449_990_000
        return {"id": message_id, "at": at, "kind": "track", "name": name, "visit": visit}

    body = {
        "environment": ENVIRONMENT,
        "facts": [fact("f-1", "run_query_button.click"), fact("f-2", "other_button.click")],
    }
    assert _counts(planned.post(body, "/v1/raw")) == {"accepted": 1, "quarantined": 1}
    assert planned.stored()["f-1"]["context"]["plan"] == PLAN.stamp
    again = [_unplanned("f-2"), track("f-1")]
    assert _counts(planned.post({"batch": again})) == {"duplicate": 2}


@pytest.mark.parametrize("name", SDKS)
def test_other_sdks_get_exactly_200_for_what_the_plan_does_not_know(
    planned: RunningCollector, name: str
) -> None:
    request = SDKS[name]()
    answer = planned.client.post(request.path, content=request.body, headers=request.headers)
    assert answer.status_code == 200
    assert answer.json()["quarantined"] >= 1
    assert answer.json()["refused"] == 0
    again = planned.client.post(request.path, content=request.body, headers=request.headers)
    assert _counts(again) == {"duplicate": len(request.ids)}


def test_the_live_view_hears_of_what_is_stored_alone(planned: RunningCollector) -> None:
    published: list[str] = []
    live = planned.collector.live
    publish = live.publish

    def listen(messages: Any, **about: str) -> None:
        published.extend(message["messageId"] for message in messages)
        publish(messages, **about)

    live.publish = listen
    planned.post({"batch": [_unplanned("unheard"), track("heard")]})
    live.publish = publish
    assert published == ["heard"]


def test_outcomes_are_counted_by_rule_exactly_and_once(tmp_path: Path) -> None:
    with RunningCollector(_settings(tmp_path)) as running:
        leak = {"note": "ada@example.com", "also": "ada@example.com", "key": "10.1.2.3"}
        batch: list[Any] = [
            *[_unplanned(f"q-{number}") for number in range(3)],
            track("redacted", properties=leak),
            *[5] * 250,
        ]
        for _ in range(2):
            running.post({"batch": batch})
        hour = running.clock.now // 3_600_000
        counts = {
            (outcome, rule): count
            for at, source, outcome, rule, count in running.rows("SELECT * FROM outcomes")
            if (at, source) == (hour, "webapp")
        }
        # The properties were unplanned too, before the guard had removed them.
        assert counts == {
            ("quarantined", "unplanned_event"): 3,
            ("redacted", "email"): 1,
            ("redacted", "ip_address"): 1,
            ("refused", "not_an_object"): 500,
        }
        lines = running.client.get("/metrics").text.splitlines()
        assert 'tracker_messages_total{outcome="quarantined"} 3' in lines
        assert 'tracker_messages_total{outcome="duplicate"} 4' in lines
        assert 'tracker_quarantined_total{rule="unplanned_event"} 3' in lines
        assert 'tracker_redacted_total{rule="email"} 1' in lines
        assert 'tracker_refused_total{code="not_an_object"} 500' in lines


def test_names_of_messages_are_no_labels_of_the_metrics(planned: RunningCollector) -> None:
    """Whoever can send must not be able to fill the memory of what watches the collector."""
    odd = 'x"} 1'
    planned.post(
        {
            "batch": [
                track(type=odd),
                track(event=odd),
                track(properties={odd: 1, "b" * 30: 2}),
                track(context={"privacy": {"redacted": [{"field": "a", "rule": odd}]}}),
            ]
        }
    )
    text = planned.client.get("/metrics").text
    assert odd not in text
    assert "b" * 30 not in text


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/raw"])
def test_who_asked_to_be_anonymous_is_named_in_no_message_from_before_or_after(
    tmp_path: Path, path: str
) -> None:
    policy = Policy(traits=TraitsPolicy(allow=frozenset({"email"})))
    texts = [{"email": JANE}, {"is_tracking_anonymized": True}, {"email": JANE}]

    def item(number: int, traits: Any) -> dict[str, Any]:
        if path == "/v1/raw":
            visit = {"anonymousId": "a", "userId": "u"}
            return {
                "id": f"m{number}",
                "kind": "identify",
                "at": 1,
                "visit": visit,
                "traits": traits,
            }
        who = {"messageId": f"m{number}", "anonymousId": "a", "userId": "u"}
        return {"type": "identify", "traits": traits, **who}

    items = [item(number, traits) for number, traits in enumerate(texts)]
    with RunningCollector(_settings(tmp_path, privacy=policy)) as running:
        for some in (items[:2], items[2:]):
            key = "facts" if path == "/v1/raw" else "batch"
            body = {key: some, "environment": ENVIRONMENT}
            assert running.post(body, path).json()["accepted"] == len(some)
        stored = running.stored()

    assert len(stored) == 3
    assert JANE not in json.dumps(list(stored.values()))


def test_the_policy_decides_what_a_leak_costs(tmp_path: Path) -> None:
    policy = Policy(actions={"email": Action.REFUSE, "ip_address": Action.ALLOW})
    with RunningCollector(_settings(tmp_path, privacy=policy)) as running:
        batch = [
            track("refused", properties={"note": "ada@example.com"}),
            track("allowed", context={"note": "10.1.2.3"}),
        ]
        answer = running.post({"batch": batch})
        assert _counts(answer) == {"accepted": 1, "refused": 1}
        assert answer.json()["refusals"][0]["code"] == "email"
        assert running.stored()["allowed"]["context"] == {"note": "10.1.2.3"}


def test_without_a_plan_nothing_is_unplanned(running: RunningCollector) -> None:
    assert _counts(running.post({"batch": [_unplanned(), track(event="Anything")]})) == {
        "accepted": 2
    }
