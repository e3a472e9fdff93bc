"""The processes of a browser, to end them as a crash or an impatient system would."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from pathlib import Path

GONE_SECONDS = 20.0
POLL_SECONDS = 0.01


def kill_browser(profile: Path) -> float:
    """End every process of the browser that runs on this profile (SIGKILL), and wait until all are gone.

    Returns:
        When the signals were sent, in ms since the epoch.
    """
    if sys.platform != "linux":
        raise NotImplementedError("Finding a browser's processes needs Linux' /proc.")
    family = _family(profile)
    assert family, f"no browser runs on {profile}"
    at = time.time() * 1000
    for pid in family:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + GONE_SECONDS
    while any(_is_alive(pid) for pid in family):
        assert time.monotonic() < deadline, f"{profile}: a killed browser lives on"
        # Their parent is told when they end; nobody else is.
        time.sleep(POLL_SECONDS)
    return at


def _family(profile: Path) -> list[int]:
    """Return the browser's own process first, so that it cannot notice that the others end."""
    parents = {pid: parent for pid in _pids() if (parent := _parent(pid)) is not None}
    wanted = f"--user-data-dir={profile}"
    family = [pid for pid in sorted(parents) if wanted in _arguments(pid)]
    generation = family
    while generation:
        generation = [
            pid for pid, parent in parents.items() if parent in generation and pid not in family
        ]
        family = family + generation
    return family


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _parent(pid: int) -> int | None:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None  # it has ended meanwhile


def _arguments(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return []


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"  # ended, and not yet fetched by its parent
