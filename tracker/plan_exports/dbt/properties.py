"""What the YAML says of the models: descriptions, tests, and Lightdash's dimensions and metrics.

Under ``config.meta``, where dbt 1.10 and later keep it and Lightdash reads it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...plan.rules import Property
    from .columns import Column, Table

Yaml = dict[str, Any]

_DIMENSIONS = {
    "string": "string",
    "bigint": "number",
    "float": "number",
    "boolean": "boolean",
    "timestamp": "timestamp",
}


def model_properties(table: Table) -> Yaml:
    """One model, with its columns."""
    taken = {column.name for column in table.columns}
    return {
        "name": table.name,
        "description": table.description,
        "config": {"meta": {"label": _label(table.event.name if table.event else table.name)}},
        "columns": [_column(column, table, taken) for column in table.columns],
    }


def _column(column: Column, table: Table, taken: set[str]) -> Yaml:
    found: Yaml = {"name": column.name}
    if column.reserved:
        found["quote"] = True
    if description := _description(column):
        found["description"] = description
    if tests := list(_tests(column)):
        found["data_tests"] = tests
    meta: Yaml = {"dimension": _dimension(column)}
    metrics = {_free(name, taken): metric for name, metric in _metrics(column, table)}
    if metrics:
        meta["metrics"] = metrics
    return {**found, "config": {"meta": meta}}


def _description(column: Column) -> str:
    type_ = column.rule.type if column.rule else None
    because = (type_.item or type_).because if type_ else None
    unit = "In milliseconds." if type_ and type_.kind == "duration" else ""
    why = f"Free text, because {because}." if because else ""
    return " ".join(part for part in (column.description, unit, why) if part)


def _tests(column: Column) -> Iterator[Any]:
    if column.name == "id":
        yield "unique"
    if column.required:
        yield "not_null"
    type_ = column.rule.type if column.rule else None
    if type_ and type_.kind == "choice":
        arguments: Yaml = {"values": list(type_.choices)}
        if column.type != "string":
            arguments["quote"] = False
        yield {"accepted_values": {"arguments": arguments}}


def _dimension(column: Column) -> Yaml:
    found: Yaml = {"type": _DIMENSIONS[column.type], "label": _label(column.name)}
    if column.reserved:
        found["sql"] = _sql(column)
    if column.type == "timestamp":
        found["time_intervals"] = ["RAW", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR"]
    if column.technical:
        found["hidden"] = True
    return found


def _metrics(column: Column, table: Table) -> Iterator[tuple[str, Yaml]]:
    """What is worth counting, by Lightdash's types of metrics."""
    what = {"pages": "Views", "identifies": "Identifications", "groups": "Group calls"}
    label = _label(column.name)
    match column.name:
        case "id":
            yield "total", {"type": "count_distinct", "label": what.get(table.name, "Events")}
        case "anonymous_id":
            yield "visitors", {"type": "count_distinct", "label": "Visitors"}
        case "user_id":
            yield "users", {"type": "count_distinct", "label": "Users"}
        case "context_session_id":
            # A session's id is the time of its start, which two visitors may share.
            sql = "${TABLE}.anonymous_id || ':' || ${TABLE}.context_session_id"
            yield "sessions", {"type": "count_distinct", "label": "Sessions", "sql": sql}
        case name if column.rule:
            yield from _property_metrics(name, label, column, column.rule)
        case _:
            return


def _property_metrics(
    name: str, label: str, column: Column, one: Property
) -> Iterator[tuple[str, Yaml]]:
    sql = {"sql": _sql(column)} if column.reserved else {}
    match one.type.kind:
        case "count" | "integer" | "number":
            yield f"{name}_sum", {"type": "sum", "label": f"{label}, sum", **sql}
            yield f"{name}_average", {"type": "average", "label": f"{label}, average", **sql}
        case "duration":
            for type_ in ("average", "median", "max"):
                metric: Yaml = {
                    "type": type_,
                    "label": f"{label} in ms, {type_}",
                    "round": 0,
                    **sql,
                }
                yield f"{name}_{type_}", metric
        case "boolean":
            share = f"case when {_sql(column)} then 1.0 when not {_sql(column)} then 0.0 end"
            yield (
                f"{name}_share",
                {"type": "average", "label": f"{label}, share", "sql": share, "format": "percent"},
            )
        case "id":
            yield (
                f"{name}_distinct",
                {"type": "count_distinct", "label": f"{label}, distinct", **sql},
            )
        case _:
            return


def _sql(column: Column) -> str:
    return f'${{TABLE}}."{column.name}"' if column.reserved else f"${{TABLE}}.{column.name}"


def _free(name: str, taken: set[str]) -> str:
    """A metric's name that no dimension and no other metric has."""
    while name in taken:
        name += "_metric"
    taken.add(name)
    return name


def _label(name: str) -> str:
    text = name.removeprefix("context_").replace("_", " ").replace(".", ": ")
    return text[:1].upper() + text[1:]
