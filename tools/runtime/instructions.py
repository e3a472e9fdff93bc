"""Walks through the code of a function, for the numbers in it that may be addresses."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from tools.runtime.wasm import Reader

if TYPE_CHECKING:
    from collections.abc import Callable

_I32_CONST = 0x41
_LOADS_AND_STORES = range(0x28, 0x3F)
_OTHER_MEMORY = 0x40  # in the alignment: the number of a memory follows
_PREFIXED, _VECTOR = 0xFC, 0xFD
_VECTOR_MEMORY = {*range(12), 92, 93}
_VECTOR_LANE_MEMORY = range(84, 92)
_ADD, _SUBTRACT, _OR = 0x6A, 0x6B, 0x72
# i32.mul to i32.rem_u, i32.and, i32.xor to i32.rotr
_ARITHMETIC = {*range(0x6C, 0x72), *range(0x73, 0x79)}
_COMPARISONS = range(0x45, 0x50)


class Use(Enum):
    """What a function does with a number next, as far as that tells whether it is an address."""

    TABLE = auto()
    """It is loaded from or stored to, or something is added, which makes it the beginning of a table."""
    ANY = auto()
    """It goes to a variable or to another function."""
    RARE = auto()
    """It is compared or subtracted, as addresses are at times."""


def numbers(body: bytes) -> list[tuple[int, Use]]:
    """The 32-bit constants of ``body``, and the offsets of its loads and stores, without their signs.

    A constant that is multiplied, shifted or masked at once is no address, and left out.

    Raises:
        ValueError: it has an instruction that is not known here.
    """
    found: list[tuple[int, Use]] = []
    offsets: list[int] = []
    reader = Reader(body)
    for _ in range(reader.unsigned()):
        reader.unsigned()
        reader.byte()
    while reader.at < len(body):
        code = reader.byte()
        if code == _I32_CONST:
            number = reader.signed() & 0xFFFF_FFFF
            if (use := _use(body[reader.at])) is not None:
                found.append((number, use))
        elif code in _LOADS_AND_STORES:
            offsets.append(_offset(reader))
        elif code == _VECTOR:
            _skip_vector(reader, offsets)
        elif code in _SKIP:
            _SKIP[code](reader)
        else:
            raise ValueError(f"instruction {code:#x} is not known: the build has to learn of it")
    return found + [(offset, Use.TABLE) for offset in offsets]


def _use(following: int) -> Use | None:
    """What the instruction after a constant says of it."""
    if following in _ARITHMETIC:
        return None
    if following in _COMPARISONS or following in {_SUBTRACT, _OR}:
        return Use.RARE
    return Use.TABLE if following == _ADD or following in _LOADS_AND_STORES else Use.ANY


def _offset(reader: Reader) -> int:
    if reader.unsigned() & _OTHER_MEMORY:
        reader.unsigned()
    return reader.unsigned()


def _skip_vector(reader: Reader, found: list[int]) -> None:
    code = reader.unsigned()
    if code in _VECTOR_MEMORY:
        found.append(_offset(reader))
    elif code in _VECTOR_LANE_MEMORY:
        found.append(_offset(reader))
        reader.byte()
    elif code in {12, 13}:
        reader.taken(16)
    elif code in range(21, 35):
        reader.byte()


def _nothing(_: Reader) -> None:
    pass


def _one(reader: Reader) -> None:
    reader.unsigned()


def _two(reader: Reader) -> None:
    reader.unsigned()
    reader.unsigned()


def _targets(reader: Reader) -> None:
    for _ in range(reader.unsigned() + 1):
        reader.unsigned()


def _prefixed(reader: Reader) -> None:
    code = reader.unsigned()
    if code in {8, 10, 12, 14}:  # memory.init, memory.copy, table.init, table.copy
        _two(reader)
    elif code > 7:  # up to there they are conversions
        reader.unsigned()


_SKIP: dict[int, Callable[[Reader], object]] = {
    **dict.fromkeys((0x00, 0x01, 0x05, 0x0A, 0x0B, 0x0F, 0x19, 0x1A, 0x1B, 0xD1), _nothing),
    **dict.fromkeys(range(0x45, 0xC5), _nothing),
    # Blocks and numbers; a block's type is signed, and as long either way.
    **dict.fromkeys((0x02, 0x03, 0x04, 0x06, 0x42, 0xD0), _one),
    **dict.fromkeys((0x07, 0x08, 0x09, 0x0C, 0x0D, 0x10, 0x12, 0x18, 0xD2), _one),
    **dict.fromkeys((*range(0x20, 0x27), 0x3F, 0x40), _one),
    **dict.fromkeys((0x11, 0x13), _two),
    0x0E: _targets,
    0x1C: lambda reader: reader.taken(reader.unsigned()),
    0x43: lambda reader: reader.taken(4),
    0x44: lambda reader: reader.taken(8),
    _PREFIXED: _prefixed,
}
