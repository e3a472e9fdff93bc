"""The plan and the policy of a page in the worker's Python: how they come, and what they say."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.test_pipeline import ENVIRONMENT, FACT
from tests.unit.test_pipeline_rules import ADDRESS, PLAN, RULES, TOKEN
from tests.unit.test_runtime import Worker
from tracker.pipeline import Accepted, Pipeline
from tracker.plan import Plan
from tracker.privacy import Policy, TraitsPolicy
from tracker.wire import decode_environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

COLLECTORS = "https://t.example.com/plan.json?writeKey=key"
LOCAL = ENVIRONMENT | {"page": {"hostname": "localhost"}}
SOURCE = """
from __future__ import annotations
from enum import StrEnum
from tracker.plan import Event, Id, Plan

class PageName(StrEnum):
    EXPLORER = "explorer"

class Clicked(Event, name="run_query_button.click"):
    query_id: Id | None = None

plan = Plan("acme", version="7", events=[Clicked], pages=PageName)
"""
UNPLANNED = FACT | {"id": "unplanned", "name": "run_query_button.clicked", "path": []}
BROKEN = FACT | {"id": "broken", "properties": {"rows": "many"}}
LEAKY = FACT | {"id": "leaky", "properties": {"rows": 1, "note": f"ask {ADDRESS}"}}


@pytest.fixture
def worker() -> Worker:
    return Worker()


def rules(plan: Plan | None = PLAN, policy: Policy | None = None) -> str:
    """What the collector answers."""
    return json.dumps({"plan": plan and plan.to_json(), "privacy": policy and policy.to_json()})


def loads(said: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [message for message in said if message["type"] == "load"]


def reports(said: list[dict[str, Any]]) -> list[str]:
    return [message["text"] for message in said if message["type"] == "report"]


def come(
    worker: Worker, load: dict[str, Any], body: str = "", status: int = 200
) -> list[dict[str, Any]]:
    return worker.tell(type="loaded", request=load["request"], status=status, body=body)


def opened(worker: Worker, **plan: Any) -> Worker:
    """A page on the developer's machine that has its rules."""
    (load,) = worker.open(environment=LOCAL, rules=COLLECTORS)
    come(worker, load, rules(**plan))
    return worker


def sent(worker: Worker) -> list[dict[str, Any]]:
    return json.loads(worker.wake()["body"])["batch"]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, str]], None]:
    """Put the modules of a wheel where micropip would."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def install(files: dict[str, str]) -> None:
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text, "utf-8")

    return install


def test_facts_wait_for_the_collectors_plan_and_are_sent_with_its_stamp(worker: Worker) -> None:
    (load,) = worker.open(rules=COLLECTORS)
    assert load == {"type": "load", "request": 1, "url": COLLECTORS, "wheel": False}
    assert worker.track(FACT) == []
    assert come(worker, load, rules()) == [{"type": "wakeAfter", "ms": 100}]
    (message,) = sent(worker)
    assert message["context"]["plan"] == PLAN.stamp
    expected = Pipeline(plan=PLAN).from_fact(FACT, decode_environment(ENVIRONMENT))
    assert isinstance(expected, Accepted)
    assert message == expected.message


def test_pages_of_one_key_ask_once_and_those_of_another_for_their_own(worker: Worker) -> None:
    (first,) = worker.open(page=1, rules=COLLECTORS)
    assert worker.open(page=2, rules=COLLECTORS) == []
    (other,) = worker.open(page=3, rules="https://t.example.com/plan.json?writeKey=other")
    come(worker, first, rules())
    come(worker, other, rules(None))
    worker.track(FACT, page=2)
    worker.track(FACT | {"id": "second"}, page=3)
    stamps = ["plan" in message["context"] for message in sent(worker)]
    assert stamps == [True, False]


def test_what_breaks_the_plan_is_reported_and_settled_and_never_sent(worker: Worker) -> None:
    opened(worker)
    report, settled = worker.track(BROKEN)
    assert report["text"].startswith("not tracked: properties.rows: expected a whole number")
    assert (report["ids"], settled["type"], settled["ids"]) == (["broken"], "settled", ["broken"])
    assert worker.tell(type="flush") == []
    assert "many" not in json.dumps(worker.said)


def test_what_is_unplanned_is_sent_and_reported(worker: Worker) -> None:
    opened(worker)
    (text,) = reports(worker.track(UNPLANNED))
    assert text.startswith("unplanned, sent all the same: acme_webapp.run_query_button.clicked: ")
    assert "did you mean run_query_button.click?" in text
    assert [message["messageId"] for message in sent(worker)] == ["unplanned"]


def test_what_is_removed_is_reported_by_field_and_rule_and_the_rest_sent(worker: Worker) -> None:
    opened(worker)
    (text,) = reports(worker.track(LEAKY))
    assert "properties.note was removed before it was sent: email" in text
    (message,) = sent(worker)
    assert message["properties"] == {"rows": 1}
    assert ADDRESS not in json.dumps(worker.said)


def test_elsewhere_than_at_home_a_report_is_the_kind_alone(worker: Worker) -> None:
    (load,) = worker.open(rules=COLLECTORS)
    come(worker, load, rules())
    said = worker.track(BROKEN, UNPLANNED, UNPLANNED | {"id": "again"}, LEAKY)
    unplanned = "unplanned, sent all the same: event: unplanned_event"
    assert reports(said) == [
        "not tracked: properties.rows: not_a_whole_number",
        *(unplanned, unplanned),
        "not for tracking: properties.note: email",
    ]


@pytest.mark.parametrize(
    ("host", "is_local"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("[::1]", True),
        ("app.localhost", True),
        ("notlocalhost", False),
        ("localhost.example.com", False),
        ("", False),
    ],
)
def test_home_is_the_developers_own_machine(worker: Worker, host: str, is_local: bool) -> None:  # noqa: FBT001
    worker.open(environment=ENVIRONMENT | {"page": {"hostname": host}})
    (text,) = reports(worker.track(FACT | {"name": None}))
    assert (text == "not tracked: name: expected text, got nothing") == is_local


@pytest.mark.parametrize("leak", [ADDRESS, TOKEN])
def test_nothing_that_is_said_has_a_leak_wherever_it_stands(worker: Worker, leak: str) -> None:
    opened(worker)
    page = [{"page": {"name": leak}}, {"section": {"name": leak}}]
    worker.track(
        FACT | {"id": "1", "name": leak},
        FACT | {"id": "2", "properties": {leak: 1, "x": [{"y": f"it is {leak}"}]}},
        FACT | {"id": "3", "path": page},
        FACT | {"id": "4", "kind": "identify", "userId": "u", "traits": {"note": leak}},
        FACT | {"id": "5", "kind": "page", "name": leak, "path": page},
        FACT | {"id": "6", "kind": leak},
        FACT | {"id": "7", "visit": {"anonymousId": "a", "userId": leak}},
    )
    worker.elapsed.advance(100)
    worker.tell(type="wake")
    assert leak not in json.dumps(worker.said)
    settled = [message["ids"] for message in worker.said if message["type"] == "settled"]
    assert ["6"] in settled
    assert ["3"] not in settled  # it is sent, without it


def test_a_fact_whose_id_is_a_leak_is_settled_all_the_same(worker: Worker) -> None:
    opened(worker)
    *_, settled = worker.track(FACT | {"id": ADDRESS})
    assert settled == {"type": "settled", "ids": [ADDRESS]}
    assert worker.tell(type="flush") == []


def test_the_collectors_policy_holds_in_the_page(worker: Worker) -> None:
    anonymous = Policy(traits=TraitsPolicy(anonymize=True))
    opened(worker, plan=None, policy=anonymous)
    worker.track(FACT | {"kind": "identify", "userId": "u", "traits": {"name": "Ada", "seats": 3}})
    (message,) = sent(worker)
    assert message["traits"] == {"seats": 3}


def test_names_wait_no_longer_than_the_wish_to_be_anonymous_behind_them(worker: Worker) -> None:
    """The policy comes while Python boots: facts from before the flag was set wait with it."""
    (load,) = worker.open(rules=COLLECTORS)
    named = FACT | {"kind": "identify", "userId": "u", "traits": {"email": ADDRESS, "seats": 3}}
    asked = named | {"id": "asked", "traits": {"is_tracking_anonymized": True}}
    worker.track(named, asked)
    allowed = Policy(traits=TraitsPolicy(allow=frozenset({"email"})))
    come(worker, load, rules(None, allowed))
    worker.track(named | {"id": "later"})

    assert [message["traits"] for message in sent(worker)] == [
        {"seats": 3},
        {"is_tracking_anonymized": True},
        {"seats": 3},
    ]
    assert ADDRESS not in json.dumps(worker.said)


def test_page_facts_go_only_where_the_plan_allows_them(worker: Worker) -> None:
    facts = {"title": "Revenue", "path": "/a", "query": "?q=x", "utm": [["utm_campaign", "spring"]]}
    fact = FACT | {"pageFacts": facts}
    (load,) = worker.open(rules=COLLECTORS)
    plan = Plan.from_json(RULES | {"pageFacts": ["title", "utm"]})
    come(worker, load, rules(plan))
    worker.track(fact)
    (message,) = sent(worker)
    context = message["context"]
    assert context["page"]["title"] == "Revenue"
    assert context["page"]["hostname"] == ENVIRONMENT["page"]["hostname"]
    assert context["campaign"] == {"name": "spring"}
    assert "path" not in context["page"]
    assert "search" not in context["page"]
    assert {"field": "context.page.path", "rule": "page_not_allowed"} in context["privacy"][
        "redacted"
    ]


def test_a_page_fact_that_is_no_text_or_too_long_is_done_without(worker: Worker) -> None:
    opened(worker, plan=Plan.from_json(RULES | {"pageFacts": ["title", "path", "utm"]}))
    worker.track(
        FACT | {"pageFacts": {"title": "x" * 5000, "path": 3, "utm": [3, ["x"], ["utm_term", 4]]}}
    )
    (message,) = sent(worker)
    assert message["context"]["page"].keys() == {"name", "type", "category", "hostname"}


def test_a_pages_own_plan_as_json_wins_over_the_collectors(worker: Worker) -> None:
    own = Plan("acme", version="9", events=["run_query_button.click"])
    first, second = worker.open(rules=COLLECTORS, plan="https://app.example.com/p/acme.json?v=1")
    come(worker, first, rules())
    assert worker.track(FACT | {"properties": {}}) == []
    come(worker, second, json.dumps(own.to_json()))
    (message,) = sent(worker)
    assert message["context"]["plan"] == own.stamp


def test_a_pages_own_plan_is_a_python_module(worker: Worker) -> None:
    first, second = worker.open(rules=COLLECTORS, plan="https://app.example.com/acme.py")
    come(worker, second, SOURCE)
    come(worker, first, rules(None))
    worker.track(FACT | {"path": [], "properties": {"query_id": "q-1"}})
    (message,) = sent(worker)
    assert message["context"]["plan"]["version"] == "7"
    said = worker.track(FACT | {"id": "2", "properties": {"query_id": ADDRESS}})
    assert reports(said) == ["not tracked: properties.query_id: not_an_id"]


def test_a_pages_own_plan_is_in_a_wheel_by_default_under_plan(
    worker: Worker, install: Callable[[dict[str, str]], None]
) -> None:
    url = "https://app.example.com/acme_events-1.0-py3-none-any.whl"
    (load,) = worker.open(plan=url)
    assert load["wheel"] is True
    install({"acme_events/__init__.py": "", "acme_events/plan.py": SOURCE})
    come(worker, load)
    worker.track(FACT | {"path": [], "properties": {}})
    (message,) = sent(worker)
    assert message["context"]["plan"]["version"] == "7"


def test_two_pages_may_bring_two_versions_of_one_wheel(
    worker: Worker, install: Callable[[dict[str, str]], None]
) -> None:
    versions: list[str] = []
    for page, version in enumerate(("7", "8")):
        url = f"https://app.example.com/acme-{version}.whl#acme.events:the_plan"
        (load,) = worker.open(page=page, plan=url)
        source = SOURCE.replace('"7"', f'"{version}"') + "the_plan = plan\n"
        install({"acme/__init__.py": "", "acme/events.py": source})
        come(worker, load)
        worker.track(FACT | {"id": version, "path": [], "properties": {}}, page=page)
        post = worker.wake()
        (message,) = json.loads(post["body"])["batch"]
        versions.append(message["context"]["plan"]["version"])
        worker.answer(post)
    assert versions == ["7", "8"]


@pytest.mark.parametrize(
    ("plan", "body", "status", "why"),
    [
        ("p.json", "", 404, "the answer was 404"),
        ("p.json", "", 0, "there was no answer"),
        ("p.json", "<!doctype html>", 200, "expected JSON, as `tracker plan json` writes it"),
        ("p.json", '{"format": 1}', 200, "damaged"),
        ("p.py", "plan = 3", 200, "expected a Plan with the name plan, got int"),
        ("p.py", "1 / 0", 200, "division by zero"),
        ("p.py", "def", 200, "invalid syntax"),
        ("p.whl", "the wheel is broken", 0, "the wheel is broken"),
        ("no_such_package.whl", "", 200, "No module named 'no_such_package'"),
        ("tracker-1.whl", "", 200, "called like one of Python's"),
        ("a.whl#plan_of_ours:b", "", 200, "expected a Plan with the name b, got int"),
    ],
)
def test_without_its_plan_a_page_goes_on_and_the_console_is_told_once(  # noqa: PLR0917
    worker: Worker,
    install: Callable[[dict[str, str]], None],
    plan: str,
    body: str,
    status: int,
    why: str,
) -> None:
    install({"plan_of_ours.py": "b = 1"})
    first, second = worker.open(rules=COLLECTORS, plan=f"https://app.example.com/{plan}")
    come(worker, first, rules())
    worker.track(BROKEN)
    (text,) = reports(come(worker, second, body, status))
    file = plan.partition("#")[0]
    assert text.startswith(f"The tracking plan at https://app.example.com/{file} cannot be used: ")
    assert why in text
    worker.track(UNPLANNED)
    messages = sent(worker)
    assert [message["messageId"] for message in messages] == ["broken", "unplanned"]
    assert all("plan" not in message["context"] for message in messages)
    assert len(reports(worker.said)) == 1


def test_the_guard_stands_where_no_rules_come(worker: Worker) -> None:
    (load,) = worker.open(rules=COLLECTORS)
    come(worker, load, "", 503)
    worker.track(LEAKY)
    assert ADDRESS not in worker.wake()["body"]


def test_rules_that_did_not_come_are_asked_for_again_by_the_next_page(worker: Worker) -> None:
    (load,) = worker.open(page=1, rules=COLLECTORS)
    come(worker, load, "", 0)
    (again,) = worker.open(page=2, rules=COLLECTORS)
    come(worker, again, rules())
    assert worker.open(page=3, rules=COLLECTORS) == []


def test_facts_that_wait_for_a_plan_are_forgotten_with_the_others(worker: Worker) -> None:
    (load,) = worker.open(rules=COLLECTORS)
    worker.track(FACT)
    assert worker.tell(type="forget") == []
    assert come(worker, load, rules()) == []
    (again,) = loads(worker.open(rules=COLLECTORS))
    come(worker, again, rules())
    worker.track(FACT | {"id": "second"})
    assert [message["messageId"] for message in sent(worker)] == ["second"]
