"""Which constant data the hot part cannot come to read, on a small module of our own."""

from __future__ import annotations

import pytest

from tools.runtime.instructions import numbers
from tools.runtime.unread import blanked, unread
from tools.runtime.wasm import (
    I32,
    Module,
    Section,
    binary,
    counted,
    signed,
    sized,
    unsigned,
)

BEGIN = 1024
TABLE = 2048  # named by the code of function 0
NEIGHBOUR = 8192  # named by the code of function 1; it stays with what is beside it
OTHER = 10240  # named by the code of function 2
VARIABLE = 12288
END = 16384


def module() -> Module:
    """Three functions that load from a table each."""
    content = bytearray(b"\xe9" * (END - BEGIN))
    content[VARIABLE - BEGIN :] = bytes(END - VARIABLE)
    bodies = [b"\0\x41" + signed(at) + b"\x28\2\0\x0b" for at in (TABLE, NEIGHBOUR, OTHER)]
    return Module(
        binary(
            {
                Section.TYPE: counted([b"\x60\0" + sized(bytes([I32]))]),
                Section.FUNCTION: counted([unsigned(0)] * 3),
                Section.MEMORY: counted([b"\0" + unsigned(1)]),
                Section.CODE: counted(map(sized, bodies)),
                Section.DATA: counted(
                    [b"\0\x41" + signed(BEGIN) + b"\x0b" + sized(bytes(content))]
                ),
            }
        )
    )


def picture(*words: tuple[int, int]) -> bytes:
    """The memory of a Python that is up: one variable has changed, and ``words`` are at their places."""
    memory = bytearray(65536)
    for start, content in module().data():
        memory[start : start + len(content)] = content
    memory[VARIABLE] = 1
    for at, word in words:
        memory[at : at + 4] = word.to_bytes(4, "little")
    return bytes(memory)


def is_apart(ranges: list[tuple[int, int]], address: int) -> bool:
    return any(start <= address < end for start, end in ranges)


def test_data_that_only_cold_code_names_is_apart() -> None:
    found = unread(module(), {0}, picture())

    assert is_apart(found, OTHER + 64)
    assert is_apart(found, VARIABLE - 4)
    assert not is_apart(found, TABLE)


def test_a_table_that_hot_code_names_stays_to_its_end() -> None:
    found = unread(module(), {0}, picture())

    assert not any(is_apart(found, address) for address in range(TABLE, NEIGHBOUR))


def test_what_the_heap_names_stays() -> None:
    found = unread(module(), {0}, picture((20_000, OTHER)))

    assert not is_apart(found, OTHER)


def test_what_a_variable_names_stays_if_the_variable_does() -> None:
    found = unread(module(), {0}, picture((VARIABLE + 8, OTHER + 128), (20_000, VARIABLE)))

    assert not is_apart(found, OTHER + 128)


def test_variables_are_never_apart() -> None:
    found = unread(module(), set(), picture())

    assert found
    assert all(end <= VARIABLE for _, end in found)


def test_blanked_memory_has_the_filler_in_the_ranges_and_nowhere_else() -> None:
    assert blanked(b"abcdef", [(1, 3), (5, 6)], 0xAA) == b"a\xaa\xaade\xaa"


def test_numbers_are_constants_and_offsets() -> None:
    body = b"\0\x41" + signed(5000) + b"\x28\2" + unsigned(300) + b"\x42\7\x1a\x0b"

    assert numbers(body) == [5000, 300]


def test_an_instruction_that_is_not_known_is_named() -> None:
    with pytest.raises(ValueError, match="0xff"):
        numbers(b"\0\xff\x0b")
