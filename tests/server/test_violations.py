"""What breaks the plan, the wire or privacy: raised in development, reported in production."""

from __future__ import annotations

import enum
import logging
from typing import TYPE_CHECKING, Any

import pytest

from tests.server.scripted import ScriptedCollector
from tests.server.service import APP, Problems, analytics_for
from tracker import TrackingProvider, use_tracking
from tracker.errors import InvalidInput
from tracker.plan import Count, Event, Id, Plan, Properties
from tracker.privacy import Policy, TraitsPolicy
from tracker.server import App

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tracker.server import Analytics

LEAK = "jane.doe@example.com"


class WarehouseType(enum.Enum):
    BIGQUERY = "bigquery"
    POSTGRES = "postgres"


class PageName(enum.Enum):
    EXPLORER = "explorer"


class ProjectCreated(Event, name="project.created", wire_names="camelCase"):
    """A project was created."""

    project_id: Id
    warehouse_type: WarehouseType
    models: Count | None = None


class UserTraits(Properties):
    seats: Count


class NotInThePlan(Event, name="project.deleted"):
    """A project was deleted."""


def plan(**options: Any) -> Plan:
    return Plan("acme", events=[ProjectCreated], pages=PageName, user_traits=UserTraits, **options)


GOOD = {"projectId": "p-1", "warehouseType": "bigquery"}


@pytest.fixture
def collector() -> Iterator[ScriptedCollector]:
    with ScriptedCollector() as collector:
        yield collector


def test_a_typed_event_and_its_dynamic_form_are_the_same_on_the_wire(
    collector: ScriptedCollector,
) -> None:
    event = ProjectCreated(project_id="p-1", warehouse_type=WarehouseType.BIGQUERY)
    with analytics_for(collector, plan=plan(), strict=True) as analytics:
        analytics.track(event, user_id="u-1")
        analytics.track("project.created", GOOD, user_id="u-1")
        analytics.track(event="project.created", properties=GOOD, user_id="u-1")
    one, *others = collector.messages
    for message in collector.messages:
        del message["messageId"], message["originalTimestamp"]
    bodies = [(message["event"], message["properties"]) for message in (one, *others)]
    assert bodies == [("acme_server.project.created", GOOD)] * 3


def test_each_message_carries_the_plans_stamp(collector: ScriptedCollector) -> None:
    with analytics_for(collector, plan=plan(version="7")) as analytics:
        analytics.track("project.created", GOOD)
    stamp = collector.messages[0]["context"]["plan"]
    assert (stamp["name"], stamp["version"]) == ("acme", "7")


WRONG: dict[str, Callable[[Analytics], None]] = {
    "type": lambda a: a.track("project.created", {**GOOD, "models": "three"}),
    "leak": lambda a: a.track("project.created", {**GOOD, "models": LEAK}),
    "missing": lambda a: a.track("project.created", {"projectId": "p-1"}),
    "trait": lambda a: a.identify("u-1", {"seats": -1}),
    "not JSON": lambda a: a.track("project.created", {**GOOD, "projectId": object()}),
    "no name": lambda a: a.track(""),
    "no user": lambda a: a.identify(""),
    "both forms": lambda a: a.track(NotInThePlan(), {"more": 1}),
    "too large": lambda a: a.group("g-1", {"names": ["words and words"] * 4000}, user_id="u-1"),
}
UNPLANNED: dict[str, Callable[[Analytics], None]] = {
    "event": lambda a: a.track("project.renamed"),
    "typed event": lambda a: a.track(NotInThePlan()),
    "property": lambda a: a.track("project.created", {**GOOD, "title": "words"}),
    "page": lambda a: a.page("settings"),
}


@pytest.mark.parametrize("wrong", WRONG | UNPLANNED)
def test_in_development_it_raises_and_sends_nothing(
    collector: ScriptedCollector, wrong: str
) -> None:
    app = App("acme", "acme_server", mode="development")
    with analytics_for(collector, plan=plan(), app=app) as analytics:
        with pytest.raises((InvalidInput, TypeError)) as raised:
            (WRONG | UNPLANNED)[wrong](analytics)
        assert LEAK not in str(raised.value)
    assert collector.requests == []


@pytest.mark.parametrize("wrong", WRONG)
def test_in_production_what_breaks_a_rule_is_reported_and_not_sent(
    collector: ScriptedCollector, wrong: str, caplog: pytest.LogCaptureFixture
) -> None:
    problems = Problems()
    with (
        caplog.at_level(logging.WARNING, "tracker.server"),
        analytics_for(collector, plan=plan(), on_error=problems.append) as analytics,
    ):
        for _ in range(3):
            WRONG[wrong](analytics)
        analytics.track("project.created", GOOD)
    assert len(collector.messages) == 1
    kinds = [kind for kind in problems.kinds if kind != "redacted"]
    assert kinds == ["violation"] * 3
    assert problems.lost == 3
    assert all(problem.violations for problem in problems)
    logged = [record.getMessage() for record in caplog.records if "not tracked" in record.message]
    assert len(logged) == 1
    assert LEAK not in caplog.text


@pytest.mark.parametrize("wrong", UNPLANNED)
@pytest.mark.parametrize(
    ("unplanned", "sent", "kinds"),
    [("quarantine", 1, ["violation"]), ("refuse", 0, ["violation"]), ("allow", 1, [])],
)
def test_what_the_plan_does_not_know_goes_by_its_rule_for_that(
    collector: ScriptedCollector, wrong: str, unplanned: Any, sent: int, kinds: list[str]
) -> None:
    problems = Problems()
    with analytics_for(
        collector, plan=plan(unplanned=unplanned), on_error=problems.append
    ) as analytics:
        UNPLANNED[wrong](analytics)
    assert len(collector.messages) == sent
    assert problems.kinds == kinds
    assert problems.lost == len(kinds) - (sent if kinds else 0)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (ProjectCreated, "event: expected an instance of ProjectCreated, got the class itself"),
        (12, "event: expected an event's name or an instance of an Event class, got int"),
        (None, "event: expected an event's name or an instance of an Event class, got NoneType"),
    ],
)
def test_what_is_no_event_is_told_with_the_mend(
    collector: ScriptedCollector, event: Any, expected: str
) -> None:
    problems = Problems()
    strict = analytics_for(collector, strict=True)
    with strict as analytics, pytest.raises(TypeError) as raised:
        analytics.track(event)
    with analytics_for(collector, on_error=problems.append) as analytics:
        analytics.track(event)

    assert str(raised.value) == expected
    assert [problem.kind for problem in problems] == ["violation"]
    assert expected in problems[0].text
    assert collector.messages == []


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda a: a.track("e.created", userId="u"), "unexpected keyword argument 'userId'"),
        (lambda a: a.group(), "missing 1 required positional argument: 'group_id'"),
        (lambda a: a.track(""), "event: expected text or an enum of texts, got empty text"),
        (lambda a: a.identify(None, {"seats": 3}), "user_id: expected an id, got NoneType"),
    ],
)
def test_a_call_with_wrong_arguments_is_told_as_it_is_in_production_too(
    collector: ScriptedCollector, call: Callable[[Any], None], expected: str
) -> None:
    problems = Problems()
    with analytics_for(collector, strict=True) as analytics, pytest.raises(TypeError) as raised:
        call(analytics)
    with analytics_for(collector, on_error=problems.append) as analytics:
        call(analytics)

    assert expected in str(raised.value)
    assert [problem.kind for problem in problems] == ["violation"]
    assert expected in problems[0].text
    assert collector.messages == []


def test_an_argument_whose_name_is_a_value_is_not_told(collector: ScriptedCollector) -> None:
    problems = Problems()
    options: dict[str, Any] = {LEAK: 1}
    with analytics_for(collector, on_error=problems.append) as analytics:
        analytics.track("project.created", **options)

    assert [problem.kind for problem in problems] == ["internal"]
    assert LEAK not in problems[0].text


def test_a_user_who_was_anonymised_is_never_named_again(collector: ScriptedCollector) -> None:
    policy = Policy(traits=TraitsPolicy(allow=frozenset({"email", "name"})))
    with analytics_for(collector, privacy=policy) as analytics:
        analytics.identify("u-1", {"name": "Jane", "is_tracking_anonymized": True})
        analytics.identify("u-1", {"email": LEAK, "seats": 2})
        analytics.identify("u-2", {"email": "grace@example.com"})

    assert [message["traits"] for message in collector.messages] == [
        {"is_tracking_anonymized": True},
        {"seats": 2},
        {"email": "grace@example.com"},
    ]
    assert LEAK not in str(collector.messages)


def test_strict_may_be_said_whatever_the_mode(collector: ScriptedCollector) -> None:
    app = App("acme", "acme_server", mode="development")
    with analytics_for(collector, plan=plan(), app=app, strict=False) as analytics:
        analytics.track("")
    with (
        analytics_for(collector, plan=plan(), app=APP, strict=True) as analytics,
        pytest.raises(TypeError, match="event: expected"),
    ):
        analytics.track("")


def test_use_tracking_never_raises_even_when_strict(collector: ScriptedCollector) -> None:
    with (
        analytics_for(collector, plan=plan(), strict=True) as analytics,
        TrackingProvider(sink=analytics),
    ):
        use_tracking().track("project.renamed")
        use_tracking().track("project.created", GOOD)
    assert [message["event"] for message in collector.messages] == ["acme_server.project.created"]


def test_strict_raises_for_nothing_that_the_network_does() -> None:
    problems = Problems()
    with ScriptedCollector() as collector:
        pass
    analytics = analytics_for(collector, strict=True, on_error=problems.append)
    analytics.track("project.created")
    assert not analytics.flush(0.1)
    assert not analytics.close(0.1)
    assert "unreachable" in problems.kinds


@pytest.mark.parametrize("spooled", [False, True], ids=["", "spooled"])
def test_what_looks_like_a_secret_leaves_neither_process_nor_disk(
    collector: ScriptedCollector,
    tmp_path: Any,
    caplog: pytest.LogCaptureFixture,
    spooled: bool,  # noqa: FBT001
) -> None:
    problems = Problems()
    kept = tmp_path if spooled else None
    with analytics_for(collector, on_error=problems.append, spool=kept) as analytics:
        analytics.track("project.created", {"projectId": "p-1", "owner": LEAK})
        disk = b"".join(path.read_bytes() for path in tmp_path.glob("*.spool"))
    (message,) = collector.messages
    assert message["properties"] == {"projectId": "p-1"}
    assert message["context"]["privacy"]["redacted"] == [
        {"field": "properties.owner", "rule": "email"}
    ]
    assert LEAK.encode() not in disk
    assert LEAK.encode() not in collector.requests[0].raw
    assert LEAK not in caplog.text
    assert problems.kinds == ["redacted"]
    assert problems.lost == 0


def test_a_name_made_of_values_is_not_logged(
    collector: ScriptedCollector, caplog: pytest.LogCaptureFixture
) -> None:
    with analytics_for(collector, plan=plan(unplanned="refuse")) as analytics:
        analytics.track(f"project.created by {LEAK}")
    assert collector.requests == []
    assert "not tracked" in caplog.text
    assert LEAK not in caplog.text
