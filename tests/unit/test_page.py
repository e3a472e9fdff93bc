"""Python in the page itself, where there is no page; with one, see tests/e2e/test_python_page.py."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tracker import ConfigurationError, TrackingProvider
from tracker.browser.page import PageSink
from tracker.event import Call, Kind


def test_without_the_script_tag_the_error_names_it() -> None:
    for js_window in (SimpleNamespace(), SimpleNamespace(tracker=SimpleNamespace(version=None))):
        sink = PageSink(js_window)
        with pytest.raises(ConfigurationError, match="script tag"):
            sink.capture(Call(Kind.TRACK, "a.click"))
        with pytest.raises(ConfigurationError, match="script tag"):
            sink.reset()


def test_outside_of_a_page_there_is_no_default_sink() -> None:
    assert TrackingProvider.default_sink is None
