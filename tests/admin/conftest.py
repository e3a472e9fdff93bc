"""A written store and a query process over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.admin.writing import HOUR, NOON, WrittenStore
from tracker.collector.charts.process import QueryProcess

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path


@pytest.fixture
def anyio_backend() -> str:
    """Run the async tests on asyncio, which the collector is written for."""
    return "asyncio"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[WrittenStore]:
    """Yield an empty store that a test writes to."""
    store = WrittenStore(tmp_path)
    yield store
    store.close()


@pytest.fixture
async def queries(store: WrittenStore) -> AsyncIterator[QueryProcess]:
    """Yield a query process over ``store``, for which it is one hour after noon."""
    queries = QueryProcess(store.path, clock=lambda: NOON + HOUR)
    await queries.start()
    yield queries
    await queries.close()
