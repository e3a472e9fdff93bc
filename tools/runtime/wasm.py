"""As much of WebAssembly's binary format as the split needs: sections, numbers, vectors.

Function bodies stay bytes: nothing in here knows an instruction. Names are those of the
specification (https://webassembly.github.io/spec/core/binary/).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_HEADER = b"\0asm\1\0\0\0"
FUNCREF = 0x70
I32 = 0x7F
_FUNCTION_TYPE = 0x60
_TYPED_REFERENCES = (0x63, 0x64)


class Section(IntEnum):
    """A section's id."""

    CUSTOM = 0
    TYPE = 1
    IMPORT = 2
    FUNCTION = 3
    TABLE = 4
    MEMORY = 5
    GLOBAL = 6
    EXPORT = 7
    START = 8
    ELEMENT = 9
    CODE = 10
    DATA = 11
    DATA_COUNT = 12
    TAG = 13


class Kind(IntEnum):
    """What an import or an export is."""

    FUNCTION = 0
    TABLE = 1
    MEMORY = 2
    GLOBAL = 3
    TAG = 4


@dataclass(frozen=True, slots=True)
class FunctionType:
    """The value types of a function's parameters and results, each one byte."""

    parameters: bytes
    results: bytes


class Reader:
    """Reads numbers, names and vectors of bytes, one after the other."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def byte(self) -> int:
        """One byte."""
        self.at += 1
        return self.data[self.at - 1]

    def unsigned(self) -> int:
        """An unsigned LEB128 number."""
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def signed(self) -> int:
        """A signed LEB128 number."""
        start = self.at
        value = self.unsigned()
        bits = 7 * (self.at - start)
        return value - (1 << bits) if value >> (bits - 1) else value

    def taken(self, size: int) -> bytes:
        """The next ``size`` bytes."""
        self.at += size
        return self.data[self.at - size : self.at]

    def vector(self) -> bytes:
        """A length and so many bytes."""
        return self.taken(self.unsigned())

    def rest(self) -> bytes:
        """All that is left."""
        return self.taken(len(self.data) - self.at)


def unsigned(value: int) -> bytes:
    """``value`` in unsigned LEB128."""
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def signed(value: int) -> bytes:
    """``value`` in signed LEB128."""
    out = bytearray()
    while not -0x40 <= value < 0x40:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value & 0x7F)
    return bytes(out)


def sized(content: bytes) -> bytes:
    """``content`` after its length."""
    return unsigned(len(content)) + content


def name(text: str) -> bytes:
    """A name."""
    return sized(text.encode())


def prefixed(body: bytes, code: bytes) -> bytes:
    """A function's ``body``, which begins with its locals, with ``code`` before all else that it does."""
    reader = Reader(body)
    for _ in range(reader.unsigned()):
        reader.unsigned()
        reader.byte()
    return body[: reader.at] + code + body[reader.at :]


def counted(items: Iterable[bytes]) -> bytes:
    """A vector: how many there are, and each."""
    listed = list(items)
    return unsigned(len(listed)) + b"".join(listed)


class Module:
    """A module as its sections' contents, and apart from them custom ones, which say nothing to an engine."""

    def __init__(self, binary: bytes) -> None:
        if not binary.startswith(_HEADER):
            raise ValueError("this is no WebAssembly module")
        reader = Reader(binary)
        reader.at = len(_HEADER)
        self.sections: dict[Section, bytes] = {}
        self.custom: list[bytes] = []
        while reader.at < len(binary):
            section = Section(reader.byte())
            content = reader.vector()
            if section is Section.CUSTOM:
                self.custom.append(content)
            else:
                self.sections[section] = content

    def items(self, section: Section) -> tuple[int, Reader]:
        """How many items ``section`` has, and a reader at the first of them."""
        reader = Reader(self.sections.get(section, b"\0"))
        return reader.unsigned(), reader

    def longer(self, section: Section, items: list[bytes]) -> bytes:
        """The content of ``section`` with ``items`` after what it has."""
        count, reader = self.items(section)
        return unsigned(count + len(items)) + reader.rest() + b"".join(items)

    def types(self) -> list[FunctionType]:
        """The types, all of which have to be of plain functions."""
        count, reader = self.items(Section.TYPE)
        types: list[FunctionType] = []
        for _ in range(count):
            if reader.byte() != _FUNCTION_TYPE:
                raise ValueError("a type is not of a function: the split has to learn of it")
            parameters, results = reader.vector(), reader.vector()
            if any(byte in _TYPED_REFERENCES for byte in parameters + results):
                raise ValueError("a value type is longer than a byte: the split has to learn of it")
            types.append(FunctionType(parameters, results))
        return types

    def imports(self) -> dict[str, Kind]:
        """The kind of each import by its name; functions and globals are all there may be."""
        count, reader = self.items(Section.IMPORT)
        found: dict[str, Kind] = {}
        for _ in range(count):
            reader.vector()
            field = reader.vector().decode()
            found[field] = Kind(reader.byte())
            if found[field] is Kind.FUNCTION:
                reader.unsigned()
            elif found[field] is Kind.GLOBAL:
                reader.taken(2)
            else:
                raise ValueError(f"the import {field} is neither a function nor a global")
        return found

    def functions(self) -> list[int]:
        """The type of each function that is defined here."""
        count, reader = self.items(Section.FUNCTION)
        return [reader.unsigned() for _ in range(count)]

    def bodies(self) -> list[bytes]:
        """The code of each function that is defined here."""
        count, reader = self.items(Section.CODE)
        return [reader.vector() for _ in range(count)]

    def exports(self) -> dict[str, tuple[Kind, int]]:
        """The kind and index of each export."""
        count, reader = self.items(Section.EXPORT)
        found: dict[str, tuple[Kind, int]] = {}
        for _ in range(count):
            field = reader.vector().decode()
            found[field] = (Kind(reader.byte()), reader.unsigned())
        return found

    def data(self) -> list[tuple[int, bytes]]:
        """Each piece of data and where it belongs, all of which has to be known in advance."""
        count, reader = self.items(Section.DATA)
        pieces: list[tuple[int, bytes]] = []
        for _ in range(count):
            if reader.taken(2) != b"\0\x41":
                raise ValueError("a piece of data has no fixed place: the split has to learn of it")
            start = reader.signed()
            reader.byte()  # the end
            pieces.append((start, reader.vector()))
        return pieces


# The order that the specification wants; a tag section comes after the memories.
_ORDER = (
    *(Section.TYPE, Section.IMPORT, Section.FUNCTION, Section.TABLE, Section.MEMORY, Section.TAG),
    *(Section.GLOBAL, Section.EXPORT, Section.START, Section.ELEMENT, Section.DATA_COUNT),
    *(Section.CODE, Section.DATA),
)


def binary(sections: dict[Section, bytes], custom: Iterable[bytes] = ()) -> bytes:
    """The module of ``sections``, the ``custom`` ones first."""
    parts = [bytes([Section.CUSTOM]) + sized(each) for each in custom]
    parts += [bytes([each]) + sized(sections[each]) for each in _ORDER if each in sections]
    return _HEADER + b"".join(parts)
