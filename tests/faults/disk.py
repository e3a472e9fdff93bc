"""Disks that are bad: slow, failing, or full. Each for real, and for the collector alone."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Generator
from pathlib import Path

import pytest

_SHIM = Path(__file__).with_name("slow_disk.c")


class BadDisk:
    """Flushes of the programs that start in its ``with`` block obey it, also after the block."""

    def __init__(self, folder: Path) -> None:
        self._library = folder / "slow_disk.so"
        self._control = folder / "disk-fault"
        self.set()

    def set(self, *, milliseconds: int = 0, error: int = 0) -> None:
        """From now on each flush takes so much longer, and fails with that error number."""
        new = self._control.with_suffix(".new")
        new.write_text(f"{milliseconds} {error}")
        new.replace(self._control)

    def build(self) -> None:
        """Compile the library; the test fails where there is no C compiler."""
        command = ("cc", "-shared", "-fPIC", "-O1", "-o", str(self._library), str(_SHIM))
        try:
            subprocess.run(command, check=True, capture_output=True, text=True)
        except FileNotFoundError:
            pytest.fail("This test compiles a small library; install a C compiler (cc).")
        except subprocess.CalledProcessError as error:
            pytest.fail(f"The library for slow flushes does not compile here: {error.stderr}")

    @contextlib.contextmanager
    def under(self) -> Generator[None]:
        """Have programs that start in this block use the disk."""
        os.environ["LD_PRELOAD"] = str(self._library)
        os.environ["DISK_FAULT"] = str(self._control)
        try:
            yield
        finally:
            del os.environ["LD_PRELOAD"], os.environ["DISK_FAULT"]


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Generator[Path]:
    """Mount a file system in memory, of that size; the test fails where it may not."""
    folder.mkdir()
    size = f"size={megabytes}m"
    command = ("mount", "-t", "tmpfs", "-o", size, "tracker-test", str(folder))
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (FileNotFoundError, subprocess.CalledProcessError) as error:
        pytest.fail(f"This test mounts a small tmpfs, which takes root on Linux: {error}")
    try:
        yield folder
    finally:
        subprocess.run(("umount", str(folder)), check=True)
