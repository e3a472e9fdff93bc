"""A service that tracks: in this process, or as a program of its own."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker.outbox import Limits
from tracker.server import Analytics, App, Problem

if TYPE_CHECKING:
    from tests.collector_process import CollectorProcess
    from tests.server.scripted import ScriptedCollector

ROOT = Path(__file__).parents[2]
KEY = "the-write-key"
APP = App("acme", "acme_server", "1.4.0", install_id="install-1", install_type="docker")
QUICK = Limits(
    batch_count=500, batch_bytes=480 * 1024, linger=10, first_backoff=20, last_backoff=80
)


class Problems(list[Problem]):
    """Collects what is reported to ``on_error``."""

    @property
    def kinds(self) -> list[str]:
        return [problem.kind for problem in self]

    @property
    def lost(self) -> int:
        return sum(problem.lost for problem in self)


def analytics_for(collector: ScriptedCollector | CollectorProcess, **options: Any) -> Analytics:
    """Analytics that does not linger."""
    defaults = {
        "write_key": KEY,
        "collector": collector.url,
        "app": APP,
        "limits": QUICK,
        "exit_timeout": 30,
    }
    return Analytics(**(defaults | options))


PROGRAM = """
import os, signal, sys, threading, time
from tracker.outbox import Limits
from tracker.server import Analytics, App

limits = Limits(batch_count=500, batch_bytes=480 * 1024, linger=10, first_backoff=20, last_backoff=80)

def analytics(**options):
    return Analytics({key!r}, {url!r}, App("acme", "acme_server", install_id="install-1"),
                     **{{"limits": limits, **options}})

"""


def start(url: str, code: str, *arguments: object, key: str = KEY) -> subprocess.Popen[str]:
    """Start a program that tracks; what it prints is in its pipes."""
    program = PROGRAM.format(key=key, url=url) + textwrap.dedent(code)
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(url: str, code: str, *arguments: object, key: str = KEY) -> tuple[str, str]:
    """Run a program that tracks until it ends well; what it wrote to its two pipes."""
    process = start(url, code, *arguments, key=key)
    output, errors = process.communicate(timeout=40)
    assert process.returncode == 0, errors
    return output, errors
