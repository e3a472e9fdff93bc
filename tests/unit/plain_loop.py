"""An event loop that needs no sockets, so that the same async tests run in CPython and in Pyodide.

Pyodide's own loop cannot be waited for from synchronous code, and asyncio's needs a socket pair.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

_Result = TypeVar("_Result")


class _NothingToSelect:
    def select(self, _timeout: float | None) -> list[Any]:
        return []


class PlainLoop(asyncio.BaseEventLoop):
    """Runs tasks and callbacks; it has no I/O."""

    def __init__(self) -> None:
        super().__init__()
        self._selector = _NothingToSelect()

    def _process_events(self, event_list: list[Any]) -> None:
        pass

    def _write_to_self(self) -> None:
        pass


def run(coroutine: Coroutine[Any, Any, _Result]) -> _Result:
    """The coroutine's result, on a loop of its own."""
    loop = PlainLoop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        loop.close()
