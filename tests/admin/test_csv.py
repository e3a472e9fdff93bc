"""CSV that every spreadsheet reads and none runs."""

from __future__ import annotations

import csv
import io

import pytest

from tracker.collector.charts.catalogue import Column
from tracker.collector.charts.parameters import Filters
from tracker.collector.charts.process import Table
from tracker.collector.site.table_csv import to_csv


def table(*rows: tuple[str | float | None, ...]) -> Table:
    """A table of events and numbers."""
    return Table((Column("event", "text"), Column("events", "number")), rows, Filters(0, 1))


def test_has_a_header_and_one_line_a_row() -> None:
    """Lines end with CR LF, as RFC 4180 says."""
    assert (
        to_csv(table(("a.click", 2), ("b.click", 1.5)))
        == "event,events\r\na.click,2\r\nb.click,1.5\r\n"
    )


def test_quotes_what_would_break_the_line() -> None:
    """Commas, quotes and line breaks come back as they were."""
    text = 'a, "b"\nc'
    (_, row) = csv.reader(io.StringIO(to_csv(table((text, 1))), newline=""))
    assert row == [text, "1"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_text_is_never_a_formula(start: str) -> None:
    """Anyone may send an event with such a name; it is marked as text."""
    (_, row) = csv.reader(io.StringIO(to_csv(table((f"{start}1+1", 1))), newline=""))
    assert row[0] == f"'{start}1+1"


def test_negative_numbers_stay_numbers() -> None:
    """Only text can be a formula; a missing value is an empty cell."""
    assert to_csv(table((None, -1))).splitlines()[1] == ",-1"
