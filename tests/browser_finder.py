"""Find a Chromium to test with, and say exactly what to do when there is none.

The order, first hit wins:

1. ``$TRACKER_BROWSER``: a path or a command name; naming one that does not run is an error, not a hint.
2. A Chromium or Chrome on the PATH.
3. Playwright's own: already downloaded, or downloaded now with ``playwright install chromium``.
4. The distribution's package, where there is apt and we are root: ``apt-get install chromium``.

Run ``python -m tests.browser_finder`` to see which one the tests would take.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DOWNLOAD_SECONDS = 300

# The tests talk to 127.0.0.1 alone: nothing here may look for updates, accounts or phishing lists.
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
)


class LaunchArguments(TypedDict):
    """Keyword arguments of Playwright's ``chromium.launch``."""

    executable_path: str
    args: list[str]
    chromium_sandbox: bool
    headless: bool


class NoBrowserError(Exception):
    """No browser could be found or installed; the message says what was tried and what to do."""


@dataclass(frozen=True, slots=True)
class Machine:
    """The part of the world that the search depends on, so that each branch can be tested."""

    environ: Mapping[str, str]
    is_root: bool

    @classmethod
    def this(cls) -> Machine:
        """Return the machine this process runs on."""
        return cls(environ=os.environ, is_root=hasattr(os, "geteuid") and os.geteuid() == 0)

    def which(self, command: str) -> str | None:
        """Return the full path of ``command`` on this machine's PATH."""
        return shutil.which(command, path=self.environ.get("PATH", ""))

    def run(self, *command: str) -> bool:
        """Run ``command`` with its output shown on stderr; return whether it succeeded."""
        print(f"browser: running {' '.join(command)}", file=sys.stderr, flush=True)
        try:
            result = subprocess.run(
                command,
                check=False,
                stdout=sys.stderr,
                timeout=DOWNLOAD_SECONDS,
                env=dict(self.environ),
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            print(f"browser: {error}", file=sys.stderr, flush=True)
            return False
        return result.returncode == 0


def launch_arguments(machine: Machine | None = None) -> LaunchArguments:
    """Return the keyword arguments of Playwright's ``chromium.launch`` for this machine.

    Chromium's sandbox refuses to run as root; for anyone else it stays on.
    """
    machine = machine or Machine.this()
    return {
        "executable_path": find_browser(machine),
        "args": list(FLAGS),
        "chromium_sandbox": not machine.is_root,
        "headless": True,
    }


def find_browser(machine: Machine | None = None) -> str:
    """Return the path of a Chromium, installing one where that is possible.

    Raises:
        NoBrowserError: there is none and none could be installed.
    """
    machine = machine or Machine.this()
    named = machine.environ.get("TRACKER_BROWSER")
    if named:
        return _named(machine, named)
    found = _installed(machine) or _playwright(machine) or _distribution(machine)
    if found:
        return found
    message = (
        "The browser tests need Chromium and found none: none of "
        f"{', '.join(COMMANDS)} is on the PATH, Playwright could not download its own"
        f"{'' if machine.is_root else ', and only root may install the distribution package'}. "
        "Install one (Debian, Ubuntu: `sudo apt-get update && sudo apt-get install chromium`; "
        "macOS: `brew install --cask chromium`), or set TRACKER_BROWSER to the path of a Chromium or Chrome."
    )
    raise NoBrowserError(message)


def _named(machine: Machine, named: str) -> str:
    path = machine.which(named)
    if path is None:
        message = f"TRACKER_BROWSER names {named!r}, which is not a program on this machine. Correct it or unset it."
        raise NoBrowserError(message)
    return path


def _installed(machine: Machine) -> str | None:
    return next(filter(None, map(machine.which, COMMANDS)), None)


def _playwright(machine: Machine) -> str | None:
    """Return Playwright's own browser, downloading it unless PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD says no."""
    path = _playwright_path(machine)
    if path and Path(path).exists():
        return path
    if machine.environ.get("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD"):
        return None
    if machine.run(sys.executable, "-m", "playwright", "install", "chromium"):
        path = _playwright_path(machine)
    return path if path and Path(path).exists() else None


def _playwright_path(machine: Machine) -> str | None:
    """Ask Playwright, in a process of its own, where its Chromium belongs (it need not be there)."""
    script = (
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as p: print(p.chromium.executable_path)"
    )
    result = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        env=dict(machine.environ),
    )
    return result.stdout.strip() or None


def _distribution(machine: Machine) -> str | None:
    if not machine.is_root or machine.which("apt-get") is None:
        return None
    for command in _apt_commands():
        if not machine.run(*command):
            return None
    return _installed(machine)


def _apt_commands() -> Sequence[tuple[str, ...]]:
    return (
        ("apt-get", "update", "-qq"),
        ("apt-get", "install", "--yes", "-qq", "--no-install-recommends", "chromium"),
    )


if __name__ == "__main__":
    try:
        print(find_browser())
    except NoBrowserError as error:
        sys.exit(f"error: {error}")
