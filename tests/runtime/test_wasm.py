"""The tools that read, instrument and split a module, on a small one of our own, run in Node."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.runtime.coverage import instrumented
from tools.runtime.early import with_early
from tools.runtime.split import split
from tools.runtime.wasm import (
    I32,
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

HERE = Path(__file__).parent
TYPE = counted(
    [b"\x60" + sized(bytes([I32])) + sized(bytes([I32])), b"\x60\0" + sized(bytes([I32]))]
)


def body(code: bytes) -> bytes:
    return sized(b"\0" + code + b"\x0b")


def module() -> Module:
    """Functions 1 double(x), 2 quadruple(x) = double(double(x)), 3 table(x), which calls entry x, 4 data().

    Function 0 is imported: it adds a number to what it is given. ``double`` calls it.
    """
    sections = {
        Section.TYPE: TYPE,
        Section.IMPORT: counted([name("env") + name("add") + b"\0" + unsigned(0)]),
        Section.FUNCTION: counted(unsigned(of) for of in (0, 0, 0, 1)),
        Section.TABLE: counted([b"\x70\0" + unsigned(3)]),
        Section.MEMORY: counted([b"\0" + unsigned(1)]),
        Section.GLOBAL: counted([bytes([I32, 1]) + b"\x41" + signed(-5) + b"\x0b"]),
        Section.EXPORT: counted(
            name(text) + b"\0" + unsigned(index)
            for index, text in enumerate(["double", "quadruple", "table", "data"], start=1)
        ),
        # Entry 1 of the table is double, entry 2 quadruple.
        Section.ELEMENT: counted([b"\0\x41\1\x0b" + counted([unsigned(1), unsigned(2)])]),
        Section.CODE: counted(
            [
                body(b"\x20\0\x41\2\x6c\x10\0"),  # add(x * 2)
                body(b"\x20\0\x10\1\x10\1"),  # double(double(x))
                body(b"\x41\7\x20\0\x11\0\0"),  # entry x of the table, given 7
                body(b"\x41\x10\x28\2\0\x23\0\x6a"),  # memory[16] + the global
            ]
        ),
        Section.DATA: counted([b"\0\x41\x10\x0b" + sized((42).to_bytes(4, "little"))]),
    }
    return Module(binary(sections))


def run(hot: Path, cold: Path, *calls: list[object]) -> list[dict[str, object]]:
    """Call exports of ``hot`` in Node; each result says whether the cold part was there by then."""
    answer = subprocess.run(
        ["node", HERE / "run_split.mjs", hot, cold, json.dumps(calls)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def compiled_early(file: Path) -> dict[str, Any]:
    """Have the functions of ``file`` compiled early in Node; what came of it."""
    answer = subprocess.run(
        ["node", HERE / "run_early.mjs", file], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


CALLS: list[list[object]] = [["double", 3], ["quadruple", 3], ["table", 1], ["table", 2], ["data"]]
RESULTS = [7, 15, 15, 31, 37]


@pytest.mark.parametrize(
    "hot", [set[int](), {0}, {1}, {0, 1}, {2}, {0, 2, 3}, {0, 1, 2, 3}], ids=str
)
def test_a_split_module_gives_what_the_whole_one_gave(tmp_path: Path, hot: set[int]) -> None:
    whole = module()
    parts = split(whole, hot, hot_data=whole.data(), cold_data=[])
    (tmp_path / "hot").write_bytes(parts.hot)
    (tmp_path / "cold").write_bytes(parts.cold)

    answers = run(tmp_path / "hot", tmp_path / "cold", *CALLS)

    assert [answer["result"] for answer in answers] == RESULTS
    assert answers[-1]["colds"] == (0 if hot == {0, 1, 2, 3} else 1)


def test_the_cold_part_is_fetched_once_and_not_before_it_is_called(tmp_path: Path) -> None:
    whole = module()
    parts = split(whole, {0, 2, 3}, hot_data=whole.data(), cold_data=[])
    (tmp_path / "hot").write_bytes(parts.hot)
    (tmp_path / "cold").write_bytes(parts.cold)

    answers = run(
        tmp_path / "hot",
        tmp_path / "cold",
        ["double", 1],
        ["table", 1],
        ["table", 2],
        ["quadruple", 1],
    )

    assert [answer["colds"] for answer in answers] == [0, 0, 1, 1]


def test_data_can_come_with_the_cold_part(tmp_path: Path) -> None:
    whole = module()
    parts = split(whole, {0, 1, 2}, hot_data=[], cold_data=whole.data())
    (tmp_path / "hot").write_bytes(parts.hot)
    (tmp_path / "cold").write_bytes(parts.cold)

    assert run(tmp_path / "hot", tmp_path / "cold", ["data"])[0]["result"] == 37


def test_an_instrumented_module_says_which_functions_ran(tmp_path: Path) -> None:
    whole = module()
    parts = split(whole, {0, 1, 2, 3}, hot_data=whole.data(), cold_data=[])
    (tmp_path / "hot").write_bytes(instrumented(Module(parts.hot)))
    (tmp_path / "cold").write_bytes(parts.cold)

    answers = run(tmp_path / "hot", tmp_path / "cold", ["double", 3], ["data"], ["table", 2])

    assert [answer["ran"] for answer in answers] == [[0], [0, 3], [0, 1, 2, 3]]
    assert [answer["result"] for answer in answers] == [7, 37, 31]


@pytest.mark.parametrize("wanted", [set[int](), {0}, {1, 3}, {0, 1, 2, 3}], ids=str)
def test_functions_that_are_compiled_early_do_what_they_did(
    tmp_path: Path, wanted: set[int]
) -> None:
    whole = with_early(module(), wanted)
    parts = split(whole, {0, 2, 3}, hot_data=whole.data(), cold_data=[])
    (tmp_path / "hot").write_bytes(parts.hot)
    (tmp_path / "cold").write_bytes(parts.cold)

    answers = run(tmp_path / "hot", tmp_path / "cold", *CALLS)

    assert [answer["result"] for answer in answers] == RESULTS


def test_functions_that_are_compiled_early_return_at_once(tmp_path: Path) -> None:
    """``double`` would call the import, ``table`` would trap."""
    early = with_early(module(), {0, 2})
    (tmp_path / "wasm").write_bytes(split(early, {0, 1, 2, 3}, hot_data=[], cold_data=[]).hot)

    assert compiled_early(tmp_path / "wasm") == {
        "count": 2,
        "given": ["0"],
        "isMemoryUntouched": True,
        "areGlobalsUntouched": True,
    }


def test_what_a_boot_compiles_early_leaves_no_trace(runtime_files: dict[str, Path]) -> None:
    """No import is called, and memory stays as empty as it was for all of the hundreds of functions."""
    answer = compiled_early(runtime_files["wasm"])

    assert answer["count"] > 500
    assert set(answer["given"]) <= {"0", "null", "undefined"}
    assert answer["isMemoryUntouched"]
    assert answer["areGlobalsUntouched"]


def test_what_the_tools_do_not_know_is_refused() -> None:
    strange = dict(module().sections)
    strange[Section.IMPORT] = counted([name("env") + name("memory") + b"\2\0\1"])

    with pytest.raises(ValueError, match="memory is neither a function nor a global"):
        Module(binary(strange)).imports()
    with pytest.raises(ValueError, match="no WebAssembly"):
        Module(b"<!doctype html>")


@given(st.integers(0, 2**32 - 1))
def test_unsigned_numbers_are_read_as_written(value: int) -> None:
    assert Reader(unsigned(value)).unsigned() == value


@given(st.integers(-(2**31), 2**31 - 1))
def test_signed_numbers_are_read_as_written(value: int) -> None:
    assert Reader(signed(value)).signed() == value
