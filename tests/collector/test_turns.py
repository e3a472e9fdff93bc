"""A body that takes long to examine keeps nobody waiting for all of that time."""

from __future__ import annotations

import asyncio
import json
import uuid

import pytest

from tracker.collector.ingestion import intake
from tracker.collector.ingestion.decode import decode_body
from tracker.collector.ingestion.stamps import Receipt
from tracker.pipeline import Pipeline

COUNT = 50
NOW = 1_795_450_000_000


async def examined() -> tuple[int, int]:
    """Examine a batch beside another task; how many messages were taken, and how many turns that one had."""
    batch = [
        {
            "type": "track",
            "event": "acme.button.click",
            "messageId": str(uuid.uuid4()),
            "userId": "7",
        }
        for _ in range(COUNT)
    ]
    body = json.dumps({"batch": batch}).encode()
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(others())
    taken = await intake.Intake(Pipeline()).messages(
        decode_body(body), len(body), Receipt(NOW, None)
    )
    task.cancel()
    return len(taken.messages), turns


def test_others_have_a_turn_after_each_message_that_took_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(intake, "TURN_SECONDS", -1)
    assert asyncio.run(examined()) == (COUNT, COUNT)


def test_messages_that_take_no_time_are_examined_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "TURN_SECONDS", 3600)
    assert asyncio.run(examined()) == (COUNT, 0)
