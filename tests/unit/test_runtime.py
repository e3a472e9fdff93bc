"""The worker's Python, spoken to as the worker does: JSON text in, JSON text out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.test_pipeline import ENVIRONMENT, FACT
from tracker.browser.runtime import Runtime
from tracker.outbox import Limits, Outbox
from tracker.pipeline import Accepted, Pipeline
from tracker.testing import FrozenClock
from tracker.wire import decode_environment

SETTINGS = {"endpoint": "https://t.example.com/", "writeKey": "key&1", "debug": False}


class Worker:
    """What the worker's JavaScript does, as far as Python can tell."""

    def __init__(self) -> None:
        self.said: list[dict[str, Any]] = []
        self.elapsed = FrozenClock(0)
        self.runtime = Runtime(
            lambda text: self.said.append(json.loads(text)),
            clock=FrozenClock(1_795_450_333_000),
            elapsed=self.elapsed,
            random=lambda: 0.5,
            outbox=Outbox(lambda: 0.5, Limits(linger=100)),
        )

    def tell(self, **message: Any) -> list[dict[str, Any]]:
        """Say something to Python; what it says in return."""
        before = len(self.said)
        self.runtime.handle(json.dumps(message))
        return self.said[before:]

    def open(self, **settings: Any) -> list[dict[str, Any]]:
        return self.tell(type="open", environment=ENVIRONMENT, settings=SETTINGS | settings)

    def track(self, *facts: Any) -> list[dict[str, Any]]:
        return self.tell(type="facts", facts=list(facts))

    def wake(self) -> dict[str, Any]:
        self.elapsed.advance(100)
        (post,) = self.tell(type="wake")
        assert post["type"] == "post"
        return post


@pytest.fixture
def worker() -> Worker:
    return Worker()


def test_says_that_it_is_ready_once_the_page_has_said_who_it_is(worker: Worker) -> None:
    assert worker.open() == [{"type": "ready"}]


def test_a_fact_is_posted_as_the_message_that_the_collector_would_make(worker: Worker) -> None:
    worker.open()
    assert worker.track(FACT) == [{"type": "wakeAfter", "ms": 100}]
    post = worker.wake()
    expected = Pipeline().from_fact(FACT, decode_environment(ENVIRONMENT))
    assert isinstance(expected, Accepted)
    assert json.loads(post["body"]) == {
        "batch": [expected.message],
        "sentAt": "2026-11-23T16:12:13.000Z",
    }
    assert post["url"] == "https://t.example.com/v1/batch?writeKey=key%261"


def test_an_acknowledged_fact_is_settled(worker: Worker) -> None:
    worker.open()
    worker.track(FACT)
    post = worker.wake()
    said = worker.tell(
        type="answer", request=post["request"], status=200, body="{}", retryAfter=None
    )
    assert said == [{"type": "settled", "ids": [FACT["id"]]}]


def test_with_debug_it_shows_what_was_stored_and_not_what_was_refused(worker: Worker) -> None:
    worker.open(debug=True)
    worker.track(FACT, FACT | {"id": "second"})
    post = worker.wake()
    refusal = {"index": 0, "messageId": FACT["id"], "field": "event", "message": "not planned"}
    report, sent, settled = worker.tell(
        type="answer",
        request=post["request"],
        status=200,
        body=json.dumps({"accepted": 1, "refusals": [refusal]}),
        retryAfter=None,
    )
    assert report == {"type": "report", "text": "refused by the collector: event: not planned"}
    assert [message["messageId"] for message in sent["messages"]] == ["second"]
    assert settled["ids"] == [FACT["id"], "second"]


def test_a_fact_that_cannot_be_sent_is_reported_and_settled(worker: Worker) -> None:
    worker.open()
    report, settled = worker.track(FACT | {"name": None})
    assert report["text"] == "not tracked: name: expected text, got nothing"
    assert settled["ids"] == [FACT["id"]]


def test_a_failed_post_is_tried_again_with_the_same_messages(worker: Worker) -> None:
    worker.open()
    worker.track(FACT)
    first = worker.wake()
    said = worker.tell(type="answer", request=first["request"], status=0, body="", retryAfter=None)
    assert said == [{"type": "wakeAfter", "ms": 500}]
    (second,) = worker.tell(type="online")
    assert json.loads(second["body"])["batch"] == json.loads(first["body"])["batch"]
    assert second["request"] != first["request"]


def test_retry_after_is_honoured(worker: Worker) -> None:
    worker.open()
    worker.track(FACT)
    post = worker.wake()
    said = worker.tell(type="answer", request=post["request"], status=503, body="", retryAfter="7")
    assert said == [{"type": "wakeAfter", "ms": 7000}]


@pytest.mark.parametrize("header", ["soon", "-1", "", None, "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_an_unusable_retry_after_counts_as_none(worker: Worker, header: str | None) -> None:
    worker.open()
    worker.track(FACT)
    post = worker.wake()
    said = worker.tell(
        type="answer", request=post["request"], status=503, body="", retryAfter=header
    )
    assert said == [{"type": "wakeAfter", "ms": 500}]


@pytest.mark.parametrize("body", ["", "not json", "[]", '{"refusals": 3}', '{"refusals": [1]}'])
def test_an_odd_answer_still_settles_what_was_stored(worker: Worker, body: str) -> None:
    worker.open()
    worker.track(FACT)
    post = worker.wake()
    said = worker.tell(
        type="answer", request=post["request"], status=200, body=body, retryAfter=None
    )
    assert said == [{"type": "settled", "ids": [FACT["id"]]}]


def test_flush_sends_at_once(worker: Worker) -> None:
    worker.open()
    worker.track(FACT)
    (post,) = worker.tell(type="flush")
    assert post["type"] == "post"


def test_facts_before_the_page_has_said_who_it_is_are_reported(worker: Worker) -> None:
    (report,) = worker.track(FACT)
    assert report["type"] == "report"


def test_an_environment_that_cannot_be_used_sends_the_page_to_raw_mode(worker: Worker) -> None:
    (failed,) = worker.tell(type="open", environment={}, settings=SETTINGS)
    assert failed["type"] == "failed"
    assert "environment" in failed["text"]


def test_an_unknown_message_is_reported(worker: Worker) -> None:
    (report,) = worker.tell(type="surprise")
    assert report["type"] == "report"
