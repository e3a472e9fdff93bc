"""The tables of the warehouse schema of Segment and RudderStack, with the plan's columns.

``tracks`` has every event, ``pages`` and ``identifies`` what their names say, and each event a table
of its own. A property's column is its name in snake case; the context's begin with ``context_``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from ...plan.names import snake_case

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...plan.rules import EventRules, Property, Rules
    from ...plan.values import Kind

ColumnType: TypeAlias = Literal["string", "boolean", "bigint", "float", "timestamp"]

# Words that a column cannot be called without quotes, in one of the usual warehouses at least.
_RESERVED = frozenset(
    {
        *("all", "and", "any", "array", "as", "asc", "between", "both", "by", "case", "cast"),
        *(
            "check",
            "collate",
            "column",
            "constraint",
            "create",
            "cross",
            "cube",
            "current",
            "default",
        ),
        *("delete", "desc", "describe", "distinct", "drop", "else", "end", "escape", "except"),
        *("exists", "extract", "false", "fetch", "following", "for", "foreign", "from", "full"),
        *("grant", "group", "grouping", "groups", "hash", "having", "if", "ignore", "in", "inner"),
        *("insert", "intersect", "interval", "into", "is", "join", "lateral", "leading", "left"),
        *("like", "limit", "lookup", "merge", "natural", "new", "no", "not", "null", "nulls", "of"),
        *("offset", "on", "only", "or", "order", "outer", "over", "partition", "placing", "pivot"),
        *(
            "preceding",
            "primary",
            "qualify",
            "range",
            "recursive",
            "references",
            "respect",
            "right",
        ),
        *("rollup", "row", "rows", "sample", "select", "set", "show", "some", "start", "struct"),
        *("summarize", "symmetric", "table", "tablesample", "then", "to", "trailing", "treat"),
        *("true", "unbounded", "union", "unique", "unnest", "unpivot", "update", "user", "using"),
        *("values", "variadic", "when", "where", "window", "with", "within"),
    }
)

_TYPES: dict[Kind, ColumnType] = {
    "boolean": "boolean",
    "integer": "bigint",
    "count": "bigint",
    "duration": "bigint",
    "number": "float",
    "id": "string",
    "version": "string",
    "text": "string",
    "list": "string",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``path`` is where the message has it, as a JSON path."""

    name: str
    type: ColumnType
    path: str
    description: str = ""
    rule: Property | None = None
    required: bool = False
    technical: bool = False

    @property
    def reserved(self) -> bool:
        """Whether its name has to stand in quotes."""
        return self.name in _RESERVED


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its messages are those of ``type``, and of ``event`` where there is one."""

    name: str
    type: Literal["track", "page", "identify", "group"]
    columns: tuple[Column, ...]
    description: str
    event: EventRules | None = None


_CONTEXT = (
    Column("context_app_name", "string", "$.context.app.name", "The app that sent it."),
    Column("context_app_version", "string", "$.context.app.version", "The app's version."),
    Column(
        "context_page_name", "string", "$.context.page.name", "The page or modal it happened on."
    ),
    Column("context_page_type", "string", "$.context.page.type", "A page, or a modal above one."),
    Column("context_page_category", "string", "$.context.page.category", "The page's category."),
    Column("context_page_hostname", "string", "$.context.page.hostname", "The site's host name."),
    Column("context_section_name", "string", "$.context.section.name", "The innermost section."),
    Column(
        "context_section_path",
        "string",
        "$.context.section.path",
        "All sections around it, outermost first, as a JSON list.",
    ),
    Column("context_session_id", "string", "$.context.sessionId", "The session, by its start."),
    Column("context_locale", "string", "$.context.locale", "The browser's language."),
    Column("context_timezone", "string", "$.context.timezone", "The browser's time zone."),
    Column("context_library_name", "string", "$.context.library.name", technical=True),
    Column("context_library_version", "string", "$.context.library.version", technical=True),
    Column("context_plan_version", "string", "$.context.plan.version", technical=True),
    Column("context_plan_hash", "string", "$.context.plan.hash", technical=True),
)

COMMON = (
    Column("id", "string", "$.messageId", "The message's id: each is there once.", required=True),
    Column("anonymous_id", "string", "$.anonymousId", "The visitor, made on the device."),
    Column("user_id", "string", "$.userId", "The user, once known: the application's own id."),
    Column("timestamp", "timestamp", "$.timestamp", "When it happened, clocks corrected."),
    Column("original_timestamp", "timestamp", "$.originalTimestamp", technical=True),
    Column("received_at", "timestamp", "$.receivedAt", "When the collector had it."),
    *_CONTEXT,
)

EVENT = (
    Column("event", "string", "", "The event's name in snake case, as its table is called."),
    Column("event_text", "string", "$.event", "The event's name with the app's, as it was sent."),
)


def tables(rules: Rules) -> Iterator[Table]:
    """The tables that the plan's messages fill."""
    yield Table("tracks", "track", COMMON + EVENT, "Every event, without its properties.")
    yield Table(
        "pages",
        "page",
        (
            *COMMON,
            Column("name", "string", "$.name", "The page or modal that was viewed.", required=True),
            Column("category", "string", "$.category", "The page's category."),
            *_columns(rules.page_properties, "$.properties"),
        ),
        "Each view of a page, and each opening of a modal.",
    )
    yield Table(
        "identifies",
        "identify",
        (*COMMON, *_columns(rules.user_traits, "$.traits", required=False)),
        "Who a visitor turned out to be, and what is known of users.",
    )
    if rules.group_traits is not None:
        group = Column("group_id", "string", "$.groupId", "The group, such as an organization.")
        yield Table(
            "groups",
            "group",
            (*COMMON, group, *_columns(rules.group_traits, "$.traits", required=False)),
            "Which group a user belongs to, and what is known of groups.",
        )
    for event in rules.events:
        yield Table(
            event.name.replace(".", "_"),
            "track",
            (*COMMON, *EVENT, *_columns(event.properties, "$.properties")),
            event.description or f"{event.name}, without properties.",
            event,
        )


def _columns(
    properties: tuple[Property, ...] | None, path: str, *, required: bool = True
) -> Iterator[Column]:
    for one in properties or ():
        type_ = _TYPES.get(one.type.kind)
        if type_ is None:
            type_ = "string" if isinstance(one.type.choices[0], str) else "bigint"
        yield Column(
            snake_case(one.name),
            type_,
            f"{path}.{one.name}",
            one.description,
            one,
            required=required and not one.optional,
        )
