"""What the collector counts about itself, as Prometheus text.

Own code, because it is these few lines: ``prometheus_client`` would be one more dependency, with a
registry of its own that is global to the process.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Protocol

_COMMIT_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)
_GROUP_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)


# Rules are a closed set, ours: no message can add a label.
_OUTCOMES = (
    ("refused", "code", "Refused messages by the rule that they break."),
    ("quarantined", "rule", "Messages that a plan set apart, by what it minds about them."),
    ("redacted", "rule", "Stored messages without a value that the privacy guard removed."),
)


class CountedOutcome(Protocol):
    """What a rule did to so many messages."""

    @property
    def what(self) -> str:
        """Refused, quarantined or redacted."""
        ...

    @property
    def rule(self) -> str:
        """The rule's name."""
        ...

    @property
    def messages(self) -> int:
        """How many messages."""
        ...


class Histogram:
    """Counts observations into buckets."""

    def __init__(self, name: str, text: str, bounds: tuple[float, ...]) -> None:
        self._name = name
        self._text = text
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self._sum = 0.0

    def observe(self, value: float) -> None:
        """Count one value."""
        self._counts[bisect_left(self._bounds, value)] += 1
        self._sum += value

    def lines(self) -> Iterator[str]:
        """The histogram in Prometheus' text format."""
        yield from _head(self._name, self._text, "histogram")
        total = 0
        for bound, count in zip((*self._bounds, "+Inf"), self._counts, strict=True):
            total += count
            yield f'{self._name}_bucket{{le="{bound}"}} {total}'
        yield f"{self._name}_sum {self._sum:.6f}"
        yield f"{self._name}_count {total}"


class Tallies:
    """The counters; all of them are changed on the event loop only."""

    def __init__(self) -> None:
        self.requests: Counter[int] = Counter()
        self.messages: Counter[str] = Counter()
        self.outcomes: Counter[tuple[str, str]] = Counter()
        self.overloads = 0
        self.failed_commits = 0
        self.commit_seconds = Histogram(
            "tracker_commit_seconds", "Time of one group commit.", _COMMIT_SECONDS
        )
        self.group_sizes = Histogram(
            "tracker_commit_requests", "Requests in one group commit.", _GROUP_SIZES
        )

    def count_outcomes(self, outcomes: Iterable[CountedOutcome]) -> None:
        """Count what rules did to messages."""
        for outcome in outcomes:
            self.outcomes[outcome.what, outcome.rule] += outcome.messages

    def note_commit(self, requests: int, seconds: float, *, failed: bool) -> None:
        """Count a commit of so many requests."""
        if failed:
            self.failed_commits += 1
            return
        self.commit_seconds.observe(seconds)
        self.group_sizes.observe(requests)

    def text(self, *, waiting_bytes: int, known_ids: int) -> str:
        """Everything in Prometheus' text format, version 0.0.4."""
        return "\n".join((*self._lines(waiting_bytes, known_ids), ""))

    def _lines(self, waiting_bytes: int, known_ids: int) -> Iterator[str]:
        name = "tracker_requests_total"
        yield from _head(name, "Ingestion requests by the status of their answer.", "counter")
        for status, count in sorted(self.requests.items()):
            yield f'{name}{{status="{status}"}} {count}'
        name = "tracker_messages_total"
        yield from _head(name, "Messages by what became of them.", "counter")
        for outcome in ("accepted", "duplicate", "quarantined", "refused"):
            yield f'{name}{{outcome="{outcome}"}} {self.messages[outcome]}'
        for what, label, text in _OUTCOMES:
            name = f"tracker_{what}_total"
            yield from _head(name, text, "counter")
            for (outcome, rule), count in sorted(self.outcomes.items()):
                if outcome == what:
                    yield f'{name}{{{label}="{rule}"}} {count}'
        single = (
            ("tracker_overloads_total", "Requests refused for want of room.", self.overloads),
            ("tracker_failed_commits_total", "Commits that the disk refused.", self.failed_commits),
        )
        for name, text, value in single:
            yield from _head(name, text, "counter")
            yield f"{name} {value}"
        gauges = (
            ("tracker_waiting_bytes", "Bytes that wait for the disk.", waiting_bytes),
            ("tracker_known_ids", "Ids that retries are recognised by.", known_ids),
        )
        for name, text, value in gauges:
            yield from _head(name, text, "gauge")
            yield f"{name} {value}"
        yield from self.commit_seconds.lines()
        yield from self.group_sizes.lines()


def _head(name: str, text: str, kind: str) -> Iterator[str]:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} {kind}"
