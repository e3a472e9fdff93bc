"""The files of the project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from .columns import Table, tables
from .models import MACRO, messages_model, parquet_model, warehouse_model
from .properties import model_properties
from .yaml import Jinja, to_yaml

if TYPE_CHECKING:
    from ...plan import Plan

Over: TypeAlias = Literal["parquet", "warehouse"]


def project(
    plan: Plan,
    *,
    over: Over = "parquet",
    client_app: str | None = None,
    server_app: str | None = None,
) -> dict[str, str]:
    """The text of each file, by its path in the project.

    ``client_app`` and ``server_app`` are the names of the apps that send the client's and the
    server's events: a warehouse's tables are called after them. By default they are the plan's app
    with ``_webapp`` and ``_server``.
    """
    rules = plan.rules
    apps = {
        "client": client_app or f"{rules.app}_webapp",
        "server": server_app or f"{rules.app}_server",
    }
    found = list(tables(rules))
    name = f"{rules.app}_events"
    files = {
        "dbt_project.yml": to_yaml(_project(name, over)),
        "models/models.yml": to_yaml(
            {"version": 2, "models": [model_properties(table) for table in found]}
        ),
    }
    if over == "parquet":
        files["models/sources.yml"] = to_yaml(_parquet_source())
        files["models/messages.sql"] = messages_model(rules.app)
        return files | {f"models/{table.name}.sql": parquet_model(table) for table in found}
    files["macros/planned_columns.sql"] = MACRO
    source = f"{rules.app}_warehouse"
    identifiers = {
        table.name: f"{apps[rules.side_of(table.event)]}_{table.name}"
        if table.event
        else table.name
        for table in found
    }
    files["models/sources.yml"] = to_yaml(_warehouse_source(source, rules.app, found, identifiers))
    return files | {f"models/{table.name}.sql": warehouse_model(table, source) for table in found}


def _project(name: str, over: Over) -> dict[str, Any]:
    # Where the messages are is said with --vars, or by the project that this one becomes a part of.
    variables = {"messages": "messages.parquet"} if over == "parquet" else {}
    return {
        "name": name,
        "config-version": 2,
        "require-dbt-version": ">=1.10.5",
        "profile": name,
        "model-paths": ["models"],
        **({} if over == "parquet" else {"macro-paths": ["macros"]}),
        "models": {name: {"+materialized": "view"}},
        **({"vars": variables} if variables else {}),
    }


def _parquet_source() -> dict[str, Any]:
    table = {
        "name": "messages",
        "description": "The collector's messages: a column message with the JSON of each.",
        "config": {"external_location": Jinja("{{ var('messages') }}")},
    }
    return {"version": 2, "sources": [{"name": "collector", "tables": [table]}]}


def _warehouse_source(
    name: str, app: str, found: list[Table], identifiers: dict[str, str]
) -> dict[str, Any]:
    source = {
        "name": name,
        "description": "What Segment or RudderStack loaded.",
        "schema": Jinja(f"{{{{ var('events_schema', '{app}') }}}}"),
        "tables": [{"name": table.name, "identifier": identifiers[table.name]} for table in found],
    }
    return {"version": 2, "sources": [source]}
