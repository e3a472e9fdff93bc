"""Progress lines, and commands that speak only when they fail."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"
HEARTBEAT_SECONDS = 15
TAIL_LINES = 40


class BuildError(Exception):
    """Something the person at the terminal can mend; the message is printed without a traceback."""


@contextmanager
def step(title: str) -> Generator[None]:
    """Say that ``title`` begins, that it still runs every 15 s, and how long it took."""
    print(f"  {title} ...", flush=True)
    started = time.monotonic()
    finished = threading.Event()

    def beat() -> None:
        while not finished.wait(HEARTBEAT_SECONDS):
            print(f"  {title}: still at it after {time.monotonic() - started:.0f} s", flush=True)

    threading.Thread(target=beat, daemon=True).start()
    try:
        yield
    finally:
        finished.set()
    print(f"  {title}: done in {time.monotonic() - started:.1f} s", flush=True)


def run(
    command: Sequence[str | Path], *, env: Mapping[str, str] | None = None, mend: str = ""
) -> str:
    """Run ``command`` in the repository quietly and return its standard output.

    Raises:
        BuildError: it could not start or failed; the message ends with what it printed, and ``mend``.
    """
    words = [str(word) for word in command]
    try:
        result = subprocess.run(
            words, cwd=ROOT, env=env, capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise BuildError(f"Could not run {words[0]}: {error.strerror}. {mend}".rstrip()) from error
    if result.returncode != 0:
        tail = "\n".join((result.stdout + result.stderr).splitlines()[-TAIL_LINES:])
        raise BuildError(
            f"{' '.join(words[:6])} failed (exit code {result.returncode}):\n{tail}\n{mend}".rstrip()
        )
    return result.stdout


def report(error: BuildError) -> int:
    """Print ``error`` for a person and return the exit code of a failed build."""
    print(f"\nerror: {error}", file=sys.stderr, flush=True)
    return 1
