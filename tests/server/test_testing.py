"""The fake for services' own tests behaves as the real one does, without thread or network."""

from __future__ import annotations

import threading

import pytest

from tests.server.scripted import ScriptedCollector
from tests.server.service import APP, analytics_for
from tracker import TrackPage, use_tracking
from tracker.errors import InvalidInput
from tracker.plan import Event, Id, Plan
from tracker.server import Analytics
from tracker.server.testing import CapturingAnalytics
from tracker.testing import FrozenClock, SequentialIds


class ProjectCreated(Event, name="project.created"):
    """A project was created."""

    project_id: Id


def service(analytics: Analytics) -> None:
    analytics.track(ProjectCreated(project_id="p-1"), user_id="u-1")
    analytics.track("project.created", {"project_id": "p-2"})
    analytics.identify("u-1", {"seats": 3})
    with analytics.request('{"visit": {"anonymousId": "a-1"}}'), TrackPage("explorer"):
        use_tracking().track("project.created", {"project_id": "p-3"})


def test_it_captures_the_very_messages_that_would_be_sent() -> None:
    fake = CapturingAnalytics(APP, clock=FrozenClock(), new_id=SequentialIds())
    service(fake)
    with ScriptedCollector() as collector:
        with analytics_for(collector, clock=FrozenClock(), new_id=SequentialIds()) as real:
            service(real)
        expected = collector.messages
    for message in (*expected, *fake.messages):
        del message["context"]["library"]
    assert fake.messages == expected


def test_it_starts_no_thread_and_is_strict() -> None:
    before = threading.active_count()
    analytics = CapturingAnalytics(plan=Plan("app", events=[ProjectCreated]))
    with pytest.raises(InvalidInput):
        analytics.track("project.renamed")
    analytics.track("project.created", {"project_id": "p-1"})
    assert analytics.flush()
    assert analytics.close()
    assert [message["messageId"] for message in analytics.messages] == ["message-2"]
    assert threading.active_count() == before


def test_it_shows_what_would_be_reported() -> None:
    analytics = CapturingAnalytics()
    analytics.track("project.created", {"owner": "jane.doe@example.com"})
    assert [problem.kind for problem in analytics.problems] == ["redacted"]
