"""``Plan``: what it is made of, what it refuses at definition, and what it is as JSON."""

from __future__ import annotations

import json
from enum import Enum, StrEnum
from types import ModuleType, new_class
from typing import Any

import pytest

from tracker import Page, PageType, TrackPage
from tracker.errors import PlanError
from tracker.plan import Actions, Count, Event, Id, Plan, Properties


class EventName(StrEnum):
    RUN_QUERY_BUTTON_CLICKED = "run_query_button.click"
    PROJECT_CREATED = "project.created"


class PageName(StrEnum):
    WELCOME = "welcome"
    SETTINGS = "settings"


class ProjectCreated(Event, name=EventName.PROJECT_CREATED):
    """A project was created."""

    project_id: Id


class OtherProjectCreated(Event, name=EventName.PROJECT_CREATED):
    seats: Count


def names(plan: Plan) -> list[str]:
    return [event.name for event in plan.rules.events]


def test_events_come_as_names_enums_classes_and_modules() -> None:
    module = ModuleType("acme_events")

    class ThingCreated(Event, name="thing.created"):
        pass

    ThingCreated.__module__ = "acme_events"
    vars(module).update(
        {"ThingCreated": ThingCreated, "ProjectCreated": ProjectCreated, "Event": Event, "x": 1}
    )
    plan = Plan("acme", events=[EventName, ProjectCreated, "form.submit", module])

    assert names(plan) == [
        *("run_query_button.click", "project.created", "form.submit", "thing.created")
    ]
    assert names(Plan("acme", events=module)) == ["thing.created"]
    assert names(Plan("acme", events=EventName)) == ["run_query_button.click", "project.created"]
    assert names(Plan("acme", events=[EventName.PROJECT_CREATED])) == ["project.created"]


def test_a_class_wins_over_the_bare_name_of_its_event() -> None:
    for events in ([EventName, ProjectCreated], [ProjectCreated, EventName]):
        plan = Plan("acme", events=events)
        rules = {event.name: event for event in plan.rules.events}
        assert [one.name for one in rules["project.created"].properties] == ["project_id"]


def test_an_event_that_is_listed_twice_is_one_and_two_classes_of_a_name_are_refused() -> None:
    assert names(Plan("acme", events=[ProjectCreated, ProjectCreated])) == ["project.created"]
    with pytest.raises(PlanError, match=r"project\.created.*twice"):
        Plan("acme", events=[ProjectCreated, OtherProjectCreated])


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(PlanError) as error:
        Plan(
            "Acme",
            events=["run_query_button.clicked", "form-state.changed"],
            pages=["Welcome"],
            sections=["page footer"],
            categories=["x" * 65],
        )

    lines = str(error.value).split("\n")
    assert len(lines) == 6
    assert "did you mean run_query_button.click?" in str(error.value)
    assert "did you mean form_state.change?" in str(error.value)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"events": 5}, "events: expected classes"),
        ({"events": [object()]}, "events: expected classes"),
        ({"events": [Event]}, "is a base"),
        ({"events": Enum("Numbers", {"A": 1})}, "expected texts"),
        ({"pages": [1]}, "pages: expected texts"),
        ({"unplanned": "ignore"}, "expected one of refuse, quarantine, allow"),
        ({"page_facts": ["cookies"]}, "page_facts"),
        ({"routes": {"/": "welcome"}}, 'routes "/": expected a Page or a TrackPage, got str'),
        ({"modals": ["welcome"]}, "modals: expected a Page or a TrackPage, got str"),
        ({"pages": 3}, "pages: expected an enum, or a list of names, got int"),
        ({"sections": "toolbar"}, "sections: expected an enum, or a list of names, got str"),
        ({"version": 3}, "version: expected text, as 1.4.0, got int"),
        ({"actions": ["pinch"]}, "actions: expected Actions"),
        ({"page_facts": "title"}, "page_facts: expected a list of names, got one text"),
        ({"user_traits": StrEnum}, "user_traits: expected a class made of Properties"),
        ({"routes": {"/": Page("billing")}, "pages": PageName}, "not among the pages"),
        ({"modals": [Page("welcome")], "pages": PageName}, "its type is not modal"),
        (
            {"routes": {"/": Page("welcome", category="x")}, "categories": ["settings"]},
            "not among the categories",
        ),
        ({"page_types": Enum("Types", {"A": "drawer"})}, "modal and page alone"),
        ({"routes": {"/a/{x}": Page("a"), "/a/{y}": Page("b")}}, "neither is more specific"),
    ],
)
def test_a_plan_that_breaks_its_rules_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(PlanError, match=said):
        Plan("acme", **changes)


def test_a_plan_may_declare_actions_of_its_own() -> None:
    assert names(Plan("acme", events=["map.pinch"], actions=Actions(client=("pinch",))))
    with pytest.raises(PlanError):
        Plan("acme", events=["map.pinch"])


def test_routes_take_pages_and_track_pages_with_enums() -> None:
    class Category(Enum):
        ALL = "all"

    plan = Plan(
        "acme",
        pages=PageName,
        routes={
            "/welcome": TrackPage(PageName.WELCOME),
            "/settings": TrackPage(PageName.SETTINGS, type=PageType.PAGE, category=Category.ALL),
        },
    )

    assert plan.page_at("/welcome") == Page("welcome")
    assert plan.page_at("/settings/") == Page("settings", category="all")
    assert plan.page_at("/nothing") is None


def test_a_plan_is_the_same_as_json() -> None:
    plan = Plan("acme", events=[EventName, ProjectCreated], pages=PageName, version="1.4.0")
    text = json.dumps(plan.to_json())

    same = Plan.from_json(json.loads(text))

    assert same == plan
    assert hash(same) == hash(plan)
    assert same.stamp == plan.stamp == {"name": "acme", "version": "1.4.0", "hash": plan.hash}
    assert json.dumps(same.to_json()) == text


@pytest.mark.parametrize(
    "data",
    [
        *(None, [], {}, {"format": 2}, {"format": 1}, {"format": 1, "app": "acme"}, "x"),
        {"format": 1, "app": "acme", "version": "1", "unplanned": "allow", "events": [{}]},
        {"format": 1, "app": "A B", "version": "1", "unplanned": "allow", "events": []},
        {"format": 1, "app": 5, "version": "1", "unplanned": "allow", "events": []},
        {
            "format": 1,
            "app": "acme",
            "version": "1",
            "unplanned": "allow",
            "events": [
                {"name": "a.click", "properties": [{"name": "x", "type": {"kind": "anything"}}]}
            ],
        },
    ],
)
def test_what_is_no_plan_as_json_is_refused(data: Any) -> None:
    with pytest.raises(PlanError):
        Plan.from_json(data)


def test_the_hash_is_stable_and_of_the_rules_alone() -> None:
    plan = Plan("acme", events=[ProjectCreated], version="1")

    class ProjectCreatedToo(Event, name="project.created"):
        """Another description."""

        project_id: Id

    # A published number: another Python, another run and another machine must come to the same.
    assert plan.hash == "aea4d3f3b0727816"
    assert Plan("acme", events=[ProjectCreatedToo], version="2").hash == plan.hash
    assert Plan("acme", events=[OtherProjectCreated], version="1").hash != plan.hash


def test_the_order_of_names_means_nothing_to_the_hash() -> None:
    one, other = (Plan("acme", pages=pages) for pages in (["a", "b"], ["b", "a"]))

    assert one.hash == other.hash
    assert one != other


class Traits(Properties):
    seats: Count


@pytest.mark.parametrize(
    ("old", "new", "breaking", "compatible"),
    [
        ({}, {"events": ["a.click"]}, [], ["The event a.click is new."]),
        ({"events": ["a.click"]}, {}, ["The event a.click is gone."], []),
        ({"pages": ["a"]}, {"pages": ["b"]}, ["no a any more"], ["have b now"]),
        ({}, {"sections": ["a"]}, ["The sections are checked now."], []),
        ({"sections": ["a"]}, {}, [], ["not checked any more"]),
        ({}, {"user_traits": Traits}, ["user traits are checked now"], []),
        ({"unplanned": "allow"}, {}, ['"quarantine", no more "allow"'], []),
        ({}, {"unplanned": "allow"}, [], ['"allow", no more "quarantine"']),
        (
            {"unplanned": "allow"},
            {"unplanned": "allow", "events": ["a.click"]},
            ["The event a.click is new."],
            [],
        ),
        (
            {"unplanned": "allow", "events": ["a.click"]},
            {"unplanned": "allow"},
            [],
            ["The event a.click is gone."],
        ),
        (
            {"routes": {"/": Page("a")}},
            {"routes": {"/": Page("a", category="x")}},
            ["The page a was a page of category none, and is a page of category x now."],
            [],
        ),
        ({"routes": {"/": Page("a")}}, {"routes": {"/": Page("b")}}, ["The page b"], ["shows b"]),
        ({"page_facts": ["url"]}, {}, [], ["url is not read any more"]),
        ({"version": "1"}, {"version": "2"}, [], []),
    ],
)
def test_changes_are_told_apart(
    old: dict[str, Any], new: dict[str, Any], breaking: list[str], compatible: list[str]
) -> None:
    changes = Plan("acme", **new).changes_since(Plan("acme", **old))
    broken = [change.sentence for change in changes if not change.compatible]

    assert len(broken) == len(breaking)
    for said, sentence in zip(breaking, broken, strict=True):
        assert said in sentence
    for said in compatible:
        assert any(said in change.sentence for change in changes if change.compatible)


def event_with(annotation: Any) -> type[Event]:
    """An event with one property of this type, or with none."""

    def fill(namespace: dict[str, Any]) -> None:
        namespace["__annotations__"] = {"seats": annotation} if annotation else {}

    return new_class("Clicked", (Event,), {"name": "a.click"}, fill)


@pytest.mark.parametrize(
    ("old", "new", "compatible"),
    [
        (None, Count, False),
        (None, Count | None, True),
        (Count, None, False),
        (Count, Count | None, True),
        (Count | None, Count, False),
        (Count, int, True),
        (int, Count, False),
        (int, float, True),
        (float, int, False),
        (Count, Id, False),
        (Id, Count, False),
    ],
)
def test_a_property_may_become_wider_and_not_narrower(
    old: Any,
    new: Any,
    compatible: bool,  # noqa: FBT001  (a parameter of the table above)
) -> None:
    before, after = (Plan("acme", events=[event_with(annotation)]) for annotation in (old, new))
    (change,) = after.changes_since(before)

    assert change.compatible is compatible
    assert "a.click" in change.sentence
