"""Names of events: one dot, lower snake case, a declared action, and a mend for what is not so."""

from __future__ import annotations

import pytest

from tracker.errors import PlanError
from tracker.plan.names import Actions, camel_case, snake_case

ACTIONS = Actions()


@pytest.mark.parametrize(
    ("name", "side"),
    [
        ("run_query_button.click", "client"),
        ("create_project_button.click", "client"),
        ("run_query_shortcut.keydown", "client"),
        ("invite_member_form.submit", "client"),
        ("week_start_select.change", "client"),
        ("organization.created", "server"),
        ("project.created", "server"),
        ("user.logged_in", "server"),
        ("step_2.click", "client"),
    ],
)
def test_the_action_says_which_side_a_name_belongs_to(name: str, side: str) -> None:
    assert ACTIONS.side_of_event(name) == side


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        # From the customer's own catalogue.
        ("run_query_button.clicked", "run_query_button.click"),
        ("form-state.changed", "form_state.change"),
        ("usage_analytics_clicked", "usage_analytics.click"),
        # What people write elsewhere.
        ("runQueryButton.click", "run_query_button.click"),
        ("Run Query Button Clicked", "run_query_button.click"),
        ("project.create", "project.created"),
        ("project.creates", "project.created"),
        ("dashboard.update", "dashboard.updated"),
        ("invite_form.submitted", "invite_form.submit"),
        ("app.run_query_button.click", "app_run_query_button.click"),
        ("settings_modal.opening", "settings_modal.open"),
        ("tile.dragged", "tile.drag"),
        ("run__query_button.click", "run_query_button.click"),
    ],
)
def test_a_wrong_name_is_refused_with_its_mend(name: str, meant: str) -> None:
    with pytest.raises(PlanError, match=rf"did you mean {meant}\?$"):
        ACTIONS.side_of_event(name)
    assert ACTIONS.side_of_event(meant)


@pytest.mark.parametrize(
    "name",
    [
        *("", ".", "click", ".click", "button.", "a.b.c.d", "button.frobnicate", "7_days.click"),
        *("button.click\n", "bütton.click", "button.clıck", "x" * 80 + ".click", "button..click"),
        *("_button.click", "button_.click", "button.click."),
    ],
)
def test_what_obeys_no_rule_is_refused_even_without_a_mend(name: str) -> None:
    with pytest.raises(PlanError):
        ACTIONS.side_of_event(name)


def test_an_unknown_action_is_refused_with_the_vocabulary_and_how_to_extend_it() -> None:
    with pytest.raises(PlanError) as error:
        ACTIONS.side_of_event("button.frobnicate")

    assert "click, submit, change" in str(error.value)
    assert "created, updated, deleted" in str(error.value)
    assert "Actions(client=" in str(error.value)


def test_an_application_declares_actions_of_its_own() -> None:
    actions = Actions(client=("pinch",), server=("forked",))

    assert actions.side_of_event("map.pinch") == "client"
    assert actions.side_of_event("project.forked") == "server"
    with pytest.raises(PlanError):
        ACTIONS.side_of_event("map.pinch")


@pytest.mark.parametrize("word", ["Click", "log in", "", "a.b"])
def test_a_declared_action_is_lower_snake_case(word: str) -> None:
    with pytest.raises(PlanError, match="lower snake case"):
        Actions(client=(word,))


def test_an_action_is_of_one_side_alone() -> None:
    with pytest.raises(PlanError, match="on both sides"):
        Actions(server=("click",))
    with pytest.raises(PlanError, match="on both sides"):
        Actions(client=("pinch",), server=("pinch",))


@pytest.mark.parametrize(
    ("snake", "camel"), [("project_id", "projectId"), ("id", "id"), ("a_b_c", "aBC")]
)
def test_properties_have_a_camel_case_form(snake: str, camel: str) -> None:
    assert camel_case(snake) == camel


@pytest.mark.parametrize(
    ("name", "column"), [("projectId", "project_id"), ("project_id", "project_id"), ("a2B", "a2_b")]
)
def test_properties_have_a_column(name: str, column: str) -> None:
    assert snake_case(name) == column
