"""A module whose ``malloc`` gives memory with nothing in it: the build makes the picture with it.

C leaves what was there before in whatever it does not need to write: the end of a string's last word,
a field that this build of Python has no use for. All of that would be in the picture, and none of it
compresses.
"""

from __future__ import annotations

from tools.runtime.wasm import (
    I32,
    Kind,
    Module,
    Section,
    binary,
    counted,
    sized,
    unsigned,
)

_LOCAL_GET, _LOCAL_TEE, _CALL, _IF, _END = b"\x20", b"\x22", b"\x10", b"\x04\x40", b"\x0b"
_I32_CONST, _I32_SUB, _I32_AND, _I32_LOAD, _FILL = (
    b"\x41",
    b"\x6b",
    b"\x71",
    b"\x28\2\0",
    b"\xfc\x0b\0",
)
# dlmalloc: the word before what it gives has the chunk's size, that word included, and flags.
_WORD = 4
_NO_FLAGS = b"\x78"  # -8


def zeroing(module: Module) -> bytes:
    """``module``, whose ``malloc`` zeroes what it gives, to the end of the chunk.

    Raises:
        ValueError: it exports no function of that name.
    """
    kind, malloc = module.exports().get("malloc", (None, 0))
    if kind is not Kind.FUNCTION:
        raise ValueError("the module exports no malloc: the build has to learn what it is called")
    imported = sum(each is Kind.FUNCTION for each in module.imports().values())
    bodies, functions = module.bodies(), module.functions()
    own = malloc - imported
    moved = imported + len(bodies)
    bodies.append(bodies[own])
    bodies[own] = _wrapper(moved)
    sections = dict(module.sections)
    sections[Section.FUNCTION] = counted(map(unsigned, [*functions, functions[own]]))
    sections[Section.CODE] = counted(map(sized, bodies))
    return binary(sections, module.custom)  # one of them is what Emscripten links by


def _wrapper(original: int) -> bytes:
    """A function with a size for its parameter, and a local for what ``original`` gives."""
    given = _LOCAL_GET + b"\1"
    before = given + _I32_CONST + bytes([_WORD]) + _I32_SUB
    chunk = before + _I32_LOAD + _I32_CONST + _NO_FLAGS + _I32_AND
    usable = chunk + _I32_CONST + bytes([_WORD]) + _I32_SUB
    return b"".join(
        [
            *(b"\1\1", bytes([I32]), _LOCAL_GET, b"\0", _CALL, unsigned(original)),
            *(_LOCAL_TEE, b"\1", _IF, given, _I32_CONST, b"\0", usable, _FILL, _END, given, _END),
        ]
    )
