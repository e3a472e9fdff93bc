"""The charts: which query each draws, and its Vega-Lite 6 specification as data.

A specification holds no data and no colours: rows are put in as the data set ``rows``, and the page's theme
says the rest, so that the same specification serves light, dark and a notebook. ``table`` says how the rows
read as a table: as they are, or with one column spread over the width.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

VEGA_LITE = "https://vega.github.io/schema/vega-lite/v6.json"


@dataclass(frozen=True, slots=True)
class Spread:
    """A table with one line for each value of ``down`` and one column for each value of ``across``."""

    down: str
    across: str
    value: str


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart; its ``name`` is its query's, and part of its address."""

    name: str
    title: str
    description: str
    spec: dict[str, Any]
    table: Spread | None = None

    def to_json(self) -> dict[str, Any]:
        """The chart as the admin API gives it."""
        return asdict(self)


EVENTS_OVER_TIME = Chart(
    name="events_over_time",
    title="Events over time",
    description="Each event and page view, by when it happened. The eight most frequent have a colour of their own.",
    table=Spread(down="time", across="event", value="events"),
    spec={
        "$schema": VEGA_LITE,
        "data": {"name": "rows"},
        "width": "container",
        "height": 260,
        "mark": {"type": "bar"},
        "encoding": {
            "x": {"field": "time", "type": "temporal", "axis": {"title": None, "grid": False}},
            "y": {"field": "events", "type": "quantitative", "stack": "zero", "axis": {"title": None}},
            "color": {"field": "event", "type": "nominal", "legend": {"title": None}},
        },
    },
)

PAGES_BY_SECTIONS = Chart(
    name="pages_by_sections",
    title="Where events happen",
    description="Pages down, the innermost section across. An event outside of any section counts as (none).",
    table=Spread(down="page", across="section", value="events"),
    spec={
        "$schema": VEGA_LITE,
        "data": {"name": "rows"},
        "width": "container",
        "height": {"step": 34},
        "mark": {"type": "rect"},
        "encoding": {
            "y": {"field": "page", "type": "nominal", "sort": None, "axis": {"title": None}},
            "x": {"field": "section", "type": "nominal", "sort": None, "axis": {"title": None, "orient": "top"}},
            "color": {"field": "events", "type": "quantitative", "legend": None},
        },
    },
)

TOP_EVENTS = Chart(
    name="top_events",
    title="Top events",
    description="The most frequent events, with how many visitors they came from.",
    spec={
        "$schema": VEGA_LITE,
        "data": {"name": "rows"},
        "width": "container",
        "height": {"step": 26},
        "mark": {"type": "bar"},
        "encoding": {
            "y": {"field": "event", "type": "nominal", "sort": None, "axis": {"title": None}},
            "x": {"field": "events", "type": "quantitative", "axis": {"title": None}},
        },
    },
)

CHARTS: dict[str, Chart] = {chart.name: chart for chart in (EVENTS_OVER_TIME, PAGES_BY_SECTIONS, TOP_EVENTS)}
