"""Python in the page itself, as in PyScript: calls go to the page's own tracker, the script tag.

The loader gives each call its id, time and visit, as it does for those of HTML and JavaScript, and
brings it to the collector.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import ConfigurationError
from ..event import Kind, Page
from ..tracking import TrackingProvider
from ..wire import encode_call, to_text

if TYPE_CHECKING:
    from ..event import Call, Path

_NO_TRACKER = (
    "the page has no tracker yet: put its script tag, with data-write-key and data-app, "
    "above the one that starts Python"
)


class PageSink:
    """Hands calls to ``window.tracker``; values that are JavaScript's are named ``js_*``."""

    def __init__(self, js_window: Any) -> None:
        self._js_window = js_window

    def capture(self, call: Call, /) -> None:
        """Capture a call in the page; raises ``ConfigurationError`` where there is no tracker."""
        js_tracker = self._js_tracker()
        js_fields = self._js_window.JSON.parse(to_text(encode_call(call)))
        if call.kind is Kind.IDENTIFY:
            # The tracker also has to remember who it is.
            js_tracker.identify(call.user_id, getattr(js_fields, "traits", None))
        else:
            js_handle = js_tracker.useTracking(self._js_place(call.path))
            js_handle.capture(call.kind.value, js_fields)

    def reset(self) -> None:
        """Forget the visit of the page."""
        self._js_tracker().reset()

    def _js_tracker(self) -> Any:
        js_tracker = getattr(self._js_window, "tracker", None)
        if getattr(js_tracker, "version", None) is None:
            raise ConfigurationError(_NO_TRACKER)
        return js_tracker

    def _js_place(self, path: Path) -> Any:
        """An element with these scopes around it, outside of the document, so that nobody views it.

        None without scopes: then the tracker takes the page's active ``<track-page>``.
        """
        js_place: Any = None
        for scope in path:
            is_page = isinstance(scope, Page)
            js_element = self._js_window.document.createElement(
                "track-page" if is_page else "track-section"
            )
            js_element.setAttribute("name", scope.name)
            if is_page:
                js_element.setAttribute("type", scope.type.value)
                js_element.setAttribute("category", scope.category or "")
            if js_place is not None:
                js_place.append(js_element)
            js_place = js_element
        return js_place


def connect() -> None:
    """Let providers without a sink send to the page's tracker; outside of a page, do nothing."""
    try:
        from js import window  # pyright: ignore[reportMissingModuleSource]  (Pyodide makes it)
    except ImportError:
        return
    TrackingProvider.default_sink = PageSink(window)
