"""A module that remembers which of its functions ran."""

from __future__ import annotations

from tools.runtime.wasm import (
    I32,
    Kind,
    Module,
    Section,
    binary,
    counted,
    name,
    prefixed,
    signed,
    sized,
    unsigned,
)

PREFIX = "ran:"
_ZERO = b"\x41" + signed(0) + b"\x0b"
_ONE = b"\x41" + signed(1)
_SET_GLOBAL = b"\x24"
_MUTABLE = 1


def instrumented(module: Module) -> bytes:
    """``module``, and for each function defined in it an exported global that its first call makes 1.

    The global of the n-th function is named ``ran:n``.
    """
    bodies = module.bodies()
    globals_, reader = module.items(Section.GLOBAL)
    exports, exported = module.items(Section.EXPORT)
    sections = dict(module.sections)
    flag = bytes([I32, _MUTABLE]) + _ZERO
    sections[Section.GLOBAL] = unsigned(globals_ + len(bodies)) + reader.rest() + flag * len(bodies)
    sections[Section.EXPORT] = (
        unsigned(exports + len(bodies))
        + exported.rest()
        + b"".join(
            name(f"{PREFIX}{index}") + bytes([Kind.GLOBAL]) + unsigned(globals_ + index)
            for index in range(len(bodies))
        )
    )
    sections[Section.CODE] = counted(
        sized(prefixed(body, _ONE + _SET_GLOBAL + unsigned(globals_ + index)))
        for index, body in enumerate(bodies)
    )
    return binary(sections)
