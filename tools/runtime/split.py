"""One module becomes two: a hot part that is loaded at once, a cold part that is fetched when it is called.

Both have all functions under the same indices, so bodies move as they are. Where the other part has
the body, there is a stub that calls it through a table: ``cold`` for what the cold part has, ``hot``
for what the hot part has. The hot part's stubs first see to it that the cold part is there: they call
entry 0 of the table ``load``, JavaScript's function, until the global ``loaded`` is 1. Both tables,
the memory, all other tables, globals and tags belong to the hot part and are exported as ``split:*``.

binaryen's own wasm-split is not in its npm package; what it does, with placeholders that
JavaScript's engine has to make one by one at each start, is done here by the stubs.
"""

from __future__ import annotations

from dataclasses import dataclass

from tools.runtime.wasm import (
    FUNCREF,
    I32,
    FunctionType,
    Kind,
    Module,
    Reader,
    Section,
    binary,
    counted,
    name,
    signed,
    sized,
    unsigned,
)

MODULE = "split"  # what the cold part imports from; web/runtime/cold.js provides it
_LOCAL_GET, _GLOBAL_GET, _I32_CONST, _I32_EQZ = b"\x20", b"\x23", b"\x41", b"\x45"
_CALL, _CALL_INDIRECT, _IF, _END = b"\x10", b"\x11", b"\x04\x40", b"\x0b"
_NO_LOCALS = b"\0"
_MUTABLE = 1


@dataclass(frozen=True, slots=True)
class Parts:
    """The two modules."""

    hot: bytes
    cold: bytes


Data = list[tuple[int, bytes]]
"""Bytes, each with where in the memory they belong."""


def split(module: Module, hot: set[int], *, hot_data: Data, cold_data: Data) -> Parts:
    """Split ``module`` by the indices of its own functions that are ``hot``.

    Each part writes its data into the memory when it is instantiated; the module's own is left out.
    """
    return _Split(module, hot).parts(hot_data, cold_data)


class _Split:
    def __init__(self, module: Module, hot: set[int]) -> None:
        self.module = module
        self.types = module.types()
        self.functions = module.functions()
        self.bodies = module.bodies()
        imports = module.imports()
        if set(imports.values()) - {Kind.FUNCTION}:
            raise ValueError("the module imports more than functions: the split has to learn of it")
        self.imported, _ = module.items(Section.IMPORT)
        self.hot = [index for index in range(len(self.bodies)) if index in hot]
        self.cold = [index for index in range(len(self.bodies)) if index not in hot]
        self.hot_slot = {index: slot for slot, index in enumerate(self.hot)}
        self.cold_slot = {index: slot for slot, index in enumerate(self.cold)}
        self.tables, _ = module.items(Section.TABLE)
        self.globals, _ = module.items(Section.GLOBAL)
        self.loading_type = FunctionType(b"", b"")
        if self.loading_type not in self.types:
            self.types.append(self.loading_type)
        # In the hot part, behind what is there: three tables, a global, a function.
        self.cold_table, self.hot_table, self.load_table = range(self.tables, self.tables + 3)
        self.loaded = self.globals
        self.load = self.imported + len(self.bodies)

    def parts(self, hot_data: Data, cold_data: Data) -> Parts:
        return Parts(self._hot_part(hot_data), self._cold_part(cold_data))

    def _hot_part(self, data: Data) -> bytes:
        load_type = unsigned(self.types.index(self.loading_type))
        ensure = (
            *(_NO_LOCALS, _GLOBAL_GET, unsigned(self.loaded), _I32_EQZ, _IF),
            *(_I32_CONST, signed(0), _CALL_INDIRECT, load_type, unsigned(self.load_table)),
            *(_END, _END),
        )
        sizes = (len(self.cold), len(self.hot), 1)
        tables = [bytes([FUNCREF, 0]) + unsigned(size) for size in sizes]
        bodies = [
            body if index in self.hot_slot else self._stub(index, self.cold_table)
            for index, body in enumerate(self.bodies)
        ]
        loaded = bytes([I32, _MUTABLE]) + _I32_CONST + signed(0) + _END
        sections = dict(self.module.sections)
        sections[Section.TYPE] = self._types()
        sections[Section.FUNCTION] = self.module.longer(Section.FUNCTION, [load_type])
        sections[Section.TABLE] = self.module.longer(Section.TABLE, tables)
        sections[Section.GLOBAL] = self.module.longer(Section.GLOBAL, [loaded])
        sections[Section.EXPORT] = self.module.longer(Section.EXPORT, self._shared_exports())
        filled = _filled(self.hot_table, [self.imported + index for index in self.hot])
        sections[Section.ELEMENT] = self.module.longer(Section.ELEMENT, [filled])
        sections[Section.CODE] = counted(sized(each) for each in [*bodies, b"".join(ensure)])
        sections.pop(Section.DATA_COUNT, None)
        sections[Section.DATA] = _data(data)
        return binary(sections)

    def _cold_part(self, data: Data) -> bytes:
        bodies = [
            body if index in self.cold_slot else self._stub(index, self.hot_table)
            for index, body in enumerate(self.bodies)
        ]
        filled = _filled(self.cold_table, [self.imported + index for index in self.cold])
        return binary(
            {
                Section.TYPE: self._types(),
                Section.IMPORT: self.module.longer(Section.IMPORT, self._shared_imports()),
                Section.FUNCTION: self.module.sections[Section.FUNCTION],
                Section.ELEMENT: counted([filled]),
                Section.CODE: counted(map(sized, bodies)),
                Section.DATA: _data(data),
            }
        )

    def _stub(self, index: int, table: int) -> bytes:
        """The body of a function that hands its arguments to the one in ``table``."""
        of = self.functions[index]
        is_cold = table == self.cold_table
        slot = (self.cold_slot if is_cold else self.hot_slot)[index]
        return b"".join(
            [
                _NO_LOCALS,
                _CALL + unsigned(self.load) if is_cold else b"",
                *(_LOCAL_GET + unsigned(each) for each in range(len(self.types[of].parameters))),
                *(_I32_CONST, signed(slot), _CALL_INDIRECT, unsigned(of), unsigned(table), _END),
            ]
        )

    def _types(self) -> bytes:
        return counted(
            b"\x60" + sized(each.parameters) + sized(each.results) for each in self.types
        )

    def _shared(self) -> list[tuple[str, Kind, int, bytes]]:
        """Name, kind, index and type, as an import has it, of all that the cold part needs of the hot."""
        shared = [("memory", Kind.MEMORY, 0, self._memory_type())]
        shared += [
            (f"table{index}", Kind.TABLE, index, each)
            for index, each in enumerate(self._table_types())
        ]
        shared.append(("cold", Kind.TABLE, self.cold_table, bytes([FUNCREF, 0, 0])))
        shared.append(("hot", Kind.TABLE, self.hot_table, bytes([FUNCREF, 0, 0])))
        shared += [
            (f"global{index}", Kind.GLOBAL, index, each)
            for index, each in enumerate(self._global_types())
        ]
        count, reader = self.module.items(Section.TAG)
        for index in range(count):
            tag = bytes([reader.byte()]) + unsigned(reader.unsigned())
            shared.append((f"tag{index}", Kind.TAG, index, tag))
        return shared

    def _shared_exports(self) -> list[bytes]:
        exports = [(field, kind, index) for field, kind, index, _ in self._shared()]
        exports.append(("load", Kind.TABLE, self.load_table))
        exports.append(("loaded", Kind.GLOBAL, self.loaded))
        return [
            name(f"{MODULE}:{field}") + bytes([kind]) + unsigned(index)
            for field, kind, index in exports
        ]

    def _shared_imports(self) -> list[bytes]:
        return [
            name(MODULE) + name(field) + bytes([kind]) + type_
            for field, kind, _, type_ in self._shared()
        ]

    def _memory_type(self) -> bytes:
        count, reader = self.module.items(Section.MEMORY)
        if count != 1:
            raise ValueError(f"the module has {count} memories, not 1")
        return reader.rest()

    def _table_types(self) -> list[bytes]:
        """The types of the module's tables, which may have grown when the cold part comes: from 0 on."""
        count, reader = self.module.items(Section.TABLE)
        types: list[bytes] = []
        for _ in range(count):
            of, has_maximum = reader.byte(), reader.byte()
            reader.unsigned()
            maximum = unsigned(reader.unsigned()) if has_maximum else b""
            types.append(bytes([of, has_maximum]) + unsigned(0) + maximum)
        return types

    def _global_types(self) -> list[bytes]:
        count, reader = self.module.items(Section.GLOBAL)
        types: list[bytes] = []
        for _ in range(count):
            types.append(reader.taken(2))
            _skip_number(reader)
        return types


def _skip_number(reader: Reader) -> None:
    """Skip a global's first value, which has to be a plain i32."""
    if bytes([reader.byte()]) != _I32_CONST:
        raise ValueError(
            "a global begins as something else than a number: the split has to learn of it"
        )
    reader.signed()
    reader.byte()  # the end


def _filled(table: int, functions: list[int]) -> bytes:
    """An element segment that puts ``functions`` into ``table`` from its first entry on."""
    header = b"\x02" + unsigned(table) + _I32_CONST + signed(0) + _END + b"\0"
    return header + counted(map(unsigned, functions))


def _data(segments: Data) -> bytes:
    return counted(
        b"\0" + _I32_CONST + signed(start) + _END + sized(content) for start, content in segments
    )
