"""What does the privacy guard cost, beside reading and writing the message's JSON?

    .venv/bin/python bench/privacy.py

Prints microseconds of CPU for several typical messages, each a stream in which ids, times and
counts change and names repeat, as they do; and the ratio to ``json.loads`` and ``json.dumps`` of
the same messages in the same run. The last lines are for texts that the guard never saw before.
"""

from __future__ import annotations

import json
import sys
from itertools import cycle
from pathlib import Path
from statistics import median
from time import process_time
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.privacy.messages import MESSAGES, stream
from tracker.privacy import Guard

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS, CALLS = 15, 2000


def microseconds(step: Callable[[], object]) -> float:
    """Return the CPU time of one call, as the mean of many."""
    start = process_time()
    for _ in range(CALLS):
        step()
    return (process_time() - start) / CALLS * 1e6


def main() -> None:
    """Alternate the two in each round, so that both meet the same noise."""
    print(f"{'message':34}{'guard us':>10}{'min':>8}{'max':>8}{'JSON us':>10}{'ratio':>8}")
    for name, message in MESSAGES.items():
        guard = Guard()
        messages = cycle(stream(message, CALLS))
        ours, limit = [], []
        for _ in range(ROUNDS):
            ours.append(microseconds(lambda m=messages, g=guard: g.scrub(next(m))))
            limit.append(microseconds(lambda m=messages: json.loads(json.dumps(next(m)))))
        ratio = median(our / lim for our, lim in zip(ours, limit, strict=True))
        print(
            f"{name:34}{median(ours):10.1f}{min(ours):8.1f}{max(ours):8.1f}"
            f"{median(limit):10.1f}{ratio:8.2f}"
        )
    for text in ("Revenue by month and region (EMEA)", "a8f3k2-99 / north-2", "plain words only"):
        unseen = cycle([f"{text} {number}" for number in range(50_000)])
        guard = Guard()
        cost = median(
            microseconds(lambda u=unseen, g=guard: g.rule_of(next(u))) for _ in range(ROUNDS)
        )
        print(f"a new text such as {text!r}: {cost:.1f} us")


if __name__ == "__main__":
    main()
