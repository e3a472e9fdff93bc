"""A build in steps, each done once per content of what it is made from."""

from __future__ import annotations

import hashlib
import os
import shutil
from typing import TYPE_CHECKING

from tools.console import CACHE, BuildError, run, step

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

STEPS = CACHE / "runtime"


def once(name: str, made_from: Sequence[Path | str], make: Callable[[Path], None]) -> Path:
    """Return the file or folder that ``make`` makes at the path it is given, from the cache if it can be.

    ``made_from`` is everything that the result depends on: files count by their content, folders by
    the names and contents of their files.
    """
    path = STEPS / f"{name}-{_digest(made_from)[:16]}"
    if path.exists():
        return path
    STEPS.mkdir(parents=True, exist_ok=True)
    partial = STEPS / f"{path.name}.{os.getpid()}.part"
    with step(f"Runtime: {name}"):
        make(partial)
    if not partial.exists():
        raise BuildError(f"The step {name!r} of the lean runtime made nothing.")
    try:
        partial.replace(path)
    except OSError:  # another build was faster: a folder is there already, and is the same
        shutil.rmtree(partial)
    return path


def node(script: Path, *arguments: Path | str, step_name: str) -> str:
    """Run ``script`` with Node; where it fails, the error names the step that no longer fits."""
    return run(
        ["node", script, *arguments],
        mend=f"The step {step_name!r} of the lean runtime (tools/runtime) failed. "
        "After an upgrade of Pyodide, see docs/runtime.md.",
    )


def _digest(made_from: Sequence[Path | str]) -> str:
    digest = hashlib.sha256()
    for item in made_from:
        if isinstance(item, str):
            digest.update(f"text {len(item)}\0{item}".encode())
            continue
        files = (
            sorted(path for path in item.rglob("*") if path.is_file()) if item.is_dir() else [item]
        )
        for path in files:
            content = path.read_bytes()
            name = path.relative_to(item) if item.is_dir() else item.name
            digest.update(f"file {name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()
