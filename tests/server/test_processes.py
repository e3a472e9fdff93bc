"""Processes begin, fork, end and are killed: each event is stored once."""

from __future__ import annotations

import signal
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.collector_process import CollectorProcess
from tests.server.scripted import Answer, ScriptedCollector
from tests.server.service import Problems, analytics_for, run, start

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOWHERE = "http://127.0.0.1:9"
"""Nobody listens on the discard port: connecting fails at once."""


@pytest.fixture
def collector() -> Iterator[ScriptedCollector]:
    with ScriptedCollector() as collector:
        yield collector


def numbers(collector: ScriptedCollector) -> list[int]:
    return [message["properties"]["number"] for message in collector.messages]


def test_what_waits_at_exit_is_delivered(collector: ScriptedCollector) -> None:
    _, errors = run(
        collector.url,
        """
        service = analytics(limits=Limits(linger=60_000))
        for number in range(1000):
            service.track("job.completed", {"number": number})
        """,
    )
    assert numbers(collector) == list(range(1000))
    assert errors == ""


def test_exit_functions_can_still_track(collector: ScriptedCollector) -> None:
    run(
        collector.url,
        """
        import atexit
        service = analytics()
        atexit.register(lambda: service.track("job.completed", {"number": 1}))
        """,
    )
    assert numbers(collector) == [1]


def test_an_exit_by_an_exception_delivers_too(collector: ScriptedCollector) -> None:
    process = start(
        collector.url,
        """
        service = analytics(limits=Limits(linger=60_000))
        service.track("job.completed", {"number": 1})
        sys.exit(3)
        """,
    )
    process.communicate(timeout=30)
    assert process.returncode == 3
    assert numbers(collector) == [1]


def test_exit_is_bounded_while_the_collector_is_down() -> None:
    began = time.monotonic()
    _, errors = run(
        NOWHERE,
        """
        service = analytics(exit_timeout=0.5)
        for number in range(10):
            service.track("job.completed", {"number": number})
        """,
    )
    assert time.monotonic() - began < 20
    assert "events were lost: they could not be sent before the end" in errors
    assert "Traceback" not in errors


def test_exit_is_bounded_while_the_collector_does_not_answer() -> None:
    never = threading.Event()
    with ScriptedCollector(decide=lambda _: Answer(wait_for=never)) as collector:
        began = time.monotonic()
        run(
            collector.url,
            """
            service = analytics(exit_timeout=0.5, timeout=60)
            service.track("job.completed", {"number": 1})
            time.sleep(0.2)
            """,
        )
        assert time.monotonic() - began < 20
        never.set()


def test_with_a_spool_exit_does_not_wait_for_a_collector_that_is_down(
    collector: ScriptedCollector, tmp_path: Path
) -> None:
    code = """
        service = analytics(spool=sys.argv[1], exit_timeout=30)
        service.track("job.completed", {"number": int(sys.argv[2])})
        service.flush(0.1)
        """
    began = time.monotonic()
    _, errors = run(NOWHERE, code, tmp_path, 1)
    assert time.monotonic() - began < 20
    assert "lost" not in errors
    # Another address is another destination: nobody takes what is not his.
    run(collector.url, code, tmp_path, 2)
    assert numbers(collector) == [2]


def test_a_child_sends_its_own_events_and_not_its_parents(collector: ScriptedCollector) -> None:
    output, _ = run(
        collector.url,
        """
        service = analytics(limits=Limits(linger=60_000))
        service.track("job.completed", {"number": 0})
        for child in range(1, 5):
            if os.fork() == 0:
                service.track("job.completed", {"number": child})
                sent = service.flush()
                print(child, sent, threading.active_count(), flush=True)
                os._exit(0)
        for _ in range(4):
            os.wait()
        service.track("job.completed", {"number": 5})
        """,
    )
    assert sorted(output.split("\n"))[1:] == [f"{child} True 2" for child in range(1, 5)]
    assert Counter(numbers(collector)) == Counter(range(6))
    ids = [message["messageId"] for message in collector.messages]
    assert len(set(ids)) == 6


def test_workers_forked_while_the_parent_is_sending_are_as_new(
    collector: ScriptedCollector,
) -> None:
    """As gunicorn does with ``--preload``, and each worker exits in its usual way."""
    run(
        collector.url,
        """
        service = analytics()
        service.track("job.completed", {"number": 0})
        service.flush()
        workers = []
        for worker in range(1, 4):
            for _ in range(20):
                service.track("job.started", {"number": -1})
            pid = os.fork()
            if pid == 0:
                for number in range(10):
                    service.track("job.completed", {"number": worker * 100 + number})
                sys.exit(0)
            workers.append(pid)
        for pid in workers:
            assert os.waitpid(pid, 0)[1] == 0
        """,
    )
    expected = Counter([0, *(w * 100 + n for w in range(1, 4) for n in range(10))])
    assert Counter(numbers(collector)) == expected + Counter({-1: 60})


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_children_of_multiprocessing_deliver_before_they_end(
    collector: ScriptedCollector, method: str, tmp_path: Path
) -> None:
    (tmp_path / "service_module.py").write_text(
        "from tracker.server import Analytics, App\n"
        f"service = Analytics('k', {collector.url!r}, App('acme', 'acme_server'))\n"
        "def work(number):\n"
        "    service.track('job.completed', {'number': number})\n"
    )
    run(
        collector.url,
        f"""
        import multiprocessing
        sys.path.insert(0, {str(tmp_path)!r})
        import service_module
        if __name__ == "__main__":
            context = multiprocessing.get_context({method!r})
            children = [context.Process(target=service_module.work, args=(n,)) for n in range(3)]
            service_module.work(3)
            for child in children:
                child.start()
            for child in children:
                child.join()
                assert child.exitcode == 0
        """,
    )
    assert Counter(numbers(collector)) == Counter(range(4))


@pytest.mark.parametrize("spooled", ["", "with a spool"])
def test_a_signal_handler_may_track_at_any_instant(
    collector: ScriptedCollector, spooled: str, tmp_path: Path
) -> None:
    """It may interrupt a call that tracks: with a lock between them, it would wait for itself."""
    _, errors = run(
        collector.url,
        """
        service = analytics(spool=sys.argv[2] if sys.argv[1] else None)
        handled = 0
        def handle(*_):
            global handled
            handled += 1
            service.track("signal.received", {"number": -1})
        signal.signal(signal.SIGALRM, handle)
        for number in range(1000):
            signal.setitimer(signal.ITIMER_REAL, 0.000_001 * (1 + number % 200))
            service.track("job.completed", {"number": number})
        signal.setitimer(signal.ITIMER_REAL, 0)
        service.track("job.completed", {"number": 10_000 + handled})
        assert service.close(30)
        """,
        spooled,
        tmp_path,
    )
    assert errors == ""
    found = Counter(numbers(collector))
    handled = max(found) - 10_000
    assert handled > 0
    assert found == Counter(range(1000)) + Counter({-1: handled, 10_000 + handled: 1})


@pytest.fixture
def real(tmp_path: Path) -> Iterator[CollectorProcess]:
    collector = CollectorProcess(tmp_path / "collector")
    collector.start()
    yield collector
    collector.stop()


KILLED = """
    service = analytics(spool=sys.argv[1])
    first, last = int(sys.argv[2]), int(sys.argv[3])
    for number in range(first, last):
        service.track("job.completed", {"number": number}, user_id="u-1")
        print(number, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
    """


def test_a_killed_process_loses_nothing_and_nothing_is_stored_twice(
    real: CollectorProcess, tmp_path: Path
) -> None:
    spool = tmp_path / "spool"
    for first in (0, 100, 200):
        process = start(real.url, KILLED, spool, first, first + 100, key=real.write_key)
        output, errors = process.communicate(timeout=30)
        assert process.returncode == -signal.SIGKILL, errors
        assert len(output.split()) == 100
    real.stop()
    process = start(real.url, KILLED, spool, 300, 400, key=real.write_key)
    process.communicate(timeout=30)
    real.start()
    run(
        real.url,
        """
        service = analytics(spool=sys.argv[1])
        service.track("job.completed", {"number": 400}, user_id="u-1")
        assert service.flush(20)
        """,
        spool,
        key=real.write_key,
    )
    stored = real.wait_for_count(401)
    assert Counter(message["properties"]["number"] for message in stored) == Counter(range(401))
    assert list(spool.glob("*.spool")) == []


def test_a_killed_workers_events_are_sent_by_its_siblings(
    collector: ScriptedCollector, tmp_path: Path
) -> None:
    process = start(
        collector.url,
        """
        service = analytics(spool=sys.argv[1], limits=Limits(linger=60_000))
        service.track("job.completed", {"number": 1})
        os.kill(os.getpid(), signal.SIGKILL)
        """,
        tmp_path,
        key="the-write-key",
    )
    process.communicate(timeout=30)
    with analytics_for(collector, spool=tmp_path):
        # Nothing is tracked here: what was left is found at the start.
        collector.wait_for(1)
    assert numbers(collector) == [1]
    assert list(tmp_path.glob("*.spool")) == []


def test_forked_workers_have_files_of_their_own(
    collector: ScriptedCollector, tmp_path: Path
) -> None:
    run(
        collector.url,
        """
        service = analytics(spool=sys.argv[1], limits=Limits(linger=60_000))
        service.track("job.completed", {"number": 0})
        children = []
        for child in range(1, 4):
            pid = os.fork()
            if pid == 0:
                service.track("job.completed", {"number": child})
                os.kill(os.getpid(), signal.SIGKILL)
            children.append(pid)
        for pid in children:
            os.waitpid(pid, 0)
        service.close()
        """,
        tmp_path,
    )
    assert numbers(collector) == [0]
    with analytics_for(collector, spool=tmp_path) as analytics:
        analytics.track("job.completed", {"number": 4})
        assert analytics.flush()
    assert Counter(numbers(collector)) == Counter(range(5))


def test_a_spool_that_cannot_be_written_costs_a_report_and_no_event(
    collector: ScriptedCollector, tmp_path: Path
) -> None:
    problems = Problems()
    with analytics_for(
        collector, spool=tmp_path, spool_bytes=10, on_error=problems.append
    ) as analytics:
        analytics.track("job.completed", {"number": 1})
        assert analytics.flush()
    assert numbers(collector) == [1]
    assert problems.kinds == ["spool"]
    assert problems.lost == 0


def test_what_no_collector_takes_leaves_the_spool_too(
    collector: ScriptedCollector, tmp_path: Path
) -> None:
    with (
        ScriptedCollector(Answer(400)) as refusing,
        analytics_for(refusing, spool=tmp_path) as analytics,
    ):
        analytics.track("job.completed", {"number": 1})
        assert analytics.flush()
        assert sum(path.stat().st_size for path in tmp_path.glob("*.spool")) == 0
    assert list(tmp_path.glob("*.spool")) == []
    assert collector.requests == []
