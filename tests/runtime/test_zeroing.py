"""A module whose `malloc` gives memory with nothing in it."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from tools.runtime import pinned
from tools.runtime.wasm import (
    I32,
    Kind,
    Module,
    Section,
    binary,
    counted,
    name,
    signed,
    sized,
    unsigned,
)
from tools.runtime.zeroing import zeroing

if TYPE_CHECKING:
    from pathlib import Path

AT = 64
SCRIPT = """
import { readFileSync } from "node:fs";
const bytes = readFileSync(process.argv[2]);
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
const memory = new Uint8Array(exports.memory.buffer);
memory.fill(0xaa);
new Uint32Array(memory.buffer)[AT / 4 - 1] = 32 | 3; // a chunk's size, and flags
const at = exports.malloc(0);
console.log(JSON.stringify([...memory.subarray(at - 8, at + 36)]));
""".replace("AT", str(AT))


def module(exported: str = "malloc") -> Module:
    """Its malloc always gives the same address."""
    body = b"\0\x41" + signed(AT) + b"\x0b"
    return Module(
        binary(
            {
                Section.TYPE: counted([b"\x60" + sized(bytes([I32])) + sized(bytes([I32]))]),
                Section.FUNCTION: counted([unsigned(0)]),
                Section.MEMORY: counted([b"\0" + unsigned(1)]),
                Section.EXPORT: counted(
                    [
                        name(exported) + bytes([Kind.FUNCTION, 0]),
                        name("memory") + bytes([Kind.MEMORY, 0]),
                    ]
                ),
                Section.CODE: counted([sized(body)]),
            }
        )
    )


def test_what_malloc_gives_is_zero_to_its_end_and_nothing_around_it_is(tmp_path: Path) -> None:
    (tmp_path / "module.wasm").write_bytes(zeroing(module()))
    (tmp_path / "script.mjs").write_text(SCRIPT, "utf-8")

    answer = subprocess.run(
        ["node", tmp_path / "script.mjs", tmp_path / "module.wasm"],
        capture_output=True,
        text=True,
        check=True,
    )

    memory = json.loads(answer.stdout)
    header, given, after = memory[4:8], memory[8:36], memory[36:]
    assert memory[:4] == [0xAA] * 4
    assert header == [35, 0, 0, 0]
    assert given == [0] * 28
    assert after == [0xAA] * 8


def test_what_emscripten_links_by_stays_the_first_section() -> None:
    original = pinned.WASM.read_bytes()

    assert zeroing(Module(original))[:32] == original[:32]


def test_a_module_without_malloc_is_refused() -> None:
    with pytest.raises(ValueError, match="malloc"):
        zeroing(module("allocate"))
