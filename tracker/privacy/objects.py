"""Plain words under a key that says what they are: ``table = customers``, ``field_id = orders_total``.

Elsewhere they are kinds and elements (``table = results``), so the key decides what a name looks like.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from .patterns import Pattern, word_set
from .rules import Place

_IDENTIFIER = Pattern(
    r"[a-z]{2,40}(?:_{1,2}[a-z]{1,40}){0,8}|[A-Z]{2,40}(?:_{1,2}[A-Z]{1,40}){0,8}"
)

_TOLD = Pattern(
    r"\b(?:fields?|columns?|dimensions?|metrics?|measures?|tables?|models?|explores?|relations?|datasets?) "
    r"(?:with (?:the )?(?:id|name) |named |called )?(?:(?P<field>[a-z]{2,40}(?:_[a-z]{1,40}){1,8})\b"
    r"|(?P<table>[a-z]{3,40}) (?:was |is |could |has |already |does )?(?:not |been ){0,2}(?:be )?(?:found|exists?|missing)\b)"
    r"|\bcolumn (?P<column>\w{1,128}) of relation\b",
    re.IGNORECASE,
)
_KINDS = word_set(
    "postgres postgresql mysql mariadb sqlite mssql sqlserver oracle snowflake bigquery redshift databricks "
    "clickhouse trino presto athena duckdb mongodb mongo redis elasticsearch "
    "neo4j aurora spanner relational document graph "
    "vector nosql sql primary secondary replica local remote cloud managed hosted embedded default custom "
    "none unknown other any all json avro xml yaml csv parquet openapi graphql strict "
    "star flat dark light valid invalid mobile desktop new old latest current legacy draft external "
    "internal demo sample test empty true false null yes no required optional "
    "json_schema"
)
_INTERFACE = word_set(
    "table tables result results row rows column columns view views list grid pivot setting settings option "
    "options member members cell cells card cards chart charts dashboard dashboards tile tiles space spaces header "
    "footer panel modal summary search input select checkbox radio form field fields page pages side left right full "
    "compact two three one multi single split text box button label dropdown picker toggle area width "
    "size color name title first last full default custom filter filters sort by"
)
_INPUTS = word_set("input select checkbox radio form field box button dropdown picker toggle area")
_EVERYWHERE = word_set(
    "created updated deleted modified last first seen at on by date time due start end login active status type id "
    "name count total"
)
"""What columns of any list in an interface are called."""
_NOT_PLURAL = ("ss", "us", "is", "as", "os")
_NO_TABLES = word_set(
    "series news lens canvas process access business address status always yes plus"
)


def names_an_object(text: str, place: Place) -> bool:
    """Whether the text is a name of what its key announces, and no word for anything else."""
    if place not in _LOOKS_LIKE or not _IDENTIFIER.fullmatch(text) or text.lower() in _KINDS:
        return False
    return _LOOKS_LIKE[place](text.lower().replace("__", "_").split("_"))


def is_told(text: str) -> bool:
    """Whether a sentence names a field or a table: ``field orders_total``, ``table orders not found``."""
    return any(
        (match["field"] and _is_field(match["field"].lower().split("_")))
        or match["column"]
        or (match["table"] and _is_table([match["table"].lower()]))
        for match in _TOLD.finditer(text)
    )


def _is_table(parts: list[str]) -> bool:
    return _INTERFACE.isdisjoint(parts) and any(_is_plural(part) for part in parts)


def _is_field(parts: list[str]) -> bool:
    """A table's plural before the column, and no element of a form: ``orders_first_name``."""
    if len(parts) < 2 or parts[0] in _INTERFACE or parts[-1] in _INPUTS:
        return False
    return _is_plural(parts[0])


def _is_column(parts: list[str]) -> bool:
    if _is_field(parts):
        return True
    return len(parts) > 1 and _INTERFACE.isdisjoint(parts) and not _EVERYWHERE.issuperset(parts)


def _is_plural(word: str) -> bool:
    return (
        len(word) >= 4
        and word.endswith("s")
        and not word.endswith(_NOT_PLURAL)
        and word not in _NO_TABLES
    )


_LOOKS_LIKE: dict[Place, Callable[[list[str]], bool]] = {
    Place.SCHEMA: lambda _: True,
    Place.TABLE: _is_table,
    Place.COLUMN: _is_column,
    Place.FIELD: _is_field,
}
