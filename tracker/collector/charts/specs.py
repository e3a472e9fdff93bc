"""The charts: which query each draws, and its Vega-Lite 6 specification as data.

A specification holds no data and no colours: rows are put in as the data set ``rows``, and the
page's theme says the rest, so that the same specification serves light, dark and a notebook.
``table`` says how the rows read as a table: as they are, or with one column spread over the width.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

VEGA_LITE = "https://vega.github.io/schema/vega-lite/v6.json"


@dataclass(frozen=True, slots=True)
class Spread:
    """A table with a line for each value of ``down`` and a column for each of ``across``."""

    down: str
    across: str
    value: str


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart; its ``name`` is its query's, and part of its address.

    ``empty`` is what to say when there are no rows, where that is good news.
    """

    name: str
    title: str
    description: str
    spec: dict[str, Any]
    table: Spread | None = None
    empty: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The chart as the admin API gives it."""
        return asdict(self)


EVENTS_OVER_TIME = Chart(
    name="events_over_time",
    title="Events and page views over time",
    description="By when they happened. The eight most frequent events have a colour of their own.",
    table=Spread(down="time", across="event", value="events"),
    spec={
        "$schema": VEGA_LITE,
        "description": "Stacked bars: how many of each event, and page views, in each interval.",
        "data": {"name": "rows", "format": {"parse": {"time": "date"}}},
        "height": 240,
        # The page sets the time unit to the interval of the answer.
        "transform": [{"filter": "datum.events > 0"}],
        "mark": {"type": "bar", "binSpacing": 1},
        "encoding": {
            "x": {
                "field": "time",
                "type": "temporal",
                "timeUnit": "yearmonthdatehours",
                "axis": {"title": None},
            },
            "y": {
                "field": "events",
                "type": "quantitative",
                "stack": "zero",
                "axis": {"title": None, "tickMinStep": 1, "tickCount": 4, "format": "~s"},
            },
            "color": {"field": "event", "type": "nominal", "sort": None, "legend": {"title": None}},
            "tooltip": [
                {"field": "event", "type": "nominal", "title": "Event"},
                {
                    "field": "time",
                    "type": "temporal",
                    "timeUnit": "yearmonthdatehours",
                    "title": "Time",
                },
                {"field": "events", "type": "quantitative", "title": "Events", "format": ","},
            ],
        },
    },
)

_CELL = {
    "y": {"field": "page", "type": "nominal", "sort": None, "axis": {"title": None}},
    "x": {
        "field": "section",
        "type": "nominal",
        "sort": None,
        "axis": {"title": None, "orient": "top"},
    },
}

PAGES_BY_SECTIONS = Chart(
    name="pages_by_sections",
    title="Where events happen",
    description="Pages down, the innermost section across; (none) is a page outside of its sections.",
    table=Spread(down="page", across="section", value="events"),
    spec={
        "$schema": VEGA_LITE,
        "description": "Heat map: how many events on each page, by the section they happened in.",
        "data": {"name": "rows"},
        "height": {"step": 36},
        "transform": [{"joinaggregate": [{"op": "max", "field": "events", "as": "most"}]}],
        "encoding": _CELL,
        "layer": [
            {
                "mark": {"type": "rect", "style": "cell"},
                "encoding": {
                    "color": {
                        "field": "events",
                        "type": "quantitative",
                        "legend": None,
                        "scale": {"domainMin": 0},
                    },
                    "tooltip": [
                        {"field": "page", "type": "nominal", "title": "Page"},
                        {"field": "section", "type": "nominal", "title": "Section"},
                        {
                            "field": "events",
                            "type": "quantitative",
                            "title": "Events",
                            "format": ",",
                        },
                    ],
                },
            },
            # Two layers: the theme says which text reads on a pale cell, and which on a strong.
            {
                "transform": [{"filter": "datum.events <= datum.most * 0.5"}],
                "mark": {"type": "text", "style": "cell-pale", "tooltip": None, "aria": False},
                "encoding": {"text": {"field": "events", "type": "quantitative", "format": ","}},
            },
            {
                "transform": [{"filter": "datum.events > datum.most * 0.5"}],
                "mark": {"type": "text", "style": "cell-strong", "tooltip": None, "aria": False},
                "encoding": {"text": {"field": "events", "type": "quantitative", "format": ","}},
            },
        ],
    },
)

TOP_EVENTS = Chart(
    name="top_events",
    title="Top events",
    description="The twenty most frequent events; the table says how many visitors they came from.",
    spec={
        "$schema": VEGA_LITE,
        "description": "Bars: the number of each event, most frequent first.",
        "data": {"name": "rows"},
        "height": {"step": 28},
        "encoding": {
            "y": {"field": "event", "type": "nominal", "sort": None, "axis": {"title": None}},
            "x": {
                "field": "events",
                "type": "quantitative",
                "axis": None,
                "scale": {"nice": False},
            },
        },
        "layer": [
            {
                "mark": {"type": "bar", "style": "ranked", "height": {"band": 0.6}},
                "encoding": {
                    "tooltip": [
                        {"field": "event", "type": "nominal", "title": "Event"},
                        {
                            "field": "events",
                            "type": "quantitative",
                            "title": "Events",
                            "format": ",",
                        },
                        {
                            "field": "visitors",
                            "type": "quantitative",
                            "title": "Visitors",
                            "format": ",",
                        },
                        {"field": "share", "type": "quantitative", "title": "Share, %"},
                    ]
                },
            },
            {
                "mark": {"type": "text", "style": "ranked-value", "tooltip": None, "aria": False},
                "encoding": {"text": {"field": "events", "type": "quantitative", "format": ","}},
            },
        ],
    },
)

DATA_QUALITY = Chart(
    name="data_quality",
    title="Data quality",
    description=(
        "Messages of all apps by what the plan and the privacy guard did, and by which rule: "
        "quarantined (see tracker replay), redacted, refused. Counted by the hour of their receipt."
    ),
    empty="All that came passed the plan and the privacy guard as it was.",
    spec={
        "$schema": VEGA_LITE,
        "description": "Bars: how many messages each rule had quarantined, redacted or refused.",
        "data": {"name": "rows"},
        "height": {"step": 28},
        "transform": [{"calculate": "datum.outcome + ': ' + datum.rule", "as": "what"}],
        "encoding": {
            "y": {"field": "what", "type": "nominal", "sort": None, "axis": {"title": None}},
            "x": {
                "field": "messages",
                "type": "quantitative",
                "axis": None,
                "scale": {"nice": False},
            },
        },
        "layer": [
            {
                "mark": {"type": "bar", "style": "ranked", "height": {"band": 0.6}},
                "encoding": {
                    "tooltip": [
                        {"field": "outcome", "type": "nominal", "title": "Outcome"},
                        {"field": "rule", "type": "nominal", "title": "Rule"},
                        {
                            "field": "messages",
                            "type": "quantitative",
                            "title": "Messages",
                            "format": ",",
                        },
                    ]
                },
            },
            {
                "mark": {"type": "text", "style": "ranked-value", "tooltip": None, "aria": False},
                "encoding": {"text": {"field": "messages", "type": "quantitative", "format": ","}},
            },
        ],
    },
)

CHARTS: dict[str, Chart] = {
    chart.name: chart for chart in (EVENTS_OVER_TIME, PAGES_BY_SECTIONS, TOP_EVENTS, DATA_QUALITY)
}
