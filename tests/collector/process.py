"""``tracker serve`` as a process of its own, for what only a process can show."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

import httpx

START_SECONDS = 30


class ServeProcess:
    """A running ``tracker serve`` on a free port; ends with its ``with`` block."""

    def __init__(self, data: Path, *arguments: str, port: int = 0, key: str = "k") -> None:
        self.data = data
        self._arguments = ("--port", str(port), "--data", str(data), "--write-key", key, *arguments)
        self.output = ""

    def __enter__(self) -> Self:
        self.process = start(*self._arguments)
        assert self.process.stdout is not None
        deadline = time.monotonic() + START_SECONDS
        while "Ctrl-C" not in self.output:
            line = self.process.stdout.readline()
            assert line, self.output
            assert time.monotonic() < deadline
            self.output += line
        found = re.search(r"Admin +(http://[^/]+)/", self.output)
        assert found
        self.url = found.group(1)
        self.client = httpx.Client(base_url=self.url, auth=("k", ""), timeout=10)
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def end(self, how: signal.Signals) -> tuple[int, str]:
        """Send a signal and wait; the exit code, and what was printed since the start."""
        self.process.send_signal(how)
        rest, _ = self.process.communicate(timeout=20)
        return self.process.returncode, rest


def start(*arguments: str) -> subprocess.Popen[str]:
    """Start ``tracker serve`` with its output in one pipe."""
    return subprocess.Popen(
        [sys.executable, "-m", "tracker.cli", "serve", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


def output_of(*arguments: str) -> tuple[int, str]:
    """Exit code and output of a ``tracker serve`` that ends by itself."""
    process = start(*arguments)
    text, _ = process.communicate(timeout=START_SECONDS)
    return process.returncode, text
