"""Batches reach the collector whatever it answers, and no call waits for that."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from typing import TYPE_CHECKING

import pytest

from tests.server.scripted import CERTIFICATE, Answer, Request, ScriptedCollector
from tests.server.service import KEY, QUICK, Problems, analytics_for
from tracker.errors import InvalidInput
from tracker.outbox import Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.collector_process import CollectorProcess

SECRET = "hunter2-is-nobodys-business"


def test_the_key_travels_in_a_header_and_in_no_url() -> None:
    with ScriptedCollector() as collector, analytics_for(collector) as analytics:
        analytics.track("project.created")
        assert analytics.flush()
        (request,) = collector.requests
    assert request.target == "/v1/batch"
    assert request.headers["authorization"] == "Basic dGhlLXdyaXRlLWtleTo="
    assert KEY.encode() not in request.raw


def test_a_collector_may_live_under_a_path() -> None:
    with ScriptedCollector() as collector:
        collector.url += "/tracking/"
        with analytics_for(collector) as analytics:
            analytics.track("project.created")
        assert collector.requests[0].target == "/tracking/v1/batch"


def test_one_connection_is_kept_for_all_batches() -> None:
    with ScriptedCollector() as collector, analytics_for(collector) as analytics:
        for _ in range(3):
            analytics.track("project.created")
            assert analytics.flush()
        assert [request.connection for request in collector.requests] == [1, 1, 1]


def test_a_connection_that_was_closed_while_idle_costs_no_event_and_no_backoff() -> None:
    problems = Problems()
    with (
        ScriptedCollector(Answer(close_after=True)) as collector,
        analytics_for(collector, on_error=problems.append) as analytics,
    ):
        for _ in range(2):
            analytics.track("project.created")
            assert analytics.flush()
        assert [request.connection for request in collector.requests] == [1, 2]
    assert problems == []


def test_large_bodies_are_compressed_and_small_ones_are_not() -> None:
    limits = Limits(linger=60_000)
    with ScriptedCollector() as collector, analytics_for(collector, limits=limits) as analytics:
        analytics.track("project.created")
        assert analytics.flush()
        for _ in range(50):
            analytics.track("project.created")
        assert analytics.flush()
        small, large = collector.requests
    assert "content-encoding" not in small.headers
    assert large.headers["content-encoding"] == "gzip"
    assert len(large.messages) == 50
    assert len(large.raw) * 3 < 50 * len(small.raw)


@pytest.mark.parametrize(
    "answer", [Answer(503), Answer(500), Answer(408), Answer(429), Answer(0)], ids=str
)
def test_what_may_succeed_later_is_sent_again_with_the_same_id(answer: Answer) -> None:
    problems = Problems()
    with (
        ScriptedCollector(answer, answer) as collector,
        analytics_for(collector, on_error=problems.append) as analytics,
    ):
        analytics.track("project.created")
        assert analytics.flush()
        ids = {message["messageId"] for message in collector.messages}
    assert len(collector.requests) == 3
    assert len(ids) == 1
    assert set(problems.kinds) == {"unreachable"}
    assert problems.lost == 0


def test_it_waits_as_long_as_the_collector_asks() -> None:
    arrivals: list[float] = []

    def decide(_: Request) -> Answer:
        arrivals.append(time.monotonic())
        wait = (("Retry-After", "1"),)
        return Answer(503, headers=wait) if len(arrivals) == 1 else Answer()

    with ScriptedCollector(decide=decide) as collector, analytics_for(collector) as analytics:
        analytics.track("project.created")
        assert analytics.flush()
    assert arrivals[1] - arrivals[0] >= 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 301])
def test_what_is_refused_for_good_is_reported_and_not_sent_again(status: int) -> None:
    problems = Problems()
    with (
        ScriptedCollector(Answer(status)) as collector,
        analytics_for(collector, on_error=problems.append) as analytics,
    ):
        analytics.track("project.created")
        analytics.track("project.created")
        assert analytics.flush()
        assert len(collector.requests) == 1
    assert problems.kinds == ["refused"]
    assert problems.lost == 2
    assert str(status) in problems[0].text
    assert ("write_key" in problems[0].text) is (status in (401, 403, 404))


def test_a_message_that_the_collector_refuses_is_reported_with_its_reason() -> None:
    problems = Problems()
    refusal = {"index": 0, "messageId": "m", "code": "x", "field": "event", "message": "not\nnice"}
    with (
        ScriptedCollector(Answer(body={"refusals": [refusal]})) as collector,
        analytics_for(collector, on_error=problems.append) as analytics,
    ):
        analytics.track("project.created")
        assert analytics.flush()
    assert [problem.text for problem in problems] == ["refused by the collector: event: not nice"]
    assert problems.lost == 1


@pytest.mark.parametrize("body", ["OK", [1], {"refusals": "none"}, {"refusals": [1, None, {}]}])
def test_other_data_planes_may_answer_what_they_like(body: object) -> None:
    with (
        ScriptedCollector(Answer(body=body)) as collector,
        analytics_for(collector) as analytics,
    ):
        analytics.track("project.created")
        assert analytics.flush()
        assert len(collector.requests) == 1


def test_a_batch_that_is_too_large_is_split_until_it_fits() -> None:
    def decide(request: Request) -> Answer:
        return Answer(413) if len(request.messages) > 3 else Answer()

    problems = Problems()
    with (
        ScriptedCollector(decide=decide) as collector,
        analytics_for(collector, on_error=problems.append) as analytics,
    ):
        for number in range(10):
            analytics.track("project.created", {"number": number})
        assert analytics.flush()
        taken = [request for request in collector.requests if len(request.messages) <= 3]
    numbers = [each["properties"]["number"] for request in taken for each in request.messages]
    assert numbers == list(range(10))
    assert problems == []


def test_no_call_waits_for_a_collector_that_does_not_answer() -> None:
    answer_now = threading.Event()
    with (
        ScriptedCollector(Answer(wait_for=answer_now)) as collector,
        analytics_for(collector) as analytics,
    ):
        analytics.track("project.created")
        collector.wait_for(1)
        for _ in range(1000):
            analytics.track("project.created")
        # The thread is still in its exchange: none of these calls has waited for it.
        assert len(collector.requests) == 1
        assert not analytics.flush(0.05)
        answer_now.set()
        assert analytics.flush()
        assert len(collector.messages) == 1001


def test_too_many_waiting_drop_the_oldest_and_are_counted() -> None:
    answer_now = threading.Event()
    problems = Problems()
    limits = Limits(batch_count=10, linger=1, queue_count=100)
    with (
        ScriptedCollector(Answer(wait_for=answer_now)) as collector,
        analytics_for(collector, limits=limits, on_error=problems.append) as analytics,
    ):
        analytics.track("project.created", {"number": -1})
        collector.wait_for(1)
        for number in range(250):
            analytics.track("project.created", {"number": number})
        answer_now.set()
        assert analytics.flush()
        numbers = [message["properties"]["number"] for message in collector.messages]
    assert numbers == [-1, *range(150, 250)]
    assert set(problems.kinds) == {"overflow"}
    assert problems.lost == 150


def test_eight_threads_lose_nothing_and_each_keeps_its_order() -> None:
    with ScriptedCollector() as collector, analytics_for(collector) as analytics:

        def work(worker: int) -> None:
            for number in range(500):
                analytics.track("project.created", {"worker": worker, "number": number})

        threads = [threading.Thread(target=work, args=(worker,)) for worker in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert analytics.flush()
        seen: dict[int, list[int]] = {}
        for message in collector.messages:
            properties = message["properties"]
            seen.setdefault(properties["worker"], []).append(properties["number"])
    assert seen == {worker: list(range(500)) for worker in range(8)}


def test_a_full_batch_does_not_wait_for_company() -> None:
    limits = Limits(batch_count=20, linger=60_000)
    with ScriptedCollector() as collector, analytics_for(collector, limits=limits) as analytics:
        for _ in range(20):
            analytics.track("project.created")
        collector.wait_for(1)


def test_close_leaves_no_thread_and_no_connection() -> None:
    before = set(threading.enumerate())
    with ScriptedCollector() as collector:
        analytics = analytics_for(collector)
        analytics.track("project.created")
        assert analytics.close()
        after = {thread.name for thread in set(threading.enumerate()) - before}
        assert "tracker" not in after


def test_close_is_bounded_when_the_collector_never_answers() -> None:
    never = threading.Event()
    problems = Problems()
    with ScriptedCollector(Answer(wait_for=never)) as collector:
        analytics = analytics_for(collector, on_error=problems.append)
        analytics.track("project.created")
        collector.wait_for(1)
        began = time.monotonic()
        assert not analytics.close(0.2)
        assert time.monotonic() - began < 5
        # The exchange was cut off, so the thread ends although no answer came.
        for thread in threading.enumerate():
            if thread.name == "tracker":
                thread.join(10)
                assert not thread.is_alive()
        assert len(collector.requests) == 1
        never.set()
    assert problems.lost == 1
    assert "not_sent" in problems.kinds


def test_close_tries_once_more_whatever_the_backoff() -> None:
    limits = Limits(linger=1, first_backoff=600_000, last_backoff=600_000)
    with ScriptedCollector(Answer(503)) as collector:
        problems = Problems()
        analytics = analytics_for(collector, limits=limits, on_error=problems.append)
        analytics.track("project.created")
        collector.wait_for(1)
        assert analytics.close()
        assert len(collector.requests) == 2


def test_coroutines_can_wait_for_it_without_stopping_the_loop() -> None:
    async def work(collector: ScriptedCollector, answer_now: threading.Event) -> None:
        async with analytics_for(collector) as analytics:
            analytics.track("project.created")
            flushed = asyncio.create_task(analytics.aflush())
            await asyncio.to_thread(collector.wait_for, 1)
            assert not flushed.done()
            answer_now.set()
            assert await flushed
            analytics.track("project.created")
        assert len(collector.messages) == 2

    answer_now = threading.Event()
    with ScriptedCollector(Answer(wait_for=answer_now)) as collector:
        asyncio.run(work(collector, answer_now))


@pytest.mark.parametrize("strict", [False, True])
def test_neither_key_nor_values_are_logged(
    strict: bool,  # noqa: FBT001
    caplog: pytest.LogCaptureFixture,
) -> None:
    problems = Problems()
    with (
        caplog.at_level(logging.DEBUG),
        ScriptedCollector(Answer(503), Answer(0), Answer(401)) as collector,
        analytics_for(collector, on_error=problems.append, strict=strict) as analytics,
    ):
        analytics.track("project.created", {"password": SECRET}, user_id=SECRET)
        assert analytics.flush()
        for wrong in (
            lambda: analytics.track(SECRET + "\n", {"wrong": object()}),
            lambda: analytics.track("project.created", {"wrong": {SECRET}}),
            lambda: analytics.track("project.created", user_id=""),
            lambda: analytics.track("project.created", {"big": [SECRET] * 2000}),
            lambda: analytics.page("explorer", type=SECRET),
        ):
            if strict:
                with pytest.raises((TypeError, InvalidInput)) as raised:
                    wrong()
                assert KEY not in str(raised.value)
            else:
                wrong()
        analytics.flush()
    texts = [record.getMessage() for record in caplog.records]
    texts += [f"{problem.text} {problem.violations}" for problem in problems]
    assert len(problems) >= (2 if strict else 7)
    assert [text for text in texts if SECRET in text or KEY in text] == []


def test_an_on_error_that_raises_does_not_stop_it() -> None:
    def broken(_: object) -> None:
        raise ValueError(SECRET)

    with (
        ScriptedCollector(Answer(400)) as collector,
        analytics_for(collector, on_error=broken) as analytics,
    ):
        analytics.track("project.created", {"wrong": object()})
        analytics.track("project.created")
        assert analytics.flush()
        analytics.track("project.created")
        assert analytics.flush()
        assert len(collector.requests) == 2


def test_an_on_error_may_flush_without_a_deadlock() -> None:
    answers: list[bool] = []
    with ScriptedCollector(Answer(400)) as collector:
        analytics = analytics_for(collector, on_error=lambda _: answers.append(analytics.flush(5)))
        analytics.track("project.created")
        assert analytics.flush()
        analytics.close()
    assert answers == [False]


def test_certificates_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    problems = Problems()
    with ScriptedCollector(tls=True) as collector:
        analytics = analytics_for(collector, on_error=problems.append)
        analytics.track("project.created")
        assert not analytics.flush(0.3)
        assert not analytics.close(0.1)
        assert collector.requests == []
        assert "self-signed certificate" in problems[0].text

        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        with analytics_for(collector) as trusting:
            trusting.track("project.created")
            assert trusting.flush()
        assert len(collector.requests) == 1


def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedCollector() as proxy, ScriptedCollector() as collector:
        monkeypatch.setenv("http_proxy", f"http://user:pass%20word@127.0.0.1:{proxy.port}")
        with analytics_for(collector) as analytics:
            analytics.track("project.created")
            assert analytics.flush()
        assert collector.requests == []
        assert proxy.requests[0].target == f"{collector.url}/v1/batch"
        assert proxy.requests[0].headers["proxy-authorization"] == "Basic dXNlcjpwYXNzIHdvcmQ="

        monkeypatch.setenv("no_proxy", "localhost")
        with analytics_for(collector) as analytics:
            analytics.track("project.created")
            assert analytics.flush()
        assert len(collector.requests) == len(proxy.requests) == 1
        assert "proxy-authorization" not in collector.requests[0].headers


def test_the_real_collector_limits_it_and_stores_everything_once(
    start_collector: Callable[..., CollectorProcess], tmp_path_factory: pytest.TempPathFactory
) -> None:
    settings = tmp_path_factory.mktemp("settings") / "tracker.toml"
    settings.write_text("[limits]\nper_key = 2\nper_address = 0\n")
    collector = start_collector("--config", str(settings))
    problems = Problems()
    limits = Limits(batch_count=1, linger=0, first_backoff=10, last_backoff=10)
    with analytics_for(
        collector,
        write_key=collector.write_key,
        limits=limits,
        on_error=problems.append,
    ) as analytics:
        for number in range(12):
            analytics.track("project.created", {"number": number}, user_id="u-1")
        assert analytics.flush(20)
    numbers = [message["properties"]["number"] for message in collector.messages()]
    assert numbers == list(range(12))
    assert "429" in problems[0].text
    assert problems.lost == 0


def test_a_collector_that_was_down_gets_everything_once_it_is_up(
    start_collector: Callable[..., CollectorProcess],
) -> None:
    collector = start_collector()
    collector.stop()
    with analytics_for(
        collector,
        write_key=collector.write_key,
        limits=QUICK,
    ) as analytics:
        for number in range(50):
            analytics.track("project.created", {"number": number}, user_id="u-1")
        assert not analytics.flush(0.2)
        collector.start()
        assert analytics.flush(20)
        collector.kill()
        analytics.track("project.created", {"number": 50}, user_id="u-1")
        assert not analytics.flush(0.2)
        collector.start()
        assert analytics.flush(20)
    numbers = [message["properties"]["number"] for message in collector.messages()]
    assert numbers == list(range(51))
