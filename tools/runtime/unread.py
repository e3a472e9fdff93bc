"""Which constant data of the module only the cold part reads, so that it may come with that part.

C's data has no names in a module. But an address can come from two places only: a number in some
function's code, or a word in memory. Those in code and in C's variables cut the data into pieces. A piece stays if it is
named by the code of a hot function, or by a word of the heap, or by a word of another piece that stays;
what is left can be reached through cold functions alone, and before the first of them runs the
cold part is there, with its data.

What code may compute from an address is met with margins. Of what a hot function names, the pieces on
both sides stay (of a long one before it, the end); a text stays to its end; anything else until some
code surely has a table, since many a number that cuts the data is no address. Prose is an exception: a text that a method's or a type's definition has as its docstring
goes, wherever the definition is. A hot function that shows a docstring would find an empty one.

Many a word is an address by chance alone: two letters of Unicode, a piece of bytecode, a hash. Such a
word would keep a table of a hundred thousand bytes. So a word is an address of a text wherever one
begins, but of anything else only where that is likely: C's structures have addresses and small
numbers side by side, and its tables begin at multiples of 16. The build's step `checked`, and the tests
with rubbish in place of all that is apart, would find a table that this is wrong about.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from tools.runtime.instructions import Use, numbers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tools.runtime.wasm import Module

Range = tuple[int, int]
"""Where it begins, and where it ends."""

WORD = 4
AFTER_CODE = 512
AFTER_POINTER = 256
BEFORE_CODE = 4096
STRUCTURE = 4
TABLE_ALIGNMENT = 16
# A shorter range is not worth the header that it needs in the cold part.
SHORTEST = 64
# What is shorter may be a number.
_TEXT_BYTES = 4
# A docstring is at least so long, and stands at most so many words after its definition's name.
_PROSE_BYTES = 20
_NAME_BEFORE = 4
_PLAIN = 1 << 16
_ROUND_BITS = 2
_SMALL = 20_000  # flags and numbers of functions, which stand between the two
_TYPE_NAME_BEFORE = 19  # PyTypeObject: tp_name, and tp_doc
_LONGEST_TEXT = 8192
_NAME = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.")


def unread(module: Module, hot: set[int], memory: bytes) -> list[Range]:
    """The ranges of constant data that no function of ``hot``, by index, can come to read.

    ``memory`` is that of a picture. Constant is what lies before the first byte that differs there
    from what the module's own data says.
    """
    data = module.data()
    begin = min(start for start, _ in data)
    end = max(start + len(content) for start, content in data)
    uses = [numbers(body) for body in module.bodies()]
    constant = min(_first_difference(memory, start, content) for start, content in data)
    search = _Search(memory, begin, end, constant, {each for found in uses for each in found})
    for address in {address for index in hot for address, _ in uses[index]}:
        search.keep_named_by_code(address)
    search.keep_named_by_heap()
    search.follow()
    return [
        (start, min(stop, constant))
        for start, stop in search.left()
        if min(stop, constant) - start >= SHORTEST and any(memory[start : min(stop, constant)])
    ]


def blanked(memory: bytes, ranges: Iterable[Range], filler: int = 0) -> bytes:
    """``memory`` with nothing in ``ranges``."""
    out = bytearray(memory)
    for start, end in ranges:
        out[start:end] = bytes([filler]) * (end - start)
    return bytes(out)


def _first_difference(memory: bytes, start: int, content: bytes) -> int:
    if memory.startswith(content, start):
        return len(memory)
    return next(start + at for at, byte in enumerate(content) if memory[start + at] != byte)


def _is_round(number: int) -> bool:
    """Whether it is rather a limit or a flag than an address: 0x80000, 0x10FFFF."""
    return min(number.bit_count(), (number + 1).bit_count()) <= _ROUND_BITS


class _Search:
    def __init__(
        self, memory: bytes, begin: int, end: int, constant: int, uses: set[tuple[int, Use]]
    ) -> None:
        self.memory, self.begin, self.constant, self.end = memory, begin, constant, end
        self.words = array("I", memory[: len(memory) // WORD * WORD])
        variables = self.words[constant // WORD : end // WORD]
        solid = {begin, constant, *variables, *(address for address, _ in uses)}
        # The starts of pieces: where one certainly begins, and where a text does.
        self.solid = sorted(each for each in solid if begin <= each < end)
        likely = [(each, use) for each, use in uses if not _is_round(each)]
        self.tables = sorted({each for each, use in likely if use is Use.TABLE})
        self.addresses = {each for each, use in likely if use is not Use.RARE}
        texts = {each for each in self.words if begin < each < end and self._begins_text(each)}
        self.begins = texts.union(self.solid)
        # A text's end begins a piece too, and the end of a long piece is a piece of its own.
        ends = {self._text_end(each) for each in texts}
        ends |= {each - BEFORE_CODE for each in self.solid if each - BEFORE_CODE > begin}
        self.starts = sorted(self.begins | ends)
        self.kept = bytearray(len(self.starts))
        self.waiting: list[int] = []

    def keep_named_by_code(self, address: int) -> None:
        if not self.begin <= address < self.end:
            return
        at = bisect_right(self.solid, address) - 1
        first, last = self.solid[at], self._next(self._next(address + 1) + 1)
        before = max(self.solid[at - 1], first - BEFORE_CODE) if at else first
        if self._is_text(address):
            enough = self._next(self._text_end(address))
        elif address in self.addresses:
            enough = self._next_table(address + AFTER_CODE)
        else:
            enough = self._next(address + AFTER_CODE)
        self._keep_from(before, max(last, enough))

    def keep_named_by_heap(self) -> None:
        """A heap has more of everything else than of addresses: each has to be where a piece begins."""
        for at in range(-(-self.end // WORD), len(self.words)):
            address = self.words[at]
            if self.constant <= address < self.end or (
                address in self.begins and (self._is_string(address) or self._is_structure(address))
            ):
                self._keep_named(at)

    def follow(self) -> None:
        """Keep what is named by words of what is kept."""
        while self.waiting:
            start, end = self._range(self.waiting.pop())
            first, last = -(-start // WORD), end // WORD
            for at in range(first, last):
                if not self.begin <= self.words[at] < self.end:
                    continue
                if start >= self.constant or self._is_address_in_constants(at, first, last):
                    self._keep_named(at)

    def _keep_named(self, at: int) -> None:
        """Keep what the word with the number ``at`` names, where that is likely to be something."""
        address = self.words[at]
        if self._is_docstring(at, address):
            return
        if self._is_string(address):
            self._keep_from(address, self._text_end(address))
        elif (
            address >= self.constant
            or address % TABLE_ALIGNMENT == 0
            or self._is_structure(address)
        ):
            self._keep_from(address, self._next(address + AFTER_POINTER))

    def _is_address_in_constants(self, at: int, first: int, last: int) -> bool:
        around = range(max(first, at - STRUCTURE), min(last, at + STRUCTURE + 1))
        plain = sum(self._is_plain(self.words[each]) for each in around if each != at)
        if self.words[at] in self.begins and self._is_text(self.words[at]):
            return plain >= STRUCTURE
        return plain == len(around) - 1 and any(
            self.words[each] in self.begins or self.words[each] >= self.constant for each in around
        )

    def _is_structure(self, address: int) -> bool:
        """Whether what is there may be one of C's structures."""
        words = self.words[address // WORD : address // WORD + 2]
        return address % WORD == 0 and all(map(self._is_plain, words))

    def _is_plain(self, word: int) -> bool:
        """Whether it is an address, or a number such as structures have."""
        is_variable = self.constant <= word < self.end and word % WORD == 0
        return word in self.begins or is_variable or min(word, 2**32 - word) < _PLAIN

    def left(self) -> Iterable[Range]:
        start = None
        for piece, kept in enumerate(self.kept):
            if kept and start is not None:
                yield start, self.starts[piece]
                start = None
            elif not kept and start is None:
                start = self.starts[piece]
        if start is not None:
            yield start, self.end

    def _piece(self, address: int) -> int:
        return bisect_right(self.starts, address) - 1

    def _next(self, address: int) -> int:
        """Where a piece certainly begins, at ``address`` or after it."""
        found = bisect_left(self.solid, address)
        return self.solid[found] if found < len(self.solid) else self.end

    def _next_table(self, address: int) -> int:
        """Where some code has a table, at ``address`` or after it."""
        found = bisect_left(self.tables, address)
        return self.tables[found] if found < len(self.tables) else self.end

    def _begins_text(self, address: int) -> bool:
        return not self.memory[address - 1] and self._is_text(address)

    def _range(self, piece: int) -> Range:
        following = piece + 1
        return self.starts[piece], (
            self.starts[following] if following < len(self.starts) else self.end
        )

    def _keep(self, piece: int) -> None:
        if 0 <= piece < len(self.starts) and not self.kept[piece]:
            self.kept[piece] = 1
            self.waiting.append(piece)

    def _keep_from(self, address: int, end: int) -> None:
        piece = self._piece(address)
        self._keep(piece)
        while (piece := piece + 1) < len(self.starts) and self.starts[piece] < end:
            self._keep(piece)

    def _is_string(self, address: int) -> bool:
        return self._is_text(address) or self._is_name(address)

    def _is_text(self, address: int) -> bool:
        return self._text_end(address) - address > _TEXT_BYTES

    def _text_end(self, address: int) -> int:
        """Where the text at ``address`` ends, its zero included; 0 where there is none."""
        end = self.memory.find(b"\0", address, address + _LONGEST_TEXT)
        text = self.memory[address:end] if end > address else b"\x01"
        is_text = all(byte >= 0x20 or byte in b"\t\n" for byte in text)
        return end + 1 if is_text else 0

    def _is_docstring(self, at: int, address: int) -> bool:
        """Whether the word with the number ``at`` is a definition's pointer to prose at ``address``."""
        if at * WORD >= self.end or self._text_end(address) - address <= _PROSE_BYTES:
            return False
        if self._is_name(self.words[at - _TYPE_NAME_BEFORE]):
            return True
        for before in range(1, _NAME_BEFORE + 1):
            word = self.words[at - before]
            if self._is_name(word):
                return True
            if word >= _SMALL:
                return False
        return False

    def _is_name(self, address: int) -> bool:
        if not self.begin <= address < self.end:
            return False
        end = self.memory.find(b"\0", address, address + 60)
        return end > address and _NAME.issuperset(self.memory[address:end])
