"""The worker's Python, spoken to as the worker does: JSON text in, JSON text out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.test_pipeline import ENVIRONMENT, FACT
from tracker.browser.runtime import Runtime
from tracker.outbox import Limits
from tracker.pipeline import Accepted, Pipeline
from tracker.testing import FrozenClock
from tracker.wire import decode_environment

SETTINGS = {"endpoint": "https://t.example.com/", "writeKey": "key&1", "debug": False}


class Worker:
    """What the worker's JavaScript does, as far as Python can tell."""

    def __init__(self, **limits: int) -> None:
        self.said: list[dict[str, Any]] = []
        self.elapsed = FrozenClock(0)
        self.runtime = Runtime(
            lambda text: self.said.append(json.loads(text)),
            clock=FrozenClock(1_795_450_333_000),
            elapsed=self.elapsed,
            random=lambda: 0.5,
            limits=Limits(linger=100, **limits),
        )

    def tell(self, **message: Any) -> list[dict[str, Any]]:
        """Say something to Python; what it says in return."""
        before = len(self.said)
        self.runtime.handle(json.dumps(message))
        return self.said[before:]

    def open(
        self,
        page: int = 1,
        environment: Any = ENVIRONMENT,
        rules: str | None = None,
        **settings: Any,
    ) -> list[dict[str, Any]]:
        message = {"page": page, "environment": environment, "settings": SETTINGS | settings}
        return self.tell(type="open", **message, **({"rules": rules} if rules else {}))

    def track(self, *facts: Any, page: int = 1) -> list[dict[str, Any]]:
        return self.tell(type="facts", page=page, facts=list(facts))

    def answer(
        self, post: dict[str, Any], status: int = 200, **answer: Any
    ) -> list[dict[str, Any]]:
        answer = {"body": "{}", "retryAfter": None} | answer
        return self.tell(type="answer", request=post["request"], status=status, **answer)

    def wake(self) -> dict[str, Any]:
        self.elapsed.advance(100)
        (post,) = self.tell(type="wake")
        assert post["type"] == "post"
        return post


@pytest.fixture
def worker() -> Worker:
    return Worker()


def test_says_that_it_is_ready_as_soon_as_it_is_there(worker: Worker) -> None:
    assert worker.said == [{"type": "ready"}]
    assert worker.open() == []


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
    assert worker.answer(worker.wake()) == [{"type": "settled", "ids": [FACT["id"]]}]


def test_with_debug_it_shows_what_was_stored_and_not_what_was_refused(worker: Worker) -> None:
    worker.open(debug=True)
    worker.track(FACT, FACT | {"id": "second"})
    refusal = {"index": 0, "messageId": FACT["id"], "field": "event", "message": "not planned"}
    body = json.dumps({"accepted": 1, "refusals": [refusal]})
    report, sent, settled = worker.answer(worker.wake(), body=body)
    assert report == {
        "type": "report",
        "text": "refused by the collector: event: not planned",
        "ids": [FACT["id"]],
    }
    assert [message["messageId"] for message in sent["messages"]] == ["second"]
    assert settled["ids"] == [FACT["id"], "second"]


def test_a_fact_that_cannot_be_sent_is_reported_and_settled(worker: Worker) -> None:
    worker.open()
    report, settled = worker.track(FACT | {"name": None})
    assert report["text"] == "not tracked: name: missing"
    assert report["ids"] == settled["ids"] == [FACT["id"]]


def test_a_failed_post_is_tried_again_with_the_same_messages(worker: Worker) -> None:
    worker.open()
    worker.track(FACT)
    first = worker.wake()
    assert worker.answer(first, 0) == [{"type": "wakeAfter", "ms": 500}]
    (second,) = worker.tell(type="online")
    assert json.loads(second["body"])["batch"] == json.loads(first["body"])["batch"]
    assert second["request"] != first["request"]


def test_retry_after_is_honoured_even_when_the_network_comes_back(worker: Worker) -> None:
    worker.open()
    worker.track(FACT)
    said = worker.answer(worker.wake(), 503, retryAfter="7")
    assert said == [{"type": "wakeAfter", "ms": 7000}]
    assert worker.tell(type="online") == [{"type": "wakeAfter", "ms": 7000}]


@pytest.mark.parametrize("header", ["soon", "-1", "", None, "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_an_unusable_retry_after_counts_as_none(worker: Worker, header: str | None) -> None:
    worker.open()
    worker.track(FACT)
    said = worker.answer(worker.wake(), 503, retryAfter=header)
    assert said == [{"type": "wakeAfter", "ms": 500}]


@pytest.mark.parametrize("body", ["", "not json", "[]", '{"refusals": 3}', '{"refusals": [1]}'])
def test_an_odd_answer_still_settles_what_was_stored(worker: Worker, body: str) -> None:
    worker.open()
    worker.track(FACT)
    said = worker.answer(worker.wake(), body=body)
    assert said == [{"type": "settled", "ids": [FACT["id"]]}]


def test_flush_sends_at_once(worker: Worker) -> None:
    worker.open()
    worker.track(FACT)
    (post,) = worker.tell(type="flush")
    assert post["type"] == "post"


def test_facts_before_the_page_has_said_who_it_is_are_reported(worker: Worker) -> None:
    worker.open(page=1)
    (report,) = worker.track(FACT, page=2)
    assert report["type"] == "report"


def test_facts_of_a_page_whose_environment_breaks_a_rule_are_refused_with_the_reason(
    worker: Worker,
) -> None:
    worker.open(environment={})
    *reports, settled = worker.track(FACT)
    missing = ("app", "library", "library.name", "library.version")
    assert {report["text"] for report in reports} == {
        f"not tracked: {field}: missing" for field in missing
    }
    assert settled == {"type": "settled", "ids": [FACT["id"]]}
    worker.open(page=2)
    assert worker.track(FACT | {"id": "second"}, page=2) == [{"type": "wakeAfter", "ms": 100}]


def test_pages_keep_their_own_environment_and_share_the_batches_to_one_collector(
    worker: Worker,
) -> None:
    worker.open(page=1)
    worker.open(page=2, environment=ENVIRONMENT | {"page": {"hostname": "two.example.com"}})
    worker.track(FACT, page=1)
    worker.track(FACT | {"id": "second"}, page=2)
    batch = json.loads(worker.wake()["body"])["batch"]
    hostnames = [message["context"]["page"]["hostname"] for message in batch]
    assert hostnames == [ENVIRONMENT["page"]["hostname"], "two.example.com"]


def test_each_write_key_has_its_own_batches_and_backoff(worker: Worker) -> None:
    worker.open(page=1)
    worker.open(page=2, writeKey="other")
    worker.track(FACT, page=1)
    worker.track(FACT | {"id": "second"}, page=2)
    worker.elapsed.advance(100)
    first, second = worker.tell(type="wake")
    assert [post["url"].partition("=")[2] for post in (first, second)] == ["key%261", "other"]
    assert worker.answer(first, 503) == [{"type": "wakeAfter", "ms": 500}]
    assert worker.answer(second) == [{"type": "settled", "ids": ["second"]}]


def test_the_one_timer_goes_by_the_write_key_that_is_due_first(worker: Worker) -> None:
    worker.open(page=1)
    worker.open(page=2, writeKey="other")
    worker.track(FACT, page=1)
    worker.elapsed.advance(40)
    assert worker.track(FACT | {"id": "second"}, page=2) == [{"type": "wakeAfter", "ms": 60}]
    worker.elapsed.advance(60)
    post, wake = worker.tell(type="wake")
    assert post["type"] == "post"
    assert wake == {"type": "wakeAfter", "ms": 40}


def test_what_a_full_queue_drops_is_counted_and_said_ever_more_rarely() -> None:
    worker = Worker(queue_count=2)
    worker.open()
    said = worker.track(*(FACT | {"id": f"fact {number}"} for number in range(9)))
    reports = [message["text"].split()[0] for message in said if message["type"] == "report"]
    assert reports == ["1", "2", "4"]
    settled = [message["ids"] for message in said if message["type"] == "settled"]
    assert settled == [[f"fact {number}"] for number in range(7)]
    batch = json.loads(worker.wake()["body"])["batch"]
    assert [message["messageId"] for message in batch] == ["fact 7", "fact 8"]


def test_after_forget_nothing_that_waited_is_sent_and_late_answers_are_ignored(
    worker: Worker,
) -> None:
    worker.open()
    worker.track(FACT)
    under_way = worker.wake()
    worker.track(FACT | {"id": "second"})
    assert worker.tell(type="forget") == []
    assert worker.answer(under_way) == []
    worker.elapsed.advance(10_000)
    assert worker.tell(type="wake") == []
    worker.track(FACT | {"id": "third"})
    (message,) = json.loads(worker.wake()["body"])["batch"]
    assert message["messageId"] == "third"


def test_an_unknown_message_is_reported(worker: Worker) -> None:
    (report,) = worker.tell(type="surprise")
    assert report["type"] == "report"
