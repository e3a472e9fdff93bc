"""Which constant data of the module only the cold part reads, so that it may come with that part.

C's data has no names in a module. But an address can come from two places only: a number in some
function's code, or a word in memory. Those in code and in C's variables cut the data into pieces. A piece stays if it is
named by the code of a hot function, or by a word of the heap, or by a word of another piece that stays;
what is left can be reached through cold functions alone, and before the first of them runs the
cold part is there, with its data.

What code may compute from an address is met with margins: the pieces on both sides of what a hot
function names stay, and some bytes after it; after a string, what is up to its end. Prose is an
exception: a text that a method's or a type's definition has as its docstring goes, wherever the
definition is. A hot function that shows a docstring would find an empty one.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from tools.runtime.instructions import numbers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tools.runtime.wasm import Module

Range = tuple[int, int]
"""Where it begins, and where it ends."""

WORD = 4
AFTER_CODE = 512
AFTER_POINTER = 256
STRUCTURE = 4
# A shorter range is not worth the header that it needs in the cold part.
SHORTEST = 64
# What is shorter may be a number.
_TEXT_BYTES = 4
# A docstring is at least so long, and stands at most so many words after its definition's name.
_PROSE_BYTES = 20
_NAME_BEFORE = 4
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
    named_by_code = [numbers(body) for body in module.bodies()]
    constant = min(_first_difference(memory, start, content) for start, content in data)
    search = _Search(
        memory, begin, end, constant, {each for found in named_by_code for each in found}
    )
    for index in hot:
        for address in named_by_code[index]:
            search.keep_named_by_code(address)
    search.keep_named_by_any(-(-end // WORD), len(memory) // WORD, near=0)
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


class _Search:
    def __init__(
        self, memory: bytes, begin: int, end: int, constant: int, named_by_code: set[int]
    ) -> None:
        self.memory, self.begin, self.constant, self.end = memory, begin, constant, end
        self.words = array("I", memory[: len(memory) // WORD * WORD])
        variables = self.words[constant // WORD : end // WORD]
        solid = {begin, *named_by_code, *variables}
        # The starts of pieces: where one certainly begins, and where a text does.
        self.solid = sorted(each for each in solid if begin <= each < end)
        texts = {each for each in self.words if begin < each < end and self._begins_text(each)}
        self.starts = sorted(texts.union(self.solid))
        self.begins = set(self.starts)
        self.kept = bytearray(len(self.starts))
        self.waiting: list[int] = []

    def keep_named_by_code(self, address: int) -> None:
        if not self.begin <= address < self.end:
            return
        piece = self._piece(address)
        for each in (piece - 1, piece, piece + 1):
            self._keep(each)
        text = self._text_end(address)
        is_text = text - address > _TEXT_BYTES
        self._keep_from(address, self._next(text if is_text else address + AFTER_CODE))

    def keep_named_by_memory(self, first: int, last: int) -> None:
        """Keep what the words with these numbers name."""
        for at in range(first, last):
            address = self.words[at]
            if self.begin <= address < self.end and not self._is_docstring(at, address):
                text = self._text_end(address)
                is_text = text - address > _TEXT_BYTES
                self._keep_from(address, text if is_text else address + AFTER_POINTER)

    def keep_named_by_any(self, first: int, last: int, near: int) -> None:
        """As above, of words that may be other numbers: constants count where a piece begins.

        A word counts as well if one that counts is at most ``near`` words away: they may be a structure.
        """
        until = -1
        for at in range(first, last):
            address = self.words[at]
            if address in self.begins or self.constant <= address < self.end:
                self.keep_named_by_memory(max(first, at - near), at + 1)
                until = at + near
            elif at <= until:
                self.keep_named_by_memory(at, at + 1)

    def follow(self) -> None:
        while self.waiting:
            piece = self.waiting.pop()
            start, end = self._range(piece)
            if start < self.constant:
                self.keep_named_by_any(-(-start // WORD), end // WORD, near=STRUCTURE)
            else:
                self.keep_named_by_memory(-(-start // WORD), end // WORD)

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

    def _begins_text(self, address: int) -> bool:
        return not self.memory[address - 1] and self._text_end(address) - address > _TEXT_BYTES

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
