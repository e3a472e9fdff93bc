"""The SQL of the models.

Over Parquet, for dbt-duckdb, ``messages`` reads each message once, and the tables read from there.
Over a warehouse, each model reads the table of its name that Segment or RudderStack loaded, whether
or not all of the plan's columns have come up in it: they make a column when a value first comes.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .columns import COMMON, EVENT, Column, Table

if TYPE_CHECKING:
    from collections.abc import Iterable

_DUCKDB_TYPES = {"string": "varchar", "bigint": "bigint", "float": "double", "boolean": "boolean"}

MACRO = """\
{# The columns that a plan names, of a table that may have all of them, some, or not exist yet. #}
{% macro planned_columns(source_relation, columns) %}
{%- set existing = {} -%}
{%- set relation = load_relation(source_relation) if execute else none -%}
{%- if relation is not none -%}
  {%- for column in adapter.get_columns_in_relation(relation) -%}
    {%- do existing.update({column.name | lower: column.name}) -%}
  {%- endfor -%}
{%- endif -%}
{%- set types = {
  "string": dbt.type_string(),
  "bigint": dbt.type_bigint(),
  "float": dbt.type_float(),
  "boolean": dbt.type_boolean(),
  "timestamp": dbt.type_timestamp(),
} -%}
select
{%- for name, type, reserved in columns %}
  cast({{ adapter.quote(existing[name]) if name in existing else "null" }} as {{ types[type] }})
  as {{ adapter.quote(name) if reserved else name }}{{ "," if not loop.last }}
{%- endfor %}
{% if relation is not none %}from {{ relation }}{% else %}from (select 1 as n) as nothing where n = 0{% endif %}
{% endmacro %}
"""


def messages_model(app: str) -> str:
    """Every stored message once, with what all tables have of it."""
    columns = [_parquet_column(column, "message") for column in (*COMMON, EVENT[1])]
    return f"""\
{{{{ config(materialized="table") }}}}

with stored as (
    select cast(message as json) as message
    from {{{{ source("collector", "messages") }}}}
),

once as (
    select message
    from stored
    qualify row_number() over (
        partition by message ->> '$.messageId' order by message ->> '$.receivedAt'
    ) = 1
)

select
    message ->> '$.type' as type,
    -- An event's name without the app's: {app}_webapp.run_query_button.click has two dots.
    case
        when (message ->> '$.event') like '%.%.%'
            then substr(message ->> '$.event', strpos(message ->> '$.event', '.') + 1)
        else message ->> '$.event'
    end as event_name,
    replace(message ->> '$.event', '.', '_') as event,
    message,
{_joined(columns)}
from once
"""  # noqa: S608  (of our own words and of names that the plan's rules have checked)


def parquet_model(table: Table) -> str:
    """One table, of the messages."""
    ready = {column.name for column in (*COMMON, *EVENT)}
    columns = [
        f"    {column.name}" if column.name in ready else _parquet_column(column, "message")
        for column in table.columns
    ]
    where = f"where type = '{table.type}'"
    if table.event:
        where += f" and event_name = '{table.event.name}'"
    return f"select\n{_joined(columns)}\nfrom {{{{ ref('messages') }}}}\n{where}\n"


def warehouse_model(table: Table, source: str) -> str:
    """One table, of the one that was loaded into the warehouse."""
    columns = [[column.name, column.type, column.reserved] for column in table.columns]
    lines = ",\n".join(f"    {json.dumps(column)}" for column in columns)
    return f'{{{{ planned_columns(source("{source}", "{table.name}"), [\n{lines}\n]) }}}}\n'


def _parquet_column(column: Column, message: str) -> str:
    name = f'"{column.name}"' if column.reserved else column.name
    read = f"{message} ->> '{column.path}'"
    if column.type == "timestamp":
        return f"    cast(try_cast({read} as timestamptz) as timestamp) as {name}"
    return f"    try_cast({read} as {_DUCKDB_TYPES[column.type]}) as {name}"


def _joined(columns: Iterable[str]) -> str:
    return ",\n".join(columns)
