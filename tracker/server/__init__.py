"""The server side: ``Analytics`` for backend services.

from tracker.server import Analytics, App
"""

from .analytics import Analytics
from .app import App
from .asgi import TrackingMiddleware
from .reports import Problem
from .wsgi import WSGITrackingMiddleware

__all__ = [
    "Analytics",
    "App",
    "Problem",
    "TrackingMiddleware",
    "WSGITrackingMiddleware",
]
