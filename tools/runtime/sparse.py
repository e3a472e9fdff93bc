"""A memory picture without its zeros, which are most of it.

The file is little-endian: the magic number, the length of the head, the number of runs and the
memory's size, 4 bytes each; the head, which is JSON; for each run where it begins and its length; the runs' bytes.
``web/runtime/memory.js`` reads it.
"""

from __future__ import annotations

import json
import re
import struct
from dataclasses import dataclass
from typing import Any

MAGIC = 0x4E55_5253  # "SRUN"
# Between two runs lie at least so many zeros: a new run costs 8 bytes and a copy of its own, zeros
# cost nothing once compressed.
GAP = 512
_ZEROS = re.compile(rb"\0{%d,}" % GAP)
# Of Pyodide's own file: the magic number, where memory begins, the length of the JSON; 16 bytes; a hash.
_PYODIDE_PREFIX = struct.Struct("<3I")
_PYODIDE_HEAD_BYTES = 48
_PYODIDE_MAGIC = 0x706E7300


@dataclass(frozen=True, slots=True)
class Picture:
    """What Pyodide calls a snapshot: the ``state`` of its JavaScript, and the whole ``memory``."""

    state: dict[str, Any]
    memory: bytes

    @classmethod
    def parse(cls, snapshot: bytes) -> Picture:
        """Take apart what ``makeMemorySnapshot()`` returned."""
        magic, start, json_bytes = _PYODIDE_PREFIX.unpack_from(snapshot)
        if magic != _PYODIDE_MAGIC:
            raise ValueError(f"Pyodide's snapshot begins with {magic:#x}, not {_PYODIDE_MAGIC:#x}")
        state = snapshot[_PYODIDE_HEAD_BYTES : _PYODIDE_HEAD_BYTES + json_bytes]
        return cls(json.loads(state), snapshot[start:])


def runs(memory: bytes) -> list[tuple[int, int]]:
    """Where the memory is not zero: the start and the end of each run, in order."""
    found: list[tuple[int, int]] = []
    start = 0
    for gap in _ZEROS.finditer(memory):
        # Aligned outwards, so that copies are of whole words.
        begin, end = -(-gap.start() // 16) * 16, gap.end() // 16 * 16
        if begin > start:
            found.append((start, begin))
        start = end
    if start < len(memory):
        found.append((start, len(memory)))
    return found


def pack(memory: bytes, head: dict[str, Any]) -> bytes:
    """The file for ``memory``, to be laid over a memory in which nothing is."""
    chosen = runs(memory)
    text = json.dumps(head, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 16)
    return b"".join(
        [
            struct.pack("<4I", MAGIC, len(text), len(chosen), len(memory)),
            text,
            *(struct.pack("<2I", start, end - start) for start, end in chosen),
            *(memory[start:end] for start, end in chosen),
        ]
    )
