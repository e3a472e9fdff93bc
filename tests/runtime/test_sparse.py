"""The file that memory is restored from."""

from __future__ import annotations

import json
import struct
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.runtime.sparse import GAP, MAGIC, Picture, pack, runs

memories = st.lists(
    st.one_of(st.binary(max_size=40), st.integers(0, 3 * GAP).map(bytes)), max_size=12
).map(b"".join)


def restored(file: bytes) -> tuple[dict[str, object], bytes]:
    """What ``web/runtime/memory.js`` makes of a file."""
    magic, head_bytes, count, size = struct.unpack_from("<4I", file)
    assert magic == MAGIC
    memory = bytearray(size)
    directory = struct.unpack_from(f"<{2 * count}I", file, 16 + head_bytes)
    at = 16 + head_bytes + 8 * count
    for start, length in zip(directory[::2], directory[1::2], strict=True):
        memory[start : start + length] = file[at : at + length]
        at += length
    assert at == len(file)
    return json.loads(file[16 : 16 + head_bytes]), bytes(memory)


@given(memory=memories)
def test_what_is_packed_is_restored_byte_for_byte(memory: bytes) -> None:
    assert restored(pack(memory, {"head": ["é", 1]})) == ({"head": ["é", 1]}, memory)


@given(memory=memories)
def test_runs_are_in_order_apart_and_leave_nothing_out(memory: bytes) -> None:
    found = runs(memory)

    assert all(start < end for start, end in found)
    assert all(end < start for (_, end), (start, _) in pairwise(found))
    kept = bytearray(memory)
    for start, end in found:
        kept[start:end] = bytes(end - start)
    assert not any(kept)


def test_zeros_are_not_stored() -> None:
    memory = b"a" + bytes(1_000_000) + b"b"

    assert len(pack(memory, {})) < 200


def test_a_snapshot_of_another_format_is_refused_with_what_it_begins_with() -> None:
    with pytest.raises(ValueError, match="0x21646e69"):
        Picture.parse(b"ind!" + bytes(60))
