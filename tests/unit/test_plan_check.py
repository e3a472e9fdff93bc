"""The validator: what a plan has to say about messages as the wire has them."""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import Annotated, Any

import pytest

from tracker import Page, PageType, TrackingProvider, TrackPage, TrackSection
from tracker.plan import AtMost, Count, Disposition, Event, Id, Plan, Properties
from tracker.testing import CapturingSink


class EventName(StrEnum):
    RUN_QUERY_BUTTON_CLICKED = "run_query_button.click"
    ORGANIZATION_CREATED = "organization.created"


class PageName(StrEnum):
    EXPLORER = "explorer"
    ORGANIZATION_SETTINGS = "organization_settings"


class SectionName(Enum):
    PAGE_FOOTER = "page_footer"
    RESULTS_TABLE = "results_table"


class CategoryName(StrEnum):
    SETTINGS = "settings"


class ProjectType(StrEnum):
    DBT = "dbt"
    NONE = "none"


class ProjectCreated(Event, name="project.created"):
    project_id: Id
    project_type: ProjectType
    seats: Count | None = None
    kinds: Annotated[tuple[ProjectType, ...], AtMost(2)] | None = None


class UserTraits(Properties):
    project_type: ProjectType


class GroupTraits(Properties):
    seats: Count | None = None


def make(**changes: Any) -> Plan:
    given: dict[str, Any] = {
        "events": [EventName, ProjectCreated],
        "pages": PageName,
        "sections": SectionName,
        "categories": CategoryName,
        "modals": [Page("organization_settings", PageType.MODAL, "settings")],
        "user_traits": UserTraits,
        "group_traits": GroupTraits,
        "version": "1.4.0",
    }
    return Plan("acme", **{**given, **changes})


PLAN = make()
GOOD = {"project_id": "p-1", "project_type": "dbt"}


def track(event: Any = "acme_webapp.project.created", properties: Any = GOOD, **more: Any) -> Any:
    return {"type": "track", "event": event, "properties": properties, **more}


def place(**context: Any) -> Any:
    return track("acme.run_query_button.click", {}, context=context)


def rules(message: Any, plan: Plan = PLAN) -> list[tuple[str, str]]:
    return [(one.field, one.rule) for one in plan.check(message).all]


@pytest.mark.parametrize(
    "message",
    [
        track(),
        track("project.created"),
        track("acme.project.created"),
        track("acme_server.project.created", {**GOOD, "seats": 3, "kinds": ["dbt", "none"]}),
        track("acme_webapp.run_query_button.click", {}),
        track("acme_webapp.run_query_button.click", None),
        {"type": "track", "event": "acme.run_query_button.click"},
        track(properties={**GOOD, "seats": None}),
        track(properties={**GOOD, "seats": 3.0}),
        place(page={"name": "explorer", "type": "page"}, section={"name": "page_footer"}),
        place(page={"name": "organization_settings", "type": "modal", "category": "settings"}),
        place(section={"name": "results_table", "path": ["page_footer", "results_table"]}),
        place(page={"hostname": "app.example.com"}, section={}),
        place(page=None, section=None),
        {"type": "page", "name": "explorer", "properties": {"anything": "goes"}},
        {"type": "page", "name": "organization_settings", "category": "settings"},
        {"type": "screen", "name": "explorer", "category": None},
        {"type": "identify", "userId": "u"},
        {"type": "identify", "userId": "u", "traits": {"project_type": "dbt"}},
        {"type": "group", "groupId": "g", "traits": {}},
        {"type": "alias", "userId": "u", "previousId": "p"},
    ],
)
def test_what_the_plan_knows_passes(message: Any) -> None:
    findings = PLAN.check(message)

    assert findings.all == ()
    assert PLAN.disposition(findings) is Disposition.PASS


@pytest.mark.parametrize(
    ("message", "field", "rule"),
    [
        (track(properties={"project_type": "dbt"}), "properties.project_id", "missing"),
        (track(properties={**GOOD, "project_id": None}), "properties.project_id", "missing"),
        (track(properties={**GOOD, "project_id": "a@b.c"}), "properties.project_id", "not_an_id"),
        (
            track(properties={**GOOD, "project_type": "x"}),
            "properties.project_type",
            "not_a_choice",
        ),
        (track(properties={**GOOD, "seats": -1}), "properties.seats", "not_a_count"),
        (track(properties={**GOOD, "seats": True}), "properties.seats", "not_a_count"),
        (track(properties={**GOOD, "kinds": ["dbt"] * 3}), "properties.kinds", "too_many"),
        (track(properties={**GOOD, "kinds": ["x"]}), "properties.kinds", "wrong_item"),
        (track(properties=[]), "properties", "not_an_object"),
        (place(page={"name": "explorer"}, traits={}), "context.traits.project_type", "missing"),
        (
            place(page={"name": "organization_settings", "type": "page", "category": "settings"}),
            "context.page",
            "page_kind",
        ),
        (place(page={"name": "organization_settings"}), "context.page", "page_kind"),
        ({"type": "identify", "traits": {}}, "traits.project_type", "missing"),
        ({"type": "group", "traits": {"seats": "3"}}, "traits.seats", "not_a_count"),
        ([], "message", "not_an_object"),
        (None, "message", "not_an_object"),
    ],
)
def test_what_breaks_a_rule_is_refused(message: Any, field: str, rule: str) -> None:
    findings = PLAN.check(message)

    assert [(one.field, one.rule) for one in findings.violations] == [(field, rule)]
    assert findings.unplanned == ()
    assert PLAN.disposition(findings) is Disposition.REFUSE


@pytest.mark.parametrize(
    ("message", "field", "rule"),
    [
        (track("acme_webapp.export_button.click", {}), "event", "unplanned_event"),
        (track("Order Completed"), "event", "unplanned_event"),
        (track(None), "event", "unplanned_event"),
        (track(["project.created"]), "event", "unplanned_event"),
        (track("other.project.created"), "event", "unplanned_app"),
        (track("acmeX.project.created"), "event", "unplanned_app"),
        (track("acme_ada@example.com.project.created"), "event", "unplanned_event"),
        (track("acme_Ada.project.created"), "event", "unplanned_app"),
        (track(properties={**GOOD, "colour": 1}), "properties.colour", "unplanned_property"),
        (track(properties={**GOOD, "colour": None}), "properties.colour", "unplanned_property"),
        (track(properties={**GOOD, "a@b.c": 1}), "properties", "unplanned_property"),
        (track("acme.organization.created", {"a": 1}), "properties.a", "unplanned_property"),
        (place(page={"name": "billing"}), "context.page.name", "unplanned_page"),
        (place(page={"name": ["explorer"]}), "context.page.name", "unplanned_page"),
        (
            place(page={"name": "explorer", "category": "money"}),
            "context.page.category",
            "unplanned_category",
        ),
        (place(section={"name": "sidebar"}), "context.section.name", "unplanned_section"),
        (place(section={"path": ["x"]}), "context.section.path", "unplanned_section"),
        ({"type": "page", "name": "billing"}, "name", "unplanned_page"),
        ({"type": "page"}, "name", "unplanned_page"),
        ({"type": "screen", "name": "explorer", "category": "x"}, "category", "unplanned_category"),
        ({"type": "group", "traits": {"a_b": 1}}, "traits.a_b", "unplanned_trait"),
    ],
)
def test_what_the_plan_does_not_know_is_unplanned(message: Any, field: str, rule: str) -> None:
    findings = PLAN.check(message)

    assert [(one.field, one.rule) for one in findings.unplanned] == [(field, rule)]
    assert findings.violations == ()
    assert PLAN.disposition(findings) is Disposition.QUARANTINE
    assert make(unplanned="refuse").disposition(findings) is Disposition.REFUSE
    assert make(unplanned="allow").disposition(findings) is Disposition.PASS


def test_what_is_unplanned_does_not_hide_what_is_wrong() -> None:
    findings = PLAN.check(track("other.project.created", {"project_type": "dbt", "x": 1}))

    assert [one.rule for one in findings.violations] == ["missing"]
    assert [one.rule for one in findings.unplanned] == ["unplanned_app", "unplanned_property"]
    assert make(unplanned="allow").disposition(findings) is Disposition.REFUSE


@pytest.mark.parametrize(
    ("message", "mend"),
    [
        (track("acme.run_query_button.clicked", {}), "did you mean run_query_button.click?"),
        (track("acme.runQueryButton.click", {}), "did you mean run_query_button.click?"),
        (track("project_created"), "did you mean project.created?"),
        (track(properties={**GOOD, "projectId": 1}), "did you mean project_id?"),
        (track(properties={**GOOD, "x": 1}), "it has project_id, project_type, seats, kinds"),
        (place(page={"name": "Explorer"}), "did you mean explorer?"),
        (place(section={"name": "page-footer"}), "did you mean page_footer?"),
        (place(page={"name": "billing"}), "add it to the plan's pages"),
        (track(properties={**GOOD, "project_type": "x"}), "expected one of dbt, none"),
        (place(page={"name": "organization_settings"}), 'type "modal" and category "settings"'),
    ],
)
def test_a_finding_says_the_mend(message: Any, mend: str) -> None:
    (finding,) = PLAN.check(message).all

    assert mend in finding.message


def test_findings_say_what_kind_of_thing_came_and_never_what() -> None:
    secret = "hunter2hunter2"
    messages = [
        track(secret + ".click"),
        track(properties={"project_id": [secret], "project_type": secret, "seats": secret}),
        track(properties={**GOOD, f"{secret} ": secret}),
        place(page={"name": secret, "category": secret, "type": secret}, section={"name": secret}),
        {"type": "identify", "traits": {"project_type": secret, f"{secret}.": secret}},
    ]
    for message in messages:
        findings = PLAN.check(message).all
        assert findings
        assert secret not in repr(findings)
    (_, kind, seats) = PLAN.check(messages[1]).all
    assert kind.message.endswith("got another text")
    assert seats.message.endswith("got text")


def test_what_a_plan_does_not_speak_of_it_does_not_check() -> None:
    plan = Plan("acme", events=EventName)
    message = place(page={"name": "x", "category": "y", "type": "z"}, section={"name": "w"})

    assert plan.check(message).all == ()
    assert plan.check({"type": "identify", "traits": {"a": "b"}}).all == ()
    assert plan.check({"type": "page", "name": "x", "category": "y"}).all == ()


def test_page_properties_are_closed_where_a_plan_has_them() -> None:
    plan = make(page_properties=GroupTraits)

    assert rules({"type": "page", "name": "explorer", "properties": {"seats": 1}}, plan) == []
    assert rules({"type": "page", "name": "explorer", "properties": {"url": "x"}}, plan) == [
        ("properties.url", "unplanned_property")
    ]


def test_the_apps_name_twice_is_told_apart_from_an_unknown_event() -> None:
    (unplanned,) = PLAN.check_event("acme_server.acme_server.project.created").all

    assert unplanned.rule == "unplanned_event"
    assert unplanned.message.endswith("the app's name comes before it by itself: project.created")


def test_an_event_can_be_checked_before_there_is_a_message() -> None:
    assert PLAN.check_event("project.created", GOOD).all == ()
    assert PLAN.check_event("organization.created").all == ()
    assert [one.rule for one in PLAN.check_event("project.created").all] == ["missing", "missing"]
    assert [one.rule for one in PLAN.check_event("nothing.created").all] == ["unplanned_event"]


def test_a_message_under_the_same_rules_is_checked_as_any() -> None:
    message = track(properties={}, context={"plan": PLAN.stamp})

    findings = PLAN.check(message)
    assert [one.rule for one in findings.all] == ["missing", "missing"]
    assert not findings.other_plan


def test_what_an_old_page_may_still_send_passes_under_a_compatible_plan() -> None:
    old = make(version="1.3.0", events=[ProjectCreated])
    message = track(context={"plan": old.stamp})

    assert old.hash != PLAN.hash
    assert PLAN.check(message).all == ()


def test_what_broke_since_an_old_page_was_loaded_is_reported_as_such_and_kept() -> None:
    class Older(Event, name="project.created"):
        project_id: Id
        colour: ProjectType

    old = make(version="1.3.0", events=[EventName, Older])
    properties = Older(project_id="p", colour=ProjectType.DBT).properties
    message = track(properties=properties, context={"plan": old.stamp})
    assert old.check(message).all == ()

    findings = PLAN.check(message)

    assert findings.other_plan
    assert {one.rule for one in findings.all} == {"plan_version"}
    assert [one.field for one in findings.all] == ["properties.project_type", "properties.colour"]
    assert "(missing: the message was made under other rules" in findings.violations[0].message
    assert PLAN.disposition(findings) is Disposition.QUARANTINE
    refusing = make(unplanned="refuse")
    assert refusing.disposition(refusing.check(message)) is Disposition.QUARANTINE


@pytest.mark.parametrize("plan", [None, "x", {}, {"hash": 5}, {"hash": None}, []])
def test_a_stamp_that_is_none_changes_nothing(plan: Any) -> None:
    findings = PLAN.check(track(properties={}, context={"plan": plan}))

    assert not findings.other_plan
    assert {one.rule for one in findings.all} == {"missing"}


def test_the_messages_of_the_tracker_itself_pass() -> None:
    sink = CapturingSink()
    with (
        TrackingProvider(app="acme_webapp", sink=sink),
        TrackPage(PageName.EXPLORER),
        TrackPage(
            PageName.ORGANIZATION_SETTINGS, type=PageType.MODAL, category=CategoryName.SETTINGS
        ),
        TrackSection(SectionName.RESULTS_TABLE),
        TrackSection(SectionName.PAGE_FOOTER) as tracking,
    ):
        tracking.track(EventName.RUN_QUERY_BUTTON_CLICKED)
        event = ProjectCreated(project_id="p-1", project_type=ProjectType.DBT)
        tracking.track(event.event_name, event.properties)
        tracking.identify("u-1", {"project_type": ProjectType.NONE})

    assert len(sink.messages) == 5
    assert [PLAN.check(message).all for message in sink.messages] == [()] * 5
