"""The outbox: when batches go, what happens on failure, and that nothing is lost quietly."""

from __future__ import annotations

from tracker.outbox import Action, Limits, Outbox, Post, Settled, WakeAfter


def outbox(**limits: int) -> Outbox:
    """An outbox whose jitter always draws the longest wait."""
    return Outbox(lambda: 0.999_999, Limits(**limits))


def ids(action: Action) -> list[str]:
    assert isinstance(action, Post | Settled), action
    return [entry.id for entry in action.entries]


def only(actions: list[Action]) -> Action:
    assert len(actions) == 1, actions
    return actions[0]


def posted(actions: list[Action]) -> Post:
    action = only(actions)
    assert isinstance(action, Post)
    return action


def test_messages_wait_a_little_for_company_and_then_go_together() -> None:
    box = outbox(linger=200)
    assert box.add("a", "{}", 0) == [WakeAfter(200)]
    assert box.add("b", "{}", 150) == [WakeAfter(50)]
    assert ids(posted(box.next(200))) == ["a", "b"]


def test_a_full_batch_goes_at_once() -> None:
    box = outbox(batch_count=2)
    box.add("a", "{}", 0)
    assert ids(posted(box.add("b", "{}", 0))) == ["a", "b"]


def test_a_batch_stays_within_its_bytes() -> None:
    box = outbox(batch_bytes=10)
    box.add("a", "x" * 6, 0)
    first = posted(box.add("b", "y" * 6, 0))
    assert ids(first) == ["a"]
    box.answered(first.request, 200, 0)
    assert ids(posted(box.flush(0))) == ["b"]


def test_a_batch_may_have_exactly_its_bytes() -> None:
    box = outbox(batch_bytes=10)
    box.add("a", "x" * 5, 0)
    assert ids(posted(box.add("b", "y" * 5, 0))) == ["a", "b"]


def test_flush_sends_without_waiting() -> None:
    box = outbox()
    box.add("a", "{}", 0)
    assert ids(posted(box.flush(0))) == ["a"]


def test_flush_is_over_when_all_that_was_here_is_sent_and_not_before() -> None:
    box = outbox(batch_count=3, linger=200)
    for name in "abcd":
        box.add(name, "{}", 0)
    box.flush(0)
    settled, following = box.answered(1, 200, 0)
    assert (ids(settled), ids(following)) == (["a", "b", "c"], ["d"])
    box.answered(2, 200, 0)
    assert box.add("e", "{}", 0) == [WakeAfter(200)]


def test_one_batch_is_under_way_at_a_time_so_that_order_holds() -> None:
    box = outbox(batch_count=1)
    first = posted(box.add("a", "{}", 0))
    assert box.add("b", "{}", 0) == []
    assert box.flush(10_000) == []
    settled, second = box.answered(first.request, 200, 0)
    assert (ids(settled), ids(second)) == (["a"], ["b"])


def test_an_acknowledged_message_is_settled_and_never_sent_again() -> None:
    box = outbox(batch_count=1)
    post = posted(box.add("a", "{}", 0))
    assert box.answered(post.request, 200, 0) == [Settled(post.entries)]
    assert len(box) == 0
    assert box.flush(10**9) == []
    assert box.answered(post.request, 200, 0) == []


def test_a_message_that_is_here_already_is_not_taken_twice() -> None:
    box = outbox(batch_count=2)
    box.add("a", "{}", 0)
    assert box.add("a", "{}", 0) == []
    post = posted(box.flush(0))
    assert box.add("a", "{}", 0) == []
    assert ids(post) == ["a"]


def test_what_is_settled_is_not_remembered() -> None:
    """Else its memory would grow for ever; whoever holds the messages knows which are done with."""
    box = outbox(batch_count=1)
    post = posted(box.add("a", "{}", 0))
    box.answered(post.request, 200, 0)
    assert ids(posted(box.add("a", "{}", 0))) == ["a"]


def test_failures_back_off_exponentially_with_full_jitter_up_to_a_cap() -> None:
    box = outbox(batch_count=1, first_backoff=1000, last_backoff=5000)
    post = posted(box.add("a", "{}", 0))
    now, waits = 0, []
    for status in (0, 500, 503, 429, 408):
        wake = only(box.answered(post.request, status, now))
        assert isinstance(wake, WakeAfter)
        waits.append(wake.milliseconds)
        now += wake.milliseconds
        post = posted(box.next(now))
        assert ids(post) == ["a"]
    assert waits == [999, 1999, 3999, 4999, 4999]


def test_jitter_may_draw_no_wait_at_all() -> None:
    box = Outbox(lambda: 0.0, Limits(batch_count=1))
    post = posted(box.add("a", "{}", 0))
    assert ids(posted(box.answered(post.request, 500, 0))) == ["a"]


def test_retry_after_is_the_least_wait_and_flush_does_not_break_it() -> None:
    box = outbox(batch_count=1)
    post = posted(box.add("a", "{}", 0))
    assert box.answered(post.request, 429, 0, retry_after=60_000) == [WakeAfter(60_000)]
    assert box.flush(59_999) == [WakeAfter(1)]
    assert ids(posted(box.next(60_000))) == ["a"]


def test_a_backoff_that_is_longer_than_retry_after_holds() -> None:
    box = outbox(batch_count=1, first_backoff=1000)
    post = posted(box.add("a", "{}", 0))
    assert box.answered(post.request, 503, 0, retry_after=10) == [WakeAfter(999)]


def test_coming_online_tries_at_once() -> None:
    box = outbox(batch_count=1)
    post = posted(box.add("a", "{}", 0))
    box.answered(post.request, 0, 0)
    assert ids(posted(box.online(1))) == ["a"]


def test_after_coming_online_the_backoff_begins_anew() -> None:
    box = outbox(batch_count=1, first_backoff=1000)
    post = posted(box.add("a", "{}", 0))
    box.answered(post.request, 0, 0)
    post = posted(box.online(1))
    assert box.answered(post.request, 0, 1) == [WakeAfter(999)]


def test_coming_online_does_not_break_the_wait_that_the_collector_asked_for() -> None:
    box = outbox(batch_count=1)
    post = posted(box.add("a", "{}", 0))
    box.answered(post.request, 503, 0, retry_after=60_000)
    assert box.online(1_000) == [WakeAfter(59_000)]


def test_what_is_forgotten_is_neither_sent_nor_settled() -> None:
    box = outbox(batch_count=1)
    post = posted(box.add("a", "{}", 0))
    box.add("b", "{}", 0)
    box.forget()
    assert len(box) == 0
    assert box.answered(post.request, 200, 0) == []
    assert box.flush(10**9) == []
    assert ids(posted(box.add("a", "{}", 0))) == ["a"]


def test_what_is_forgotten_takes_no_room() -> None:
    box = outbox(queue_bytes=10)
    box.add("a", "x" * 10, 0)
    box.forget()
    assert box.add("b", "x" * 10, 0) == [WakeAfter(200)]


def test_a_batch_that_is_too_large_is_halved_until_its_messages_go_alone() -> None:
    box = outbox(batch_count=4)
    for name in "abc":
        box.add(name, "{}", 0)
    post = posted(box.add("d", "{}", 0))
    post = posted(box.answered(post.request, 413, 0))
    assert ids(post) == ["a", "b"]
    post = posted(box.answered(post.request, 413, 0))
    assert ids(post) == ["a"]
    refused, _ = box.answered(post.request, 413, 0)
    assert ids(refused) == ["a"]
    assert isinstance(refused, Settled)
    assert refused.refused == "the collector answered 413"
    assert len(box) == 3


def test_what_follows_a_batch_that_was_too_large_goes_in_whole_batches_again() -> None:
    box = outbox(batch_count=4)
    for name in "abcdefg":
        box.add(name, "{}", 0)
    [half] = box.answered(1, 413, 0)
    assert ids(half) == ["a", "b"]
    _, following = box.answered(2, 200, 0)
    assert ids(following) == ["c", "d", "e", "f"]


def test_a_refusal_for_good_is_settled_with_its_reason_and_not_retried() -> None:
    for status in (302, 400, 401, 403, 404):
        box = outbox(batch_count=1)
        post = posted(box.add("a", "{}", 0))
        assert box.answered(post.request, status, 0) == [
            Settled(post.entries, f"the collector answered {status}")
        ]
        assert len(box) == 0


def test_success_ends_the_backoff() -> None:
    box = outbox(batch_count=1, first_backoff=1000)
    post = posted(box.add("a", "{}", 0))
    box.answered(post.request, 503, 0)
    post = posted(box.next(1000))
    box.answered(post.request, 200, 1000)
    post = posted(box.add("b", "{}", 1001))
    assert box.answered(post.request, 503, 1001) == [WakeAfter(999)]


def test_the_oldest_go_first_when_the_queue_overflows_and_this_is_said() -> None:
    box = outbox(queue_count=2)
    box.add("a", "{}", 0)
    box.add("b", "{}", 0)
    dropped, _ = box.add("c", "{}", 0)
    assert isinstance(dropped, Settled)
    assert ids(dropped) == ["a"]
    assert dropped.refused is not None
    assert ids(posted(box.flush(0))) == ["b", "c"]


def test_the_queue_is_bounded_in_bytes_too() -> None:
    box = outbox(queue_bytes=10)
    box.add("a", "é" * 4, 0)
    assert ids(box.add("b", "xxx", 0)[0]) == ["a"]


def test_what_comes_back_after_a_failure_counts_for_the_queues_bytes_once() -> None:
    box = outbox(batch_count=1, queue_bytes=10)
    post = posted(box.add("a", "x" * 4, 0))
    box.add("b", "x" * 6, 0)
    assert box.answered(post.request, 503, 0) == [WakeAfter(999)]
    assert ids(box.add("c", "x", 0)[0]) == ["a"]


def test_what_was_dropped_is_taken_if_it_comes_again() -> None:
    """Whoever gave it may still hold it; to remember all that were dropped would cost memory for ever."""
    box = outbox(queue_count=1)
    box.add("a", "{}", 0)
    box.add("b", "{}", 0)
    dropped, _ = box.add("a", "{}", 0)
    assert ids(dropped) == ["b"]
    assert ids(posted(box.flush(0))) == ["a"]


def test_an_answer_to_an_unknown_request_changes_nothing() -> None:
    box = outbox(batch_count=1)
    box.add("a", "{}", 0)
    assert box.answered(99, 200, 0) == []
    assert len(box) == 1
