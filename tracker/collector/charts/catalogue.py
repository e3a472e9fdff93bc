"""The named queries: their SQL and the columns that they answer. Nothing else ever reaches DuckDB.

Values come in as parameters only: $since, $until, $app, $event, $interval. A time leaves as
milliseconds, and the worker writes it as ISO 8601. "Events" are ``track`` messages; page and screen
messages are views.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ColumnType = Literal["time", "text", "number"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an answer: its name as on the wire, and how to read its values."""

    name: str
    type: ColumnType


@dataclass(frozen=True, slots=True)
class Query:
    """One question with its answer's columns, in the order of the SELECT.

    It is asked of the events in memory, or, with ``of_store``, of the tables of the store itself.
    """

    sql: str
    columns: tuple[Column, ...]
    of_store: bool = False


def _columns(text: str) -> tuple[Column, ...]:
    """Columns from ``"time:time event:text"``."""
    pairs = (pair.split(":") for pair in text.split())
    types: dict[str, ColumnType] = {"time": "time", "text": "text", "number": "number"}
    return tuple(Column(name, types[kind]) for name, kind in pairs)


NONE = "(none)"
OTHER = "(other)"

_CHOSEN = """
    FROM events
    WHERE timestamp >= make_timestamptz($since * 1000)
      AND timestamp < make_timestamptz($until * 1000)
      AND ($app IS NULL OR app_name = $app)
      AND ($event IS NULL OR label = $event)
"""

_EVENTS_OVER_TIME = f"""
WITH chosen AS (
    SELECT label, type, date_trunc($interval, timestamp) AS bucket {_CHOSEN}
      AND type IN ('track', 'page', 'screen')
), ranked AS (
    SELECT label, type,
           row_number() OVER (PARTITION BY type = 'track' ORDER BY count(*) DESC, label) AS place
    FROM chosen GROUP BY label, type
), named AS (
    SELECT label, type,
           if(type = 'track' AND place > 8, '{OTHER}', label) AS series,
           if(type = 'track', least(place, 9), 9 + place) AS rank
    FROM ranked
), series AS (
    SELECT DISTINCT series, rank FROM named
), buckets AS (
    SELECT unnest(generate_series(
        date_trunc($interval, make_timestamptz($since * 1000)),
        make_timestamptz(($until - 1) * 1000),
        CASE $interval WHEN 'minute' THEN INTERVAL 1 MINUTE
                                       WHEN 'hour' THEN INTERVAL 1 HOUR
                                       ELSE INTERVAL 1 DAY END
    )) AS bucket
), counted AS (
    SELECT bucket, series, count(*) AS events
    FROM chosen JOIN named USING (label, type) GROUP BY ALL
)
SELECT epoch_ms(bucket), series, coalesce(events, 0)
FROM buckets CROSS JOIN series LEFT JOIN counted USING (bucket, series)
ORDER BY bucket, rank
"""

_PAGES_BY_SECTIONS = f"""
WITH chosen AS (
    SELECT coalesce(page_name || if(page_type = 'modal', ' (modal)', ''), '{NONE}') AS page,
           coalesce(section, '{NONE}') AS section {_CHOSEN}
      AND type = 'track'
), pages AS (
    SELECT page, row_number() OVER (ORDER BY count(*) DESC, page) AS rank
    FROM chosen GROUP BY page
), sections AS (
    SELECT section, row_number() OVER (ORDER BY count(*) DESC, section) AS rank
    FROM chosen GROUP BY section
)
SELECT if(p.rank <= 20, page, '{OTHER}') AS page_or_other,
       if(s.rank <= 20, section, '{OTHER}') AS section_or_other,
       count(*) AS events
FROM chosen JOIN pages p USING (page) JOIN sections s USING (section)
GROUP BY ALL
ORDER BY min(least(p.rank, 21)), min(least(s.rank, 21))
"""

_TOP_EVENTS = f"""
SELECT label, count(*) AS events,
       count(DISTINCT visitor) AS visitors,
       round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS share,
       epoch_ms(max(timestamp)) AS last_seen {_CHOSEN}
  AND type = 'track'
GROUP BY label
ORDER BY events DESC, label
LIMIT 20
"""

_TOTALS = f"""
SELECT count(*) FILTER (type = 'track'),
       count(*) FILTER (type IN ('page', 'screen')),
       count(DISTINCT visitor),
       count(DISTINCT (visitor, session_id)) FILTER (session_id IS NOT NULL),
       (SELECT count(*) FROM events) {_CHOSEN}
"""

_APPS = """
SELECT app_name, count(*) FROM events
WHERE app_name IS NOT NULL GROUP BY app_name ORDER BY app_name LIMIT 200
"""

_EVENT_NAMES = """
SELECT label, count(*) FROM events
WHERE type IN ('track', 'page', 'screen') AND ($app IS NULL OR app_name = $app)
GROUP BY label, type ORDER BY (type = 'track'), label LIMIT 500
"""

_LATEST = """
SELECT message_id, type, coalesce(event, ''), coalesce(name, ''),
       coalesce(page_name, ''), coalesce(page_type, ''), coalesce(section, ''), coalesce(app_name, ''),
       source, via, epoch_ms(timestamp)
FROM (SELECT * FROM events ORDER BY sequence DESC LIMIT 50)
ORDER BY sequence
"""

# SQLite's: what rules did, counted by the hour as it was received.
_DATA_QUALITY = """
SELECT outcome, rule, sum(messages) AS count
FROM outcomes
WHERE hour >= $since / 3600000 AND hour * 3600000 < $until
GROUP BY outcome, rule
ORDER BY outcome, count DESC, rule
"""

CATALOGUE: dict[str, Query] = {
    "events_over_time": Query(_EVENTS_OVER_TIME, _columns("time:time event:text events:number")),
    "pages_by_sections": Query(
        _PAGES_BY_SECTIONS, _columns("page:text section:text events:number")
    ),
    "top_events": Query(
        _TOP_EVENTS, _columns("event:text events:number visitors:number share:number lastSeen:time")
    ),
    "totals": Query(
        _TOTALS,
        _columns("events:number pageViews:number visitors:number sessions:number stored:number"),
    ),
    "data_quality": Query(
        _DATA_QUALITY, _columns("outcome:text rule:text messages:number"), of_store=True
    ),
    "apps": Query(_APPS, _columns("app:text messages:number")),
    "event_names": Query(_EVENT_NAMES, _columns("event:text messages:number")),
    "latest": Query(
        _LATEST,
        _columns(
            "messageId:text type:text event:text name:text page:text pageType:text "
            "section:text app:text source:text via:text at:time"
        ),
    ),
}
