"""Have functions compiled before they are wanted.

An engine compiles a function when it is first called. All that a boot and a first fact call takes as
long to compile as to run, and could be compiled while the largest file is on its way; but nothing can
be called then, for memory is empty. So the functions that will be wanted return at once while a global
says that Python is ``asleep``: whoever calls each of them then (web/runtime/early.js) has them compiled.
"""

from __future__ import annotations

from tools.runtime.wasm import (
    FUNCREF,
    I32,
    FunctionType,
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

TABLE, ASLEEP = "early:functions", "early:asleep"
_MUTABLE = 1
_GLOBAL_GET, _IF, _RETURN, _END = b"\x23", b"\x04\x40", b"\x0f", b"\x0b"
_I32_CONST = b"\x41"
_I64 = 0x7E
# The instruction that makes a zero of each type of value, or a null.
_ZERO = {
    I32: _I32_CONST + signed(0),
    _I64: b"\x42" + signed(0),
    0x7D: b"\x43" + bytes(4),  # f32
    0x7C: b"\x44" + bytes(8),  # f64
    FUNCREF: b"\xd0\x70",
    0x6F: b"\xd0\x6f",  # externref
}


def with_early(module: Module, wanted: set[int]) -> Module:
    """``module`` with a table of its ``wanted`` functions, by their indices among its own, and ``asleep``.

    Left out is what JavaScript cannot call without arguments, or without knowing a type.
    """
    types, functions, bodies = module.types(), module.functions(), module.bodies()
    early = [index for index in sorted(wanted) if _can_be_called(types[functions[index]])]
    imported, _ = module.items(Section.IMPORT)
    tables, _ = module.items(Section.TABLE)
    asleep, _ = module.items(Section.GLOBAL)
    for index in early:
        zeros = b"".join(_ZERO[each] for each in types[functions[index]].results)
        leave = _GLOBAL_GET + unsigned(asleep) + _IF + zeros + _RETURN + _END
        bodies[index] = prefixed(bodies[index], leave)
    filled = b"\x02" + unsigned(tables) + _I32_CONST + signed(0) + _END + b"\0"
    filled += counted(unsigned(imported + index) for index in early)
    sections = dict(module.sections)
    for section, items in {
        Section.TABLE: [bytes([FUNCREF, 0]) + unsigned(len(early))],
        Section.GLOBAL: [bytes([I32, _MUTABLE]) + _I32_CONST + signed(0) + _END],
        Section.EXPORT: [
            name(TABLE) + bytes([Kind.TABLE]) + unsigned(tables),
            name(ASLEEP) + bytes([Kind.GLOBAL]) + unsigned(asleep),
        ],
        Section.ELEMENT: [filled],
    }.items():
        sections[section] = module.longer(section, items)
    sections[Section.CODE] = counted(map(sized, bodies))
    return Module(binary(sections))


def _can_be_called(of: FunctionType) -> bool:
    """No argument is a number that JavaScript's ``undefined`` is an error for; and all types are known."""
    return _I64 not in of.parameters and set(of.parameters + of.results) <= set(_ZERO)
