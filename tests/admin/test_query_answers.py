"""What the queries answer, over a real log file and the real query process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.admin.writing import HOUR, MINUTE, NOON, WrittenStore, click, view
from tracker.errors import InvalidInput
from tracker.wire import format_time

if TYPE_CHECKING:
    from tracker.collector.charts.process import QueryProcess, Table

pytestmark = pytest.mark.anyio


def records(table: Table) -> list[dict[str, Any]]:
    """The rows by the names of their columns."""
    return [
        dict(zip((column.name for column in table.columns), row, strict=True)) for row in table.rows
    ]


async def test_totals_count_each_message_once(store: WrittenStore, queries: QueryProcess) -> None:
    """A message that is in the log twice, in one request and in another, is one event."""
    store.add(click("1"), click("1"), view("2"), click("3", visitor="ben"))
    store.add(click("1"), click("4", visitor="ben"))
    (totals,) = records(await queries.run("totals", {}))
    assert totals == {"events": 3, "pageViews": 1, "visitors": 2, "sessions": 2, "stored": 4}
    assert totals["events"] == store.count("track")


async def test_the_same_id_of_another_source_is_another_message(
    store: WrittenStore, queries: QueryProcess
) -> None:
    """One site cannot take away another's event by guessing its id."""
    store.add(click("1"), source="web")
    store.add(click("1"), source="shop")
    (totals,) = records(await queries.run("totals", {}))
    assert totals["events"] == 2


async def test_new_rows_of_the_log_are_in_the_next_answer(
    store: WrittenStore, queries: QueryProcess
) -> None:
    """The process reads on from where it was, while the writer goes on writing."""
    for count in range(1, 4):
        store.add(click(str(count)))
        (totals,) = records(await queries.run("totals", {}))
        assert totals["events"] == count


async def test_pages_by_sections_says_where_events_happen(
    store: WrittenStore, queries: QueryProcess
) -> None:
    """Modals are told from pages; no section and no page are (none); page views are not events."""
    store.add(
        view("v"),
        *(click(f"t{n}", section="results_table") for n in range(3)),
        click("m", page="settings", modal=True, section="page_footer"),
        click("n"),
        click("s", page=None),
    )
    table = await queries.run("pages_by_sections", {})
    assert table.rows == (
        ("explorer", "results_table", 3),
        ("explorer", "(none)", 1),
        ("(none)", "(none)", 1),
        ("settings (modal)", "page_footer", 1),
    )


async def test_pages_and_sections_beyond_twenty_are_other(
    store: WrittenStore, queries: QueryProcess
) -> None:
    """The map stays readable however many names there are, and still adds up."""
    store.add(*(click(f"{n}", page=f"page_{n:02}", section=f"section_{n:02}") for n in range(25)))
    table = await queries.run("pages_by_sections", {})
    assert ("(other)", "(other)", 5) in table.rows
    assert sum(row[2] for row in table.rows) == 25
    assert len(table.rows) == 21


async def test_events_over_time_fills_the_gaps_with_zero(
    store: WrittenStore, queries: QueryProcess
) -> None:
    """Every interval of the period has every series."""
    store.add(click("1", at=NOON), click("2", at=NOON + 2 * MINUTE), view("3", at=NOON + MINUTE))
    table = await queries.run(
        "events_over_time", {"from": format_time(NOON), "to": format_time(NOON + 3 * MINUTE)}
    )
    assert table.filters.interval == "minute"
    assert table.rows == tuple(
        (format_time(NOON + minute * MINUTE), event, count)
        for minute, (clicks, views) in enumerate([(1, 0), (0, 1), (1, 0)])
        for event, count in (("acme.run_query_button.click", clicks), ("page view", views))
    )


async def test_events_beyond_eight_are_other(store: WrittenStore, queries: QueryProcess) -> None:
    """Page views keep their own series beside them."""
    store.add(
        view("v"),
        *(
            click(f"{event}-{n}", f"e{event}.click")
            for event in range(10)
            for n in range(10 - event)
        ),
    )
    totals: dict[str, int] = {}
    for _, event, count in (await queries.run("events_over_time", {})).rows:
        totals[event] = totals.get(event, 0) + count
    assert list(totals) == [*(f"acme.e{n}.click" for n in range(8)), "(other)", "page view"]
    assert totals["(other)"] == 3
    assert totals["page view"] == 1


async def test_days_begin_in_the_zone_of_the_viewer(
    store: WrittenStore, queries: QueryProcess
) -> None:
    """23:30 UTC is the next day in Berlin; the day that summer time ends has 25 hours."""
    october_24 = 1_792_884_600_000  # 2026-10-24T23:30:00Z, which is the 25th in Berlin
    store.add(click("1", at=october_24))
    period = {"from": "2026-10-20T22:00:00Z", "to": "2026-10-30T00:00:00Z"}
    berlin = await queries.run("events_over_time", {**period, "zone": "Europe/Berlin"})
    days = {row[0]: row[2] for row in berlin.rows}
    assert [day for day, count in days.items() if count] == ["2026-10-24T22:00:00.000Z"]
    assert "2026-10-25T23:00:00.000Z" in days
    utc = await queries.run("events_over_time", period)
    assert [row[0] for row in utc.rows if row[2]] == ["2026-10-24T00:00:00.000Z"]


async def test_top_events_with_visitors_and_share(
    store: WrittenStore, queries: QueryProcess
) -> None:
    """Most frequent first, with the time of the last."""
    store.add(
        click("1"),
        click("2", visitor="ben"),
        click("3", at=NOON + MINUTE),
        click("4", "nav_button.click"),
    )
    assert records(await queries.run("top_events", {})) == [
        {
            "event": "acme.run_query_button.click",
            "events": 3,
            "visitors": 2,
            "share": 75.0,
            "lastSeen": format_time(NOON + MINUTE),
        },
        {
            "event": "acme.nav_button.click",
            "events": 1,
            "visitors": 1,
            "share": 25.0,
            "lastSeen": format_time(NOON),
        },
    ]


async def test_filters_narrow_every_chart(store: WrittenStore, queries: QueryProcess) -> None:
    """Period (its end not included), app and event; a name with a quote is only a name."""
    store.add(
        click("1", at=NOON - HOUR),
        click("2"),
        click("3", at=NOON + HOUR),
        click("4", app="shop"),
        click("5", "it's.click"),
    )

    async def events(**parameters: str) -> int:
        return records(await queries.run("totals", parameters))[0]["events"]

    assert await events(**{"from": format_time(NOON), "to": format_time(NOON + HOUR)}) == 3
    assert await events(app="shop") == 1
    assert await events(event="acme.it's.click") == 1
    assert await events(event="' OR true --") == 0


async def test_messages_of_other_sdks_are_counted_whatever_their_shape(
    store: WrittenStore, queries: QueryProcess
) -> None:
    """A context that is a string, or none, an unknown time: the event counts all the same."""
    store.add(
        {
            "type": "track",
            "messageId": "1",
            "event": "Order Completed",
            "userId": "u",
            "context": "web",
        },
        {"type": "track", "messageId": "2", "event": "Order Completed", "timestamp": "yesterday"},
        {
            "type": "track",
            "messageId": "3",
            "context": {"page": "home", "section": {"path": "x"}, "app": []},
        },
    )
    table = await queries.run("top_events", {})
    assert [(row[0], row[1]) for row in table.rows] == [("Order Completed", 2), ("(unnamed)", 1)]


async def test_a_row_that_cannot_be_read_hides_no_other(
    store: WrittenStore, queries: QueryProcess
) -> None:
    """A damaged row is left out, the rows around it are not."""
    store.add(click("1"))
    store.add_text('[{"messageId": "2", ')
    store.add(click("3"))
    (totals,) = records(await queries.run("totals", {}))
    assert totals["events"] == 2


@pytest.mark.parametrize(
    ("parameters", "rules"),
    [
        ({"from": "last week"}, ["not_a_time"]),
        ({"from": "2026-11-23T12:00:00Z", "to": "2026-11-22T12:00:00Z"}, ["after_to"]),
        ({"from": "1990-11-23T12:00:00Z"}, ["period_too_long"]),
        ({"zone": "Mars/Olympus"}, ["unknown_zone"]),
        ({"app": "a" * 501}, ["too_long"]),
        ({"form": "2026-11-22T12:00:00Z", "to": "now"}, ["unknown_parameter", "not_a_time"]),
    ],
)
async def test_wrong_parameters_are_refused_with_every_reason(
    queries: QueryProcess, parameters: dict[str, str], rules: list[str]
) -> None:
    """No value is repeated in the reason."""
    with pytest.raises(InvalidInput) as caught:
        await queries.run("totals", parameters)
    assert [violation.rule for violation in caught.value.violations] == rules
    assert not any(value in str(caught.value) for value in parameters.values())


async def test_data_quality_says_what_rules_did_in_the_period(
    store: WrittenStore, queries: QueryProcess
) -> None:
    """By the hour of the receipt; whatever app is chosen, for what is refused may have none."""
    assert (await queries.run("data_quality", {})).rows == ()
    store.note("refused", "missing", 2)
    store.note("quarantined", "unplanned_event", 3)
    store.note("quarantined", "unplanned_event", 4, at=NOON + HOUR)
    store.note("quarantined", "unplanned_page", 9, at=NOON + HOUR)
    store.note("redacted", "email", 1, at=NOON - 5 * HOUR)
    period = {"from": format_time(NOON + MINUTE), "to": format_time(NOON + 2 * HOUR), "app": "acme"}
    assert (await queries.run("data_quality", period)).rows == (
        ("quarantined", "unplanned_page", 9),
        ("quarantined", "unplanned_event", 7),
        ("refused", "missing", 2),
    )
    period = {"from": format_time(NOON - 5 * HOUR), "to": format_time(NOON)}
    assert (await queries.run("data_quality", period)).rows == (("redacted", "email", 1),)
