"""What does it cost to make a message of a fact, beside reading and writing its JSON?

    .venv/bin/python bench/message_from_fact.py

Prints microseconds for a typical click, and the ratio to ``json.loads`` and ``json.dumps`` of the
same message in the same run: the limit below which no pipeline over JSON text can go.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.unit.test_pipeline import ENVIRONMENT, FACT
from tracker.pipeline import Pipeline, message_from
from tracker.wire import decode_environment, decode_fact, encode_message, to_text

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS, CALLS = 15, 2000


def microseconds(step: Callable[[], object]) -> float:
    """Return the time of one call, as the mean of many."""
    start = perf_counter()
    for _ in range(CALLS):
        step()
    return (perf_counter() - start) / CALLS * 1e6


def main() -> None:
    """Alternate the two in each round, so that both meet the same noise."""
    environment = decode_environment(ENVIRONMENT)
    pipeline = Pipeline()
    fact = json.dumps(FACT)
    message = to_text(encode_message(message_from(decode_fact(FACT), environment)))
    ours, limit = [], []
    for _ in range(ROUNDS):
        ours.append(microseconds(lambda: pipeline.from_fact(json.loads(fact), environment)))
        limit.append(microseconds(lambda: to_text(json.loads(message))))
    ratio = median(our / lim for our, lim in zip(ours, limit, strict=True))
    print(f"fact to message:   {median(ours):6.1f} us  (min {min(ours):.1f}, max {max(ours):.1f})")
    print(
        f"JSON in and out:   {median(limit):6.1f} us  (min {min(limit):.1f}, max {max(limit):.1f})"
    )
    print(f"ratio:             {ratio:6.2f}")


if __name__ == "__main__":
    main()
