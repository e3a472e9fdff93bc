"""Processes begin and end: what couriers do after a fork, and at exit.

A courier is watched from its first event until it is closed. At exit each has its last seconds;
what ``os._exit`` or a signal ends has none, and for that there is the spool.
"""

from __future__ import annotations

import atexit
import os
import time
from multiprocessing import util
from typing import Protocol


class Watched(Protocol):
    """What is watched."""

    exit_seconds: float

    def close(self, seconds: float) -> bool:
        """Send what is left, within so many seconds."""
        ...

    def leave_to_parent(self) -> None:
        """Forget, in a process just forked, what is the parent's."""
        ...


class _Watch:
    """The couriers of this process, and whether the hooks are in place."""

    def __init__(self) -> None:
        self.couriers: dict[int, Watched] = {}
        self.is_installed = False

    def install(self) -> None:
        """Put the hooks in place; they cannot be taken back."""
        if self.is_installed:
            return
        self.is_installed = True
        os.register_at_fork(after_in_child=self.forked)
        atexit.register(self.end)
        # Children of multiprocessing end with os._exit, which runs no atexit functions.
        util.Finalize(None, self.end, exitpriority=0)
        util.register_after_fork(self, _finalize_in_child)

    def forked(self) -> None:
        """In the child: nothing of what is queued is the child's to send."""
        couriers, self.couriers = self.couriers, {}
        for courier in couriers.values():
            courier.leave_to_parent()

    def end(self) -> None:
        """Close all, within the seconds of the most patient."""
        couriers = list(self.couriers.values())
        deadline = time.monotonic() + max((each.exit_seconds for each in couriers), default=0)
        for courier in couriers:
            courier.close(max(0, min(courier.exit_seconds, deadline - time.monotonic())))


def _finalize_in_child(watch: _Watch) -> None:
    util.Finalize(None, watch.end, exitpriority=0)


_watch = _Watch()


def install() -> None:
    """Put the hooks in place: before the first event, which may come from another exit function."""
    _watch.install()


def watch(courier: Watched) -> None:
    """Watch a courier from now on."""
    _watch.couriers[id(courier)] = courier


def forget(courier: Watched) -> None:
    """Watch it no more."""
    _watch.couriers.pop(id(courier), None)
