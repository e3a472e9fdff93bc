"""Event classes: closed types, refused at definition when they are not, checked when made."""

# No `from __future__ import annotations`: classes are defined inside of functions here.

from collections.abc import Mapping, Sequence
from enum import Enum, IntEnum, StrEnum
from types import new_class
from typing import Annotated, Any, ClassVar, Literal, Optional, TypedDict, Union, cast

import pytest

from tracker.errors import ConfigurationError, InvalidInput, PlanError
from tracker.plan import Actions, AtMost, Count, Duration, Event, Id, Properties, Text, Version
from tracker.plan.event import event_rules, rules_of


class ProjectType(StrEnum):
    DBT = "dbt"
    NONE = "none"


class WarehouseType(Enum):
    POSTGRES = "postgres"
    BIGQUERY = "bigquery"


class Score(IntEnum):
    BAD = 1
    GOOD = 2


class ProjectCreated(Event, name="project.created"):
    """A project  was created."""

    project_id: Id
    project_type: ProjectType
    warehouse_connection_type: WarehouseType | None = None


class Everything(Event, name="everything.tested"):
    flag: bool
    whole: int
    number: float
    kind: ProjectType
    score: Score
    answer: Literal["yes", "no"]
    stars: Literal[1, 2, 3]
    project_id: Id
    count: Count
    duration: Duration
    version: Version
    note: Annotated[str, Text(max_length=5, because="the test needs it")]
    ids: tuple[Id, ...]
    kinds: Annotated[tuple[ProjectType, ...], AtMost(2)]
    maybe: int | None = None


GOOD: dict[str, Any] = {
    "flag": True,
    "whole": -3,
    "number": 1.5,
    "kind": ProjectType.DBT,
    "score": Score.GOOD,
    "answer": "yes",
    "stars": 2,
    "project_id": "f3b0c442-98fc-4c14-9afb-f4c8996fb924",
    "count": 0,
    "duration": 1200,
    "version": "1.4.0",
    "note": "short",
    "ids": ("a", "b"),
    "kinds": [ProjectType.DBT],
}


def define(class_name: str, property_name: str, annotation: Any) -> type[Event]:
    """Define an event with one property, as a ``class`` statement would."""

    def fill(namespace: dict[str, Any]) -> None:
        namespace["__annotations__"] = {property_name: annotation}

    return new_class(class_name, (Event,), {"name": "thing.created"}, fill)


def test_an_event_knows_its_name_and_its_properties_as_the_wire_has_them() -> None:
    event = ProjectCreated(
        project_id="p-1",
        project_type=ProjectType.DBT,
        warehouse_connection_type=WarehouseType.POSTGRES,
    )

    assert event.event_name == "project.created"
    assert event.properties == {
        "project_id": "p-1",
        "project_type": "dbt",
        "warehouse_connection_type": "postgres",
    }
    assert type(event.properties["project_type"]) is str


def test_a_property_without_a_value_is_left_out() -> None:
    event = ProjectCreated(project_id="p-1", project_type=ProjectType.NONE)

    assert event.properties == {"project_id": "p-1", "project_type": "none"}


def test_values_of_every_type_are_accepted() -> None:
    event = Everything(**GOOD)

    assert event.properties == {
        **GOOD,
        "kind": "dbt",
        "score": 2,
        "ids": ["a", "b"],
        "kinds": ["dbt"],
    }


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        *[("flag", value, "not_a_boolean") for value in (1, "true", [], {})],
        *[("whole", value, "not_a_whole_number") for value in (True, 1.5, "1", 2**53)],
        *[
            ("number", value, "not_a_number")
            for value in (float("nan"), float("inf"), True, "1", 10**400)
        ],
        *[("kind", value, "not_a_choice") for value in ("elsewhere", 1, "", True, ["dbt"])],
        *[("score", value, "not_a_choice") for value in (3, True, "1")],
        *[("stars", value, "not_a_choice") for value in (4, True, "2", 1.5)],
        *[
            ("project_id", value, "not_an_id")
            for value in (
                *("", "ada@example.com", "jaffle_shop.analytics.orders", "select 1", "a" * 65),
                *("../etc/passwd", "id\n", "Ada Lovelace", 7, "http://a.example/?b", "\u00e4"),
            )
        ],
        *[("count", value, "not_a_count") for value in (-1, 1.5, True, "3")],
        *[("duration", value, "not_a_duration") for value in (-1, 0.5, "1s")],
        *[
            ("version", value, "not_a_version")
            for value in ("", "10.0.0.12", "latest", "1.2.3-a b", "1.0\n", "\u0661.0", 1.4)
        ],
        *[("note", value, rule) for value, rule in (("longer", "too_long"), (5, "not_text"))],
        ("ids", ("a", "b@c"), "wrong_item"),
        ("ids", tuple("a" * 21), "too_many"),
        ("ids", "abc", "not_a_list"),
        ("kinds", [ProjectType.DBT] * 3, "too_many"),
        ("kinds", [None], "wrong_item"),
        ("whole", None, "missing"),
    ],
)
def test_a_value_of_another_kind_is_refused_and_never_quoted(
    name: str, value: Any, rule: str
) -> None:
    with pytest.raises(InvalidInput) as error:
        Everything(**{**GOOD, name: value})

    (violation,) = error.value.violations
    assert (violation.field, violation.rule) == (f"properties.{name}", rule)
    said = violation.message.partition("got ")[2] or violation.message
    if isinstance(value, str) and len(value) > 1:
        assert value not in said


def test_every_mistake_is_named_at_once() -> None:
    with pytest.raises(InvalidInput) as error:
        cast("Any", ProjectCreated)(project_type="other", colour="red")

    found = [(one.field, one.rule) for one in error.value.violations]
    assert found == [
        ("properties.project_id", "missing"),
        ("properties.project_type", "not_a_choice"),
        ("properties", "unplanned_property"),
    ]
    assert "red" not in str(error.value)
    assert "colour" not in str(error.value)


def test_an_event_is_immutable() -> None:
    event = ProjectCreated(project_id="p-1", project_type=ProjectType.DBT)

    with pytest.raises(AttributeError, match="immutable"):
        cast("Any", event).project_id = "p-2"
    with pytest.raises(AttributeError, match="immutable"):
        del cast("Any", event).project_id
    ids = ["a"]
    kept = Everything(**{**GOOD, "ids": ids})
    ids.append("b")
    assert kept.properties["ids"] == ["a"]


def test_equal_events_are_equal_and_have_one_hash() -> None:
    one, same, other = (
        ProjectCreated(project_id=project_id, project_type=ProjectType.DBT)
        for project_id in ("p-1", "p-1", "p-2")
    )

    assert one == same
    assert hash(one) == hash(same)
    assert one != other
    assert repr(one).startswith("ProjectCreated(project_id='p-1', ")


class Anything(TypedDict):
    key: str


@pytest.mark.parametrize(
    ("annotation", "came"),
    [
        (str, "str can hold anything"),
        (str | None, "str can hold anything"),
        (dict, "dict can hold anything"),
        (dict[str, int], "dict can hold anything"),
        (Mapping[str, str], "is no closed type"),
        (Anything, "dict can hold anything"),
        (Any, "Any can hold anything"),
        (object, "object can hold anything"),
        (list, "list does not say of what"),
        (tuple, "tuple does not say of what"),
        (list[str], "str can hold anything"),
        (tuple[str, ...], "str can hold anything"),
        (tuple[int, str], "items of several kinds"),
        (tuple[list[int], ...], "a list of lists"),
        (tuple[int | None, ...], "items cannot be None"),
        (int | bool, "one thing or another"),
        (Id | Count, "one thing or another"),
        (bytes, "bytes is no closed type"),
        (set[int], "is no closed type"),
        (type(None), "NoneType is no closed type"),
        (complex, "complex is no closed type"),
        (Annotated[str, "a description is no bound"], "str can hold anything"),
        (Annotated[int, AtMost(3)], "AtMost is for"),
        (Literal["a", 1], "and not both"),
        (Literal[True], "and not both"),
        (Enum("Empty", {}), "1 to 500 choices"),
        (Enum("Long", {"A": "x" * 65}), "1 to 64 characters"),
        (Enum("Mixed", {"A": "a", "B": 2}), "and not both"),
        (Enum("Objects", {"A": object()}), "and not both"),
    ],
    ids=str,
)
def test_a_type_that_is_not_closed_is_refused_when_the_class_is_defined(
    annotation: Any, came: str
) -> None:
    with pytest.raises(PlanError) as error:
        define("ThingCreated", "thing", annotation)

    assert str(error.value).startswith("ThingCreated.thing: ")
    assert came in str(error.value)


def test_the_refusal_of_a_bare_str_names_the_choices() -> None:
    with pytest.raises(PlanError) as error:

        class Bare(Event, name="bare.created"):
            label: str

    for choice in ("bool", "int", "float", "Enum", "Literal", "Id", "Count", "Duration", "Version"):
        assert choice in str(error.value)
    assert "Text(max_length=" in str(error.value)
    assert isinstance(error.value, ConfigurationError)


def test_a_value_without_a_type_is_refused_unless_it_is_a_constant() -> None:
    """It looks like a property with a default, and would be none."""
    with pytest.raises(PlanError, match=r"Untyped\.label: has a value and no type; write label: "):

        class Untyped(Event, name="untyped.created"):
            label = "x"

    class Fine(Event, name="fine.created"):
        MOST = 3
        shared: ClassVar[int] = 3
        count: Count = 1

        def doubled(self) -> int:
            return self.count * 2

    class Other(Fine, name="other.created"):
        count = 2

    assert [rule.name for rule in rules_of(Fine)] == ["count"]
    assert Other().properties == {"count": 2}


@pytest.mark.parametrize("names", ["kebab-case", 3, {"project": "projectId"}])
def test_wire_names_that_name_nothing_are_refused(names: Any) -> None:
    with pytest.raises(PlanError, match=r"Named: wire_names: "):

        class Named(Event, name="named.created", wire_names=names):
            project_id: Id


def test_an_annotation_that_is_no_python_is_refused_with_the_class() -> None:
    with pytest.raises(PlanError, match=r"Broken: an annotation is no Python"):
        type("Broken", (Event,), {"__annotations__": {"count": "1 +"}}, name="broken.created")


def test_every_way_to_write_an_optional_is_the_same() -> None:
    class Ways(Event, name="ways.tested"):
        a: int | None
        b: Optional[int]  # noqa: UP045  (that is the test)
        c: Annotated[int | None, "said"]
        d: Annotated[int, "said"] | None

    assert all(one.optional and one.type.kind == "integer" for one in rules_of(Ways))
    assert [one.description for one in rules_of(Ways)] == ["", "", "said", "said"]
    with pytest.raises(InvalidInput):
        cast("Any", Ways)(a=None, b=None, c=None)


def test_lists_may_be_written_as_lists_or_sequences_too() -> None:
    class Lists(Event, name="lists.tested"):
        a: list[Count]
        b: Sequence[Count]

    assert {one.type.kind for one in rules_of(Lists)} == {"list"}
    assert Lists(a=[1], b=(2,)).properties == {"a": [1], "b": [2]}


@pytest.mark.parametrize(
    ("max_length", "because"),
    [(0, "a reason here"), (1001, "a reason here"), (10, ""), (10, "why")],
)
def test_free_text_needs_a_bound_and_a_reason(max_length: int, because: str) -> None:
    with pytest.raises(PlanError):
        Text(max_length=max_length, because=because)


@pytest.mark.parametrize(
    "name", ["password", "user_password", "client_secret", "access_token", "api_key", "private_key"]
)
@pytest.mark.parametrize("type_", [Id, Annotated[str, Text(max_length=9, because="we like it")]])
def test_a_secret_has_no_type_that_would_let_it_through(name: str, type_: Any) -> None:
    with pytest.raises(PlanError, match="secrets must not be tracked"):
        define("Leak", name, type_)


@pytest.mark.parametrize(
    "name",
    ["query_sql", "raw_sql", "model_name", "field_name", "schema_name", "email", "field_id", "pin"],
)
def test_what_the_customer_does_not_track_is_refused_by_its_name(name: str) -> None:
    with pytest.raises(PlanError, match="must not be tracked"):
        define("Leak", name, Id)


@pytest.mark.parametrize("name", ["form_field_id", "map_pin", "is_pin", "round_table"])
def test_a_word_before_an_ambiguous_name_says_that_it_is_something_else(name: str) -> None:
    assert len(rules_of(define("Fine", name, Id))) == 1


@pytest.mark.parametrize(
    ("name", "meant"),
    [("projectId", "project_id"), ("project-id", "project_id"), ("1st", "project_1st"), ("_x", "x"),
     ("class_", "project_class")],
)  # fmt: skip
def test_a_name_that_breaks_the_rule_is_told_the_one_to_take(name: str, meant: str) -> None:
    with pytest.raises(PlanError, match=f"not lower snake case; call it {meant}$"):
        define("Wrong", name, Id)


def test_types_of_the_plan_are_called_by_their_names_in_errors() -> None:
    with pytest.raises(PlanError, match=r"Wrong\.a: Id \| Count may be one thing"):
        define("Wrong", "a", Union[Id, Count])  # noqa: UP007


def test_counts_and_kinds_of_what_must_not_be_tracked_are_welcome() -> None:
    class Fine(Event, name="fine.created"):
        has_password: bool
        token_count: Count
        token_id: Id
        email: Literal["verified", "unverified"]
        password: bool

    assert len(rules_of(Fine)) == 5


@pytest.mark.parametrize(
    "name", ["id", "user_id", "timestamp", "context_page", "event", "received_at"]
)
def test_a_property_cannot_take_a_column_that_every_table_has(name: str) -> None:
    with pytest.raises(PlanError, match="warehouse table has a column"):
        define("Taken", name, Id)


@pytest.mark.parametrize("name", ["properties", "event_name", "_hidden", "camelCase", "A"])
def test_a_property_has_a_name_that_is_free_and_in_lower_snake_case(name: str) -> None:
    with pytest.raises(PlanError, match="call it "):
        define("Named", name, Id)


def test_a_default_is_one_of_the_values() -> None:
    with pytest.raises(PlanError, match="its default is not what it may be"):

        class Wrong(Event, name="wrong.created"):
            count: Count = -1

    with pytest.raises(PlanError, match="its default"):

        class Nothing(Event, name="nothing.created"):
            count: Count = cast("Any", None)

    class Right(Event, name="right.created"):
        count: Count = 3

    assert Right().properties == {"count": 3}


def test_names_on_the_wire_may_be_others() -> None:
    class Camel(Event, name="camel.created", wire_names="camelCase"):
        project_id: Id
        seats: Count

    class Some(Event, name="some.created", wire_names={"seats": "seatCount"}):
        project_id: Id
        seats: Count

    assert Camel(project_id="p", seats=1).properties == {"projectId": "p", "seats": 1}
    assert Some(project_id="p", seats=1).properties == {"project_id": "p", "seatCount": 1}
    with pytest.raises(InvalidInput, match=r"properties\.projectId: "):
        Camel(project_id="", seats=1)


def test_two_properties_cannot_share_a_column() -> None:
    with pytest.raises(PlanError, match="same warehouse column"):

        class Twice(Event, name="twice.created", wire_names={"other": "projectId"}):
            project_id: Id
            other: Id


def test_a_base_gives_its_properties_actions_and_wire_names_to_events() -> None:
    class AcmeEvent(Event, actions=Actions(server=("forked",)), wire_names="camelCase"):
        organization_id: Id | None = None

    class ProjectForked(AcmeEvent, name="project.forked"):
        project_id: Id

    event = ProjectForked(project_id="p", organization_id="o")
    assert event.properties == {"organizationId": "o", "projectId": "p"}
    assert AcmeEvent.event_name == ""
    with pytest.raises(TypeError, match="base"):
        AcmeEvent()


def test_a_name_that_breaks_the_rule_is_refused_with_class_and_mend() -> None:
    with pytest.raises(PlanError, match=r"Clicked: .*did you mean run_query_button\.click\?"):

        class Clicked(Event, name="run_query_button.clicked"):
            pass


def test_the_name_may_come_from_an_enum() -> None:
    class EventName(StrEnum):
        PROJECT_CREATED = "project.created"

    class Named(Event, name=EventName.PROJECT_CREATED):
        pass

    assert Named().event_name == "project.created"
    assert type(Named.event_name) is str


def test_the_docstring_is_the_description_and_the_base_class_docstring_is_not() -> None:
    class Silent(Event, name="silent.created"):
        pass

    assert event_rules(ProjectCreated).description == "A project was created."
    assert event_rules(Silent).description == ""


def test_traits_are_a_set_without_a_name() -> None:
    class UserTraits(Properties):
        seats: Count

    assert UserTraits(seats=3).properties == {"seats": 3}
    with pytest.raises(InvalidInput):
        UserTraits(seats=-1)
