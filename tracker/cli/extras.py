"""Says what to install for the commands that need more than Python."""

from __future__ import annotations

from importlib.util import find_spec

from .. import __version__
from ..errors import ConfigurationError

_COLLECTOR = ("uvicorn", "starlette", "msgspec", "duckdb", "httptools")


def need_collector() -> None:
    """Raises ``ConfigurationError`` when the collector's packages are not installed."""
    missing = [name for name in _COLLECTOR if find_spec(name) is None]
    if missing:
        raise ConfigurationError(
            f"The collector needs {', '.join(missing)}. Install the wheel with its extra: "
            f"pip install 'tracker-{__version__}-py3-none-any.whl[collector]'."
        )
