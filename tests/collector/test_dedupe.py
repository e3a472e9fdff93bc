"""An id counts as seen only once its commit is done."""

from __future__ import annotations

import asyncio

from tracker.collector.ingestion.dedupe import Dedupe, Window
from tracker.collector.log.seen import id_key


def _entries(*ids: str) -> list[tuple[bytes, str]]:
    return [(id_key("web", text), text) for text in ids]


def _keys(*ids: str) -> list[bytes]:
    return [key for key, _ in _entries(*ids)]


def test_an_id_is_fresh_once_and_a_duplicate_after_its_commit() -> None:
    async def scenario() -> None:
        dedupe = Dedupe(Window())
        assert [text for _, text in dedupe.claim(_entries("a", "b", "a")).fresh] == ["a", "b"]
        commit = asyncio.get_running_loop().create_future()
        dedupe.follow(_keys("a", "b"), commit)
        commit.set_result(None)
        await asyncio.sleep(0)
        again = dedupe.claim(_entries("a", "c"))
        assert [text for _, text in again.fresh] == ["c"]
        assert again.duplicates == 1

    asyncio.run(scenario())


def test_a_retry_that_races_waits_for_the_commit() -> None:
    async def scenario() -> None:
        dedupe = Dedupe(Window())
        commit = asyncio.get_running_loop().create_future()
        dedupe.follow(_keys("a"), commit)
        racing = dedupe.claim(_entries("a", "a", "b"))
        assert [text for _, text in racing.waiting] == ["a"]
        assert racing.commits == [commit]
        assert racing.duplicates == 1
        assert [text for _, text in racing.fresh] == ["b"]

    asyncio.run(scenario())


def test_when_the_commit_fails_the_retry_may_write_itself() -> None:
    async def scenario() -> None:
        for cancelled in (False, True):
            dedupe = Dedupe(Window())
            commit: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            dedupe.follow(_keys("a"), commit)
            if cancelled:
                commit.cancel()
            else:
                commit.set_exception(OSError())
            await asyncio.wait([commit])
            await asyncio.sleep(0)
            assert [text for _, text in dedupe.claim(_entries("a")).fresh] == ["a"]

    asyncio.run(scenario())


def test_ids_of_different_sources_are_different() -> None:
    assert id_key("web", "1") != id_key("app", "1")
    assert id_key("a", "b") != id_key("ab", "")


def test_the_window_keeps_at_least_half_and_at_most_all_of_its_size() -> None:
    window = Window(1000)
    keys = [id_key("web", str(number)) for number in range(10_000)]
    for key in keys:
        window.add((key,))
        assert len(window) <= 1000
    assert all(key in window for key in keys[-500:])
    assert keys[0] not in window
