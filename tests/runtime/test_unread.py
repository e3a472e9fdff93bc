"""Which constant data the hot part cannot come to read, on a small module of our own."""

from __future__ import annotations

import pytest

from tools.runtime.instructions import Use, numbers
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
TABLE = 2096  # named by the code of function 0, as the others are by that of the following ones
NEIGHBOUR = 8304  # stays with the table that ends there
OTHER = 10352
FURTHER = 11376
TEXT = 11888
VARIABLE = 12288
END = 16384
HEAP = 20_000
ADDED = b"\x6a"  # i32.add
COMPARED = b"\x46"  # i32.eq


def module(*words: tuple[int, int], uses: bytes = ADDED * 5) -> Module:
    """Functions that name an address each, and data with ``words`` at their places."""
    content = bytearray(b"\x07\x01\x91\xe9" * ((END - BEGIN) // 4))
    content[TEXT - BEGIN - 1 : TEXT - BEGIN + 12] = b"\0Host is away"
    content[TEXT - BEGIN + 11] = 0
    content[VARIABLE - BEGIN :] = bytes(END - VARIABLE)
    for at, word in words:
        content[at - BEGIN : at - BEGIN + 4] = word.to_bytes(4, "little")
    named = zip((TABLE, NEIGHBOUR, OTHER, FURTHER, TEXT), uses, strict=True)
    bodies = [b"\0\x20\0\x41" + signed(at) + bytes([use]) + b"\x0b" for at, use in named]
    return Module(
        binary(
            {
                Section.TYPE: counted([b"\x60" + sized(bytes([I32])) + sized(bytes([I32]))]),
                Section.FUNCTION: counted([unsigned(0)] * 5),
                Section.MEMORY: counted([b"\0" + unsigned(1)]),
                Section.CODE: counted(map(sized, bodies)),
                Section.DATA: counted(
                    [b"\0\x41" + signed(BEGIN) + b"\x0b" + sized(bytes(content))]
                ),
            }
        )
    )


def found(
    hot: set[int],
    *changed: tuple[int, int],
    constant: tuple[tuple[int, int], ...] = (),
    uses: bytes = ADDED * 5,
) -> list[tuple[int, int]]:
    """What is apart where memory has the words ``changed`` since Python is up."""
    made = module(*constant, uses=uses)
    memory = bytearray(65536)
    for start, content in made.data():
        memory[start : start + len(content)] = content
    memory[VARIABLE] = 1
    for at, word in changed:
        memory[at : at + 4] = word.to_bytes(4, "little")
    return unread(made, hot, bytes(memory))


def is_apart(ranges: list[tuple[int, int]], address: int) -> bool:
    return any(start <= address < end for start, end in ranges)


def test_data_that_only_cold_code_names_is_apart() -> None:
    apart = found({0})

    assert is_apart(apart, OTHER + 64)
    assert is_apart(apart, VARIABLE - 4)
    assert not is_apart(apart, TABLE)


def test_a_table_that_hot_code_names_stays_to_its_end() -> None:
    apart = found({0})

    assert not any(is_apart(apart, address) for address in range(TABLE, NEIGHBOUR))


def test_a_number_that_is_only_compared_or_is_in_a_variable_ends_no_table() -> None:
    """It is a limit, say, or a hash."""
    compared = ADDED + COMPARED + ADDED * 3
    apart = found({0}, (VARIABLE + 8, TABLE + 1200), uses=compared)

    assert not any(is_apart(apart, address) for address in range(TABLE, OTHER))
    assert is_apart(apart, FURTHER)


def test_the_end_of_what_is_before_a_table_stays_and_no_more_of_it() -> None:
    apart = found({1})

    assert not any(is_apart(apart, each) for each in range(NEIGHBOUR - 4096, NEIGHBOUR))
    assert is_apart(apart, NEIGHBOUR - 4200)


def test_a_structure_or_a_text_that_the_heap_names_stays() -> None:
    structure = ((OTHER, TEXT), (OTHER + 4, 3))

    assert is_apart(found({0}, constant=structure), OTHER)
    assert not is_apart(found({0}, (HEAP, OTHER), constant=structure), OTHER)
    assert is_apart(found({0}), TEXT - 64)
    assert not is_apart(found({0}, (HEAP, TEXT)), TEXT)


def test_what_the_text_of_a_structure_that_stays_says_stays() -> None:
    structure = tuple((OTHER + at, TEXT if at == 0 else 3) for at in range(0, 48, 4))

    assert not is_apart(found({0}, (HEAP, OTHER), constant=structure), TEXT)


def test_a_word_of_the_heap_that_is_an_address_by_chance_keeps_nothing() -> None:
    assert is_apart(found({0}, (HEAP, OTHER)), OTHER)
    assert is_apart(found({0}, (HEAP, OTHER + 64)), OTHER + 64)


def test_a_word_among_data_that_is_an_address_by_chance_keeps_nothing() -> None:
    assert is_apart(found({0}, constant=((TABLE + 64, OTHER),)), OTHER)


def test_a_table_that_a_variable_names_stays_if_the_variable_does() -> None:
    assert not is_apart(found({0}, (VARIABLE + 8, OTHER), (HEAP, VARIABLE)), OTHER + 64)
    assert is_apart(found({0}, (VARIABLE + 8, OTHER)), OTHER + 64)
    assert is_apart(found({0}, (VARIABLE + 8, OTHER + 1), (HEAP, VARIABLE)), OTHER + 64)


def test_variables_are_never_apart() -> None:
    apart = found(set())

    assert apart
    assert all(end <= VARIABLE for _, end in apart)


def test_blanked_memory_has_the_filler_in_the_ranges_and_nowhere_else() -> None:
    assert blanked(b"abcdef", [(1, 3), (5, 6)], 0xAA) == b"a\xaa\xaade\xaa"


def test_numbers_are_constants_and_offsets_with_what_becomes_of_them() -> None:
    loaded = b"\x28\2" + unsigned(300)  # i32.load
    body = b"\0\x41" + signed(5000) + loaded + b"\x41" + signed(6000) + b"\x1a"
    body += b"\x41" + signed(7000) + COMPARED + b"\x42\7\x0b"

    assert numbers(body) == [
        (5000, Use.TABLE),
        (6000, Use.ANY),
        (7000, Use.RARE),
        (300, Use.TABLE),
    ]


def test_a_number_that_is_multiplied_or_masked_is_no_address() -> None:
    assert numbers(b"\0\x41" + signed(1664525) + b"\x6c\x41" + signed(4096) + b"\x71\x0b") == []


def test_an_instruction_that_is_not_known_is_named() -> None:
    with pytest.raises(ValueError, match="0xff"):
        numbers(b"\0\xff\x0b")
