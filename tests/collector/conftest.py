"""One running collector for each test module: tests use message ids of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.collector.running import RunningCollector


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCollector]:
    """Yield a collector with a key for any origin and one for a single origin."""
    from tests.collector.running import RunningCollector
    from tracker.collector.ingestion.keys import WriteKey
    from tracker.collector.settings import Limits, Settings

    settings = Settings(
        data=tmp_path_factory.mktemp("data"),
        write_keys=(
            WriteKey("webapp", "any-origin-key"),
            WriteKey("strict", "one-origin-key", frozenset({"https://app.example.com"})),
        ),
        limits=Limits(per_key=0, per_address=0),
    )
    with RunningCollector(settings) as running:
        yield running
