"""Python in the visitor's browser. The worker calls ``handle_message`` and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .runtime import Runtime

__all__ = ["handle_message"]

_runtime: Runtime | None = None


def handle_message(text: str) -> None:
    """Take one message from the page or the worker as JSON text; see ``web/protocol.d.ts``."""
    global _runtime  # noqa: PLW0603  (one worker, one runtime, made at its first message)
    if _runtime is None:
        from .bridge import start

        _runtime = start()
    _runtime.handle(text)
