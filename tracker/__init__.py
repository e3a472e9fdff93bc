"""Product analytics in Python, from the click to the chart.

from tracker import TrackingProvider, TrackPage, TrackSection, use_tracking
"""

import sys

from .errors import ConfigurationError, InvalidInput, NoProvider, TrackerError, Violation
from .event import App, Page, PageType, Section
from .tracking import Tracking, TrackingProvider, TrackPage, TrackSection, use_tracking

__all__ = [
    "App",
    "ConfigurationError",
    "InvalidInput",
    "NoProvider",
    "Page",
    "PageType",
    "Section",
    "TrackPage",
    "TrackSection",
    "TrackerError",
    "Tracking",
    "TrackingProvider",
    "Violation",
    "use_tracking",
]

__version__ = "0.1.0"

if sys.platform == "emscripten":
    from .browser.page import connect

    connect()
