"""Scopes: which page and section a call belongs to, and how often a page is viewed."""

from __future__ import annotations

import asyncio
from enum import Enum, StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.plain_loop import run
from tracker import (
    ConfigurationError,
    NoProvider,
    PageType,
    Tracking,
    TrackingProvider,
    TrackPage,
    TrackSection,
    use_tracking,
)
from tracker.testing import CapturingSink

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from tracker.event import Call


class PageName(Enum):
    EXPLORER = "explorer"
    ORGANIZATION_SETTINGS = "organization_settings"


class CategoryName(StrEnum):
    SETTINGS = "settings"


@pytest.fixture
def sink() -> CapturingSink:
    return CapturingSink()


def places(sink: CapturingSink) -> list[tuple[str, str | None, list[str]]]:
    """Event, page and sections of each track message."""
    return [
        (
            message["event"],
            message["context"].get("page", {}).get("name"),
            message["context"].get("section", {}).get("path", []),
        )
        for message in sink.messages
        if message["type"] == "track"
    ]


def views(sink: CapturingSink) -> list[str]:
    """The name of each page message."""
    return [message["name"] for message in sink.messages if message["type"] == "page"]


def test_an_event_carries_the_page_and_all_sections_around_it(sink: CapturingSink) -> None:
    with (
        TrackingProvider(app="acme", sink=sink),
        TrackPage(PageName.EXPLORER),
        TrackSection("results"),
        TrackSection("row_menu"),
    ):
        use_tracking().track("export_button.click", {"rows": 3})
    message = sink.messages[-1]
    assert message["event"] == "acme.export_button.click"
    assert message["properties"] == {"rows": 3}
    assert message["context"]["page"] == {"name": "explorer", "type": "page"}
    assert message["context"]["section"] == {"name": "row_menu", "path": ["results", "row_menu"]}


def test_an_event_outside_of_sections_carries_none(sink: CapturingSink) -> None:
    with TrackingProvider(app="acme", sink=sink), TrackPage("explorer") as tracking:
        tracking.track("a.click")
    assert "section" not in sink.messages[-1]["context"]


def test_a_modal_hides_the_page_beneath_and_closing_it_gives_that_page_back(
    sink: CapturingSink,
) -> None:
    with TrackingProvider(app="acme", sink=sink), TrackPage("explorer") as explorer:
        with TrackPage(
            PageName.ORGANIZATION_SETTINGS, type=PageType.MODAL, category=CategoryName.SETTINGS
        ) as modal:
            modal.track("in.click")
        explorer.track("after.click")
        use_tracking().track("later.click")
    assert places(sink) == [
        ("acme.in.click", "organization_settings", []),
        ("acme.after.click", "explorer", []),
        ("acme.later.click", "explorer", []),
    ]
    modal_page = next(m for m in sink.messages if m.get("name") == "organization_settings")
    assert modal_page["category"] == "settings"
    assert modal_page["context"]["page"] == {
        "name": "organization_settings",
        "category": "settings",
        "type": "modal",
    }


def test_a_page_is_viewed_once_per_entry_and_not_again_inside_itself(sink: CapturingSink) -> None:
    page = TrackPage("explorer")
    with TrackingProvider(app="acme", sink=sink):
        with page, page, TrackSection("nested"), page:
            pass
        assert views(sink) == ["explorer"]
        with page:
            pass
    assert views(sink) == ["explorer", "explorer"]


def test_a_modal_is_viewed_on_each_opening(sink: CapturingSink) -> None:
    modal = TrackPage("share", type="modal")
    with TrackingProvider(app="acme", sink=sink), TrackPage("explorer"):
        for _ in range(2):
            with modal:
                pass
    assert views(sink) == ["explorer", "share", "share"]


def test_a_section_sends_nothing_by_itself(sink: CapturingSink) -> None:
    with TrackingProvider(app="acme", sink=sink), TrackSection("footer"):
        pass
    assert sink.facts == []


def test_scopes_decorate_functions(sink: CapturingSink) -> None:
    @TrackPage("explorer")
    @TrackSection("toolbar")
    def handler(name: str) -> str:
        """Docs stay."""
        use_tracking().track(name)
        return name.upper()

    with TrackingProvider(app="acme", sink=sink):
        assert handler("a.click") == "A.CLICK"
    assert handler.__doc__ == "Docs stay."
    assert places(sink) == [("acme.a.click", "explorer", ["toolbar"])]


def test_scopes_decorate_coroutine_functions_also_through_partial(sink: CapturingSink) -> None:
    async def handler(name: str) -> None:
        await asyncio.sleep(0)
        use_tracking().track(name)

    async def main() -> None:
        with TrackingProvider(app="acme", sink=sink):
            await TrackPage("explorer")(handler)("a.click")
            await TrackPage("dashboards")(partial(handler, "b.click"))()

    run(main())
    assert places(sink) == [("acme.a.click", "explorer", []), ("acme.b.click", "dashboards", [])]


def test_concurrent_tasks_do_not_see_each_others_pages(sink: CapturingSink) -> None:
    async def visit(name: str) -> None:
        with TrackPage(name):
            for _ in range(3):
                await asyncio.sleep(0)
                use_tracking().track(f"{name}.click")

    async def main() -> None:
        with TrackingProvider(app="acme", sink=sink):
            await asyncio.gather(*(visit(f"page_{number}") for number in range(5)))

    run(main())
    assert len(places(sink)) == 15
    assert all(event == f"acme.{page}.click" for event, page, _ in places(sink))


def test_one_decorated_coroutine_may_run_many_times_at_once(sink: CapturingSink) -> None:
    @TrackSection("panel")
    async def panel(number: int) -> None:
        await asyncio.sleep(0)
        use_tracking().track(f"button_{number}.click")

    async def main() -> None:
        with TrackingProvider(app="acme", sink=sink), TrackPage("explorer"):
            await asyncio.gather(*(panel(number) for number in range(5)))
            assert [type(scope).__name__ for scope in use_tracking().path] == ["Page"]

    run(main())
    assert {tuple(sections) for _, _, sections in places(sink)} == {("panel",)}


def test_a_handle_keeps_its_place_when_it_is_called_elsewhere(sink: CapturingSink) -> None:
    with TrackingProvider(app="acme", sink=sink), TrackPage("explorer"):
        with TrackSection("toolbar"):
            callback = partial(use_tracking().track, "a.click")
        with TrackPage("dashboards"):
            callback()
    callback()
    assert places(sink) == [("acme.a.click", "explorer", ["toolbar"])] * 2


def test_an_exception_leaves_the_scope_and_passes_through(sink: CapturingSink) -> None:
    with TrackingProvider(app="acme", sink=sink), TrackPage("explorer"):
        with pytest.raises(KeyError), TrackPage("dashboards"), TrackSection("list"):
            raise KeyError
        use_tracking().track("a.click")
    assert places(sink) == [("acme.a.click", "explorer", [])]


def test_generators_are_refused_with_the_mend() -> None:
    def plain() -> Iterator[int]:
        yield 1

    async def asynchronous() -> AsyncIterator[int]:
        yield 1

    for function in (plain, asynchronous, partial(plain)):
        with pytest.raises(TypeError, match=r"cannot decorate a generator.*use `with`"):
            TrackPage("explorer")(function)


def test_tracking_outside_of_a_provider_raises_and_names_the_mend() -> None:
    with pytest.raises(NoProvider, match=r"with TrackingProvider\("):
        use_tracking()
    for scope in (TrackPage("explorer"), TrackSection("footer")):
        with pytest.raises(NoProvider), scope:
            pass
    with pytest.raises(NoProvider):
        use_tracking()


def test_a_provider_without_a_sink_raises_and_names_the_mend() -> None:
    with pytest.raises(ConfigurationError, match="CapturingSink"), TrackingProvider(app="acme"):
        pass


def test_a_provider_uses_the_default_sink_where_there_is_one(
    sink: CapturingSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TrackingProvider, "default_sink", sink)
    with TrackingProvider() as tracking:
        tracking.track("a.click")
    assert places(sink) == [("app.a.click", None, [])]


def test_a_disabled_provider_is_silent_all_the_way_down(sink: CapturingSink) -> None:
    with TrackingProvider(app="acme", sink=sink, enabled=False) as outermost:
        with TrackPage("explorer"), TrackingProvider(app="acme", sink=sink), TrackPage("inner"):
            tracking = use_tracking()
            tracking.track("a.click")
            tracking.identify("user")
            tracking.group("group")
            tracking.alias("user", "before")
            tracking.reset()
        assert not outermost.enabled
    assert sink.facts == []
    assert sink.identity.anonymous_id == "anonymous-1"


def test_an_inner_provider_inherits_sink_app_and_path(sink: CapturingSink) -> None:
    with TrackingProvider(app="acme", sink=sink), TrackPage("explorer"), TrackingProvider():
        use_tracking().track("a.click")
    assert places(sink) == [("acme.a.click", "explorer", [])]


@pytest.mark.parametrize("bad", [object(), float("nan"), {1: 2}, {"deep": {"set": {1}}}])
def test_properties_that_are_not_json_are_left_out_and_logged_and_never_raise(
    sink: CapturingSink, caplog: pytest.LogCaptureFixture, bad: Any
) -> None:
    with TrackingProvider(app="acme", sink=sink) as tracking:
        tracking.track("a.click", {"bad": bad})
        tracking.track("b.click")
    assert [event for event, _, _ in places(sink)] == ["acme.b.click"]
    assert "properties.bad" in caplog.text


def test_a_cycle_in_properties_never_raises(sink: CapturingSink) -> None:
    cycle: dict[str, Any] = {}
    cycle["self"] = cycle
    with TrackingProvider(app="acme", sink=sink) as tracking:
        tracking.track("a.click", cycle)
    assert sink.facts == []


def test_a_failing_sink_never_raises_into_the_host(caplog: pytest.LogCaptureFixture) -> None:
    class FailingSink:
        def capture(self, _call: Call, /) -> None:
            raise OSError("disk on fire")

        def reset(self) -> None:
            raise OSError("disk on fire")

    with TrackingProvider(app="acme", sink=FailingSink()), TrackPage("explorer") as tracking:
        tracking.track("a.click")
        tracking.reset()
    assert caplog.text.count("was not tracked") == 3


def test_properties_are_copied_at_the_call(sink: CapturingSink) -> None:
    properties: dict[str, Any] = {"kinds": ["bar"], "none": None, "enum": CategoryName.SETTINGS}
    with TrackingProvider(app="acme", sink=sink) as tracking:
        tracking.track("a.click", properties)
    properties["kinds"].append("line")
    assert sink.messages[0]["properties"] == {"kinds": ["bar"], "enum": "settings"}


def test_names_must_be_texts() -> None:
    for wrong in ("", 3, None):
        with pytest.raises(TypeError, match="name: expected text"):
            TrackPage(wrong)  # type: ignore[arg-type]  # what a user may get wrong
    with pytest.raises(ValueError, match="popup"):
        TrackPage("explorer", type="popup")


def test_identify_applies_from_then_on_and_never_to_earlier_facts(sink: CapturingSink) -> None:
    with TrackingProvider(app="acme", sink=sink) as tracking:
        with TrackPage("welcome"):
            pass
        tracking.identify("user-1", {"plan": "pro"})
        tracking.track("a.click")
        tracking.reset()
        tracking.track("b.click")
    page, identify, after, anonymous = sink.messages
    assert "userId" not in page
    assert (identify["userId"], identify["traits"]) == ("user-1", {"plan": "pro"})
    assert after["userId"] == "user-1"
    assert "userId" not in anonymous
    assert page["anonymousId"] == after["anonymousId"] != anonymous["anonymousId"]


def test_group_and_alias_reach_the_wire(sink: CapturingSink) -> None:
    with TrackingProvider(app="acme", sink=sink) as tracking:
        tracking.group("org-1", {"seats": 5})
        tracking.alias("user-2", "user-1")
    group, alias = sink.messages
    assert (group["type"], group["groupId"], group["traits"]) == ("group", "org-1", {"seats": 5})
    assert (alias["userId"], alias["previousId"]) == ("user-2", "user-1")


def test_the_handle_is_immutable(sink: CapturingSink) -> None:
    with TrackingProvider(app="acme", sink=sink) as tracking:
        assert isinstance(tracking, Tracking)
        with pytest.raises(AttributeError):
            tracking._context = None  # type: ignore[misc]  # what a user may get wrong
