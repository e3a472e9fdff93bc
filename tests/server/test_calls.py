"""What each call becomes on the wire."""

from __future__ import annotations

import enum
import logging
import uuid
from typing import TYPE_CHECKING, Any

import pytest

import tracker
from tests.server.scripted import ScriptedCollector
from tests.server.service import APP, KEY, Problems, analytics_for
from tracker import TrackingProvider, TrackPage, TrackSection, use_tracking
from tracker.envelope import check_envelope
from tracker.errors import ConfigurationError
from tracker.pipeline import message_from
from tracker.server import Analytics, App
from tracker.server.settings import VERSION
from tracker.testing import CapturingSink, FrozenClock
from tracker.wire import encode_message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def collector() -> Iterator[ScriptedCollector]:
    with ScriptedCollector() as collector:
        yield collector


def sent(collector: ScriptedCollector, call: Callable[[Analytics], object], **options: Any) -> Any:
    """Return the messages that one call, or a few, sent."""
    with analytics_for(collector, **options) as analytics:
        call(analytics)
    for message in collector.messages:
        assert check_envelope(message) == ()
    return collector.messages


def test_a_track_names_app_event_user_and_time_of_the_call(collector: ScriptedCollector) -> None:
    (message,) = sent(
        collector,
        lambda analytics: analytics.track(
            "project.created", {"projectId": "p-1", "models": 3}, user_id="u-1"
        ),
        clock=FrozenClock(1_795_450_327_908),
        new_id=lambda: "message-1",
    )
    assert message == {
        "type": "track",
        "messageId": "message-1",
        "userId": "u-1",
        "event": "acme_server.project.created",
        "properties": {"projectId": "p-1", "models": 3},
        "originalTimestamp": "2026-11-23T16:12:07.908Z",
        "channel": "server",
        "context": {
            "app": {
                "namespace": "acme",
                "name": "acme_server",
                "version": "1.4.0",
                "installId": "install-1",
                "installType": "docker",
            },
            "library": {"name": "tracker.server", "version": tracker.__version__},
        },
    }


def test_a_message_is_the_cores_own_but_for_what_only_a_service_knows(
    collector: ScriptedCollector,
) -> None:
    sink = CapturingSink()
    with TrackingProvider(app="acme_server", sink=sink), TrackPage("explorer"):
        use_tracking().track("project.created", {"projectId": "p-1"})
    fact = sink.facts[-1]

    def call(analytics: Analytics) -> None:
        with TrackingProvider(app="acme_server", sink=analytics), TrackPage("explorer"):
            use_tracking().track("project.created", {"projectId": "p-1"})

    message = sent(collector, call)[-1]
    core = encode_message(message_from(fact, sink.environment))
    for varies in ("messageId", "anonymousId", "originalTimestamp", "channel"):
        del core[varies], message[varies]
    del core["context"]["library"], message["context"]["library"], core["context"]["sessionId"]
    assert message == core


def test_the_other_calls_have_their_fields(collector: ScriptedCollector) -> None:
    def call(analytics: Analytics) -> None:
        analytics.identify("u-1", {"plan": "pro"})
        analytics.group("g-1", {"seats": 5}, user_id="u-1")
        analytics.page("settings", {"tab": 2}, type="modal", category="admin", user_id="u-1")
        analytics.alias("u-1", "u-0")

    identify, group, page, alias = sent(collector, call)
    assert (identify["type"], identify["userId"], identify["traits"]) == (
        *("identify", "u-1"),
        {"plan": "pro"},
    )
    assert (group["groupId"], group["userId"], group["traits"]) == ("g-1", "u-1", {"seats": 5})
    assert (page["name"], page["category"], page["properties"]) == ("settings", "admin", {"tab": 2})
    assert page["context"]["page"] == {"name": "settings", "category": "admin", "type": "modal"}
    assert (alias["userId"], alias["previousId"]) == ("u-1", "u-0")


def test_without_a_user_the_installation_is_the_visitor(collector: ScriptedCollector) -> None:
    (message,) = sent(collector, lambda analytics: analytics.track("job.completed"))
    assert message["anonymousId"] == "install-1"
    assert "userId" not in message


def test_users_do_not_share_the_installations_id(collector: ScriptedCollector) -> None:
    """Data planes join ids that come together: all users would be one person."""
    one, other = sent(
        collector,
        lambda analytics: (
            analytics.track("project.created", user_id="u-1"),
            analytics.track("project.created", user_id="u-2", anonymous_id="a-2"),
        ),
    )
    assert "anonymousId" not in one
    assert other["anonymousId"] == "a-2"


def test_an_installation_without_id_has_one_for_the_life_of_the_process(
    collector: ScriptedCollector,
) -> None:
    one, other = sent(
        collector,
        lambda analytics: (analytics.track("job.started"), analytics.track("job.completed")),
        app=App("acme", "acme_server"),
    )
    assert one["anonymousId"] == other["anonymousId"] != ""


def test_ids_may_be_numbers_and_uuids_and_names_enums(collector: ScriptedCollector) -> None:
    class Name(str, enum.Enum):
        CREATED = "project.created"

    project = uuid.uuid4()
    one, other = sent(
        collector,
        lambda analytics: (
            analytics.track(Name.CREATED, {"projectId": project}, user_id=7),
            analytics.track(Name.CREATED, {"kind": Name.CREATED}, user_id=project),
        ),
    )
    assert (one["event"], one["userId"]) == ("acme_server.project.created", "7")
    assert one["properties"] == {"projectId": str(project)}
    assert (other["userId"], other["properties"]) == (str(project), {"kind": "project.created"})


def test_what_the_caller_changes_later_does_not_change_the_event(
    collector: ScriptedCollector,
) -> None:
    flat = {"filters": 1}
    deep = {"filters": [1, {"kind": "date"}]}

    def call(analytics: Analytics) -> None:
        analytics.track("query.executed", flat)
        analytics.track("query.executed", deep)
        flat["filters"] = 99
        deep["filters"].append(2)
        deep["filters"][1]["kind"] = "changed"

    one, other = sent(collector, call)
    assert one["properties"] == {"filters": 1}
    assert other["properties"] == {"filters": [1, {"kind": "date"}]}


def test_it_is_a_sink_for_a_provider_and_carries_its_scopes(collector: ScriptedCollector) -> None:
    def call(analytics: Analytics) -> None:
        with TrackingProvider(sink=analytics), TrackPage("explorer"), TrackSection("results"):
            use_tracking().track("query.executed")
            analytics.track("query.executed", user_id="u-1")

    page, tracked, direct = sent(collector, call)
    assert (page["type"], page["name"]) == ("page", "explorer")
    for message in (tracked, direct):
        assert message["context"]["page"]["name"] == "explorer"
        assert message["context"]["section"]["path"] == ["results"]


def test_a_provider_of_somebody_else_lends_it_no_scopes(collector: ScriptedCollector) -> None:
    def call(analytics: Analytics) -> None:
        with TrackingProvider(app="other", sink=CapturingSink()), TrackPage("explorer"):
            analytics.track("query.executed")

    (message,) = sent(collector, call)
    assert "page" not in message["context"]


def test_disabled_it_needs_nothing_and_does_nothing(
    tmp_path: Any, caplog: pytest.LogCaptureFixture
) -> None:
    problems = Problems()
    analytics = Analytics(enabled=False, on_error=problems.append, spool=tmp_path / "spool")
    analytics.track("not a name", {"wrong": object()})
    analytics.identify("")
    with analytics.request("header"), TrackPage("explorer"):
        use_tracking().track("query.executed")
        assert not use_tracking().enabled
    assert analytics.flush()
    assert analytics.close()
    assert not analytics.enabled
    assert list(problems) == []
    assert caplog.records == []
    assert not (tmp_path / "spool").exists()


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"write_key": ""}, "write_key: expected"),
        ({"collector": None}, "collector: expected"),
        ({"collector": "t.example.com"}, "without http"),
        ({"collector": "https://key@t.example.com"}, "with a user"),
        ({"collector": "https://t.example.com?writeKey=1"}, "with a user, query"),
        ({"collector": "http://[::1"}, "cannot be read"),
        ({"app": None}, "app: expected"),
        ({"app": tracker.App("acme_server")}, "got tracker.event.App"),
        ({"app": App("acme", "Acme server")}, "expected one without dots and spaces"),
        ({"app": App("acme", "acme.server")}, "expected one without dots and spaces"),
        ({"app": App("acme", "acme_server", install_id="a@example.com")}, "make a UUID once"),
        ({"plan": "acme.plan:plan"}, "plan: expected a tracker.plan.Plan; got builtins.str"),
        ({"timeout": -1}, "timeout: expected a number from 0"),
        ({"exit_timeout": None}, "exit_timeout: expected a number from 0"),
        ({"gzip_above": "1024"}, "gzip_above: expected a number from 0"),
        ({"privacy": "none"}, "privacy: expected a tracker.privacy.Policy, got str"),
        ({"limits": 500}, "limits: expected a tracker.outbox.Limits, got int"),
        (
            {"strict": "yes"},
            "strict: expected True, False, or None to go by the app's mode, got str",
        ),
        ({"on_error": 3}, "on_error: expected a function that takes a Problem, got int"),
        ({"spool": 3}, "spool: expected the path of a directory, got int"),
    ],
)
def test_settings_that_cannot_work_are_refused_with_the_mend(
    options: dict[str, Any], expected: str
) -> None:
    given = {"write_key": KEY, "collector": "http://localhost:1", "app": APP} | options
    with pytest.raises(ConfigurationError, match=expected.replace("[", r"\[")) as raised:
        Analytics(**given)
    assert "key@" not in str(raised.value)
    assert "a@example.com" not in str(raised.value)


def test_the_two_apps_cannot_be_mixed_up() -> None:
    with pytest.raises(TypeError):
        tracker.App("acme", "acme_server")  # pyright: ignore[reportCallIssue]


def test_its_version_is_the_packages() -> None:
    assert tracker.__version__ == VERSION


def test_after_close_calls_are_lost_and_say_so(
    collector: ScriptedCollector, caplog: pytest.LogCaptureFixture
) -> None:
    problems = Problems()
    analytics = analytics_for(collector, on_error=problems.append)
    assert analytics.close()
    assert analytics.close()
    with caplog.at_level(logging.WARNING, "tracker.server"):
        analytics.track("project.created")
        analytics.track("project.created")
    assert problems.kinds == ["closed", "closed"]
    assert len(caplog.records) == 1
    assert collector.requests == []
