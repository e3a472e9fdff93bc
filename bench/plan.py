"""What does it cost to check a message against a plan, beside reading its JSON?

    .venv/bin/python bench/plan.py

Prints microseconds for a typical event of the example plan, for a bare click, and for one with
mistakes; and the ratio of the first to ``json.loads`` of the same message in the same run.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from examples.lightdash_like.plan import plan

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS, CALLS = 15, 5000

CONTEXT = {
    "app": {"name": "acme_webapp", "version": "1.4.0"},
    "library": {"name": "tracker.js", "version": "0.1.0"},
    "page": {"name": "explorer", "type": "page", "hostname": "app.example.com"},
    "section": {"name": "results_table", "path": ["page_content", "results_table"]},
    "sessionId": 1767225600000,
    "plan": plan.stamp,
}
ENVELOPE = {
    "type": "track",
    "messageId": "6f1c9d5e-6a6b-4f37-8d4e-2b9f1f6d1c11",
    "anonymousId": "0b8f8c55-4f3b-4b39-9a35-8a0f5f9a8a10",
    "originalTimestamp": "2026-11-23T16:12:07.908Z",
    "context": CONTEXT,
}
TYPICAL: dict[str, Any] = {
    **ENVELOPE,
    "event": "acme_server.query.executed",
    "properties": {
        "project_id": "f3b0c442-98fc-4c14-9afb-f4c8996fb924",
        "source": "explorer",
        "warehouse_type": "snowflake",
        "metric_count": 2,
        "dimension_count": 3,
        "filter_count": 1,
        "duration": 1240,
    },
}
CLICK: dict[str, Any] = {
    **ENVELOPE,
    "event": "acme_webapp.run_query_button.click",
    "properties": {},
}
WRONG: dict[str, Any] = {
    **TYPICAL,
    "properties": {**TYPICAL["properties"], "warehouse_type": 3, "filters": 1},
}


def microseconds(step: Callable[[], object]) -> float:
    """Return the time of one call, as the mean of many."""
    start = perf_counter()
    for _ in range(CALLS):
        step()
    return (perf_counter() - start) / CALLS * 1e6


def main() -> None:
    """Alternate them in each round, so that all meet the same noise."""
    for message in (TYPICAL, CLICK):
        assert plan.check(message).all == (), plan.check(message)  # noqa: S101
    text = json.dumps(TYPICAL)
    steps: dict[str, Callable[[], object]] = {
        "typical event": lambda: plan.check(TYPICAL),
        "bare click": lambda: plan.check(CLICK),
        "two mistakes": lambda: plan.check(WRONG),
        "json.loads": lambda: json.loads(text),
    }
    times: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(ROUNDS):
        for name, step in steps.items():
            times[name].append(microseconds(step))
    for name, found in times.items():
        low, high = min(found), max(found)
        print(f"{name + ':':<16}{median(found):6.2f} us  (min {low:.2f}, max {high:.2f})")
    pairs = zip(times["typical event"], times["json.loads"], strict=True)
    print(f"{'ratio:':<16}{median(ours / theirs for ours, theirs in pairs):6.2f}")


if __name__ == "__main__":
    main()
