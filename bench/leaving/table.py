"""Tables, in Markdown, of what came of the clicks."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Row = dict[str, Any]
ORDER = {
    "network": ("online", "offline"),
    "leave": ("same", "other", "close", "kill"),
    "state": ("unloaded", "cold", "booting", "warm", "second"),
}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of a cell's clicks arrived how often."""

    once: int
    twice: int
    never: int

    @classmethod
    def of(cls, counts: Iterable[int]) -> Tally:
        each = list(counts)
        return cls(sum(n == 1 for n in each), sum(n > 1 for n in each), sum(n == 0 for n in each))

    def __str__(self) -> str:
        return f"{self.once}/{self.twice}/{self.never}"


def side_by_side(rows: list[Row], subjects: list[str]) -> Iterator[str]:
    """Yield a table with a column for each subject, and lines for network, way of leaving and state."""
    yield f"| network | leaves by | SDK is | {' | '.join(subjects)} |"
    yield "| --- | --- | --- |" + " --- |" * len(subjects)
    for line, cells in _lines(rows):
        texts = [_cell([row for row in cells if row["subject"] == name]) for name in subjects]
        yield f"| {' | '.join((*line, *texts))} |"
    totals = [_total([row for row in rows if row["subject"] == name]) for name in subjects]
    yield f"| **all** | | | {' | '.join(totals)} |"


def by_delay(rows: list[Row], subject: str) -> Iterator[str]:
    """Yield a table of what this subject lost or doubled for good, by the ms from click to leaving."""
    own = [row for row in rows if row["subject"] == subject]
    delays = sorted({row["delay"] for row in own})
    yield f"| network | leaves by | SDK is | {' | '.join(map(str, delays))} |"
    yield "| --- | --- | --- |" + " --- |" * len(delays)
    for line, cells in _lines(own):
        texts = [
            str(Tally.of(row["after"] for row in cells if row["delay"] == delay))
            for delay in delays
        ]
        yield f"| {' | '.join((*line, *texts))} |"


def resent(rows: list[Row], subjects: list[str]) -> str:
    """Return how many of each subject's clicks went over the wire more than once, and under how many ids."""
    texts: list[str] = []
    for name in subjects:
        copies = [row for row in rows if row["subject"] == name and row["copies"] > 1]
        renamed = sum(row["ids"] > 1 for row in copies)
        texts.append(f"{name} {len(copies)}" + (f" ({renamed} with another id)" if renamed else ""))
    return f"Clicks that went over the wire more than once: {', '.join(texts)}."


def noise(rows: list[Row]) -> str:
    """Return what may have blurred the figures: late departures, and who else used the machine."""
    over = [row["took"] - row["delay"] for row in rows if row["leave"] in ("close", "kill")]
    loads = sorted(row["load"] for row in rows)
    late = f"median {median(over):.0f}, max {max(over):.0f}" if over else "none left so"
    return (
        f"Left by close or kill later than asked, ms: {late}. "
        f"Load average: median {median(loads):.1f}, {loads[0]:.1f} to {loads[-1]:.1f}."
    )


def _lines(rows: list[Row]) -> Iterator[tuple[tuple[str, str, str], list[Row]]]:
    for network in ORDER["network"]:
        for leave in ORDER["leave"]:
            for state in ORDER["state"]:
                line = (network, leave, state)
                cells = [
                    row for row in rows if (row["network"], row["leave"], row["state"]) == line
                ]
                if cells:
                    yield line, cells


def _cell(cells: list[Row]) -> str:
    if not cells:
        return ""
    before = Tally.of(row["before"] for row in cells)
    after = Tally.of(row["after"] for row in cells)
    return str(after) if before == after else f"{before} → {after}"


def _total(cells: list[Row]) -> str:
    return f"**{Tally.of(row['after'] for row in cells)}**" if cells else ""
