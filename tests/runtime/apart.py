"""What Python says of right and wrong calls, one after the other: runs in the lean runtime, and in Pyodide as published.

Before each, ``_tracker_host.send`` has the cold part and its data taken away again. Nothing is compiled
in between, for that would bring them back.
"""

from __future__ import annotations

import functools
import importlib
import itertools
import json
import math
import operator
import re
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any

BLOCK = 0x2000
ADDRESS = re.compile(r"0x[0-9a-f]+")
WRONG: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    ((), {}),
    ((None,), {}),
    (("a b",), {}),
    ((1, 2, 3, 4, 5), {}),
]
VALUES = [
    *(
        "a Text",
        b"bytes",
        12,
        2.5,
        True,
        None,
        [3, 1, 2],
        (1, "a"),
        {"a": 1},
        {1, 2},
        frozenset({3}),
    ),
    *(range(3), slice(1, 2), bytearray(b"x"), 1j, Ellipsis, iter([1]), enumerate("ab"), zip("a")),
    *(re.compile("a(b)?"), re.match("a", "a"), datetime(2026, 1, 2, tzinfo=UTC), date(2026, 1, 2)),
    *(
        time(1, 2),
        timedelta(1),
        UTC,
        MappingProxyType({}),
        property(),
        ValueError("x"),
        KeyError("k"),
    ),
    *(object(), len, "".join, functools.partial(int), operator.itemgetter(0), memoryview(b"ab")),
]
TYPES = [
    *(str, bytes, bytearray, int, float, complex, bool, list, tuple, dict, set, frozenset, range),
    *(slice, enumerate, zip, map, filter, reversed, property, staticmethod, classmethod, super),
    *(
        type,
        object,
        memoryview,
        datetime,
        date,
        time,
        timedelta,
        UnicodeDecodeError,
        ImportError,
        OSError,
    ),
]
MODULES = [math, operator, itertools, functools, json]
BUILTINS = [
    *(abs, all, any, ascii, bin, callable, chr, compile, delattr, dir, divmod, format, getattr),
    *(globals, hasattr, hash, hex, id, isinstance, issubclass, iter, len, max, min, next, oct),
    *(ord, pow, repr, round, setattr, sorted, sum, vars, re.compile, re.match, re.sub, sys.intern),
]
# They do not come back, or have no same answer twice.
LEFT_OUT = {"__init_subclass__", "__reduce__", "__reduce_ex__", "__sizeof__", "__dir__", "__hash__"}
LEFT_OUT |= {"release", "__exit__"}  # after it, the value answers nothing else
OPERATORS = [operator.add, operator.sub, operator.mul, operator.mod, operator.getitem, operator.lt]
TEXT = ["upper", "lower", "casefold", "title", "swapcase", "isalpha", "isdigit", "isprintable"]
TEXT += ["isidentifier", "isspace", "isupper", "islower", "isdecimal", "isnumeric", "splitlines"]


Probe = tuple[str, Callable[..., object], tuple[Any, ...], dict[str, Any]]


def probes() -> Iterator[Probe]:
    """The name of each, and what it calls with what."""
    for value, (arguments, named) in itertools.product(VALUES, WRONG):
        of = type(value).__name__
        for name in dir(value):
            if name not in LEFT_OUT and callable(getattr(value, name, None)):
                its = value.copy() if isinstance(value, list | set | dict | bytearray) else value
                yield f"{of}.{name}{arguments}{named}", getattr(its, name), arguments, named
    for function in [*TYPES, *BUILTINS, *_functions()]:
        for arguments, named in WRONG:
            name = f"{function.__module__}.{getattr(function, '__name__', function)}"
            yield f"{name}{arguments}{named}", function, arguments, named
    for left, right, operation in itertools.product(VALUES[::3], VALUES[::3], OPERATORS):
        name = f"{operation.__name__}({type(left).__name__}, {type(right).__name__})"
        yield name, operation, (left, right), {}
    for name in TEXT:
        for plane in range(0, 0x20000, BLOCK):
            yield f"{name} {plane:x}", _letters, (name, plane), {}
    for power in range(-320, 309, 40):
        yield f"float 1e{power}", _number, (power,), {}


def _functions() -> Iterator[Callable[..., object]]:
    for module in MODULES:
        for name, each in sorted(vars(module).items()):
            if (
                callable(each)
                and not name.startswith("_")
                and name not in {"count", "cycle", "repeat"}
            ):
                yield each


def _letters(name: str, plane: int) -> object:
    return [getattr(chr(each), name)() for each in range(plane, plane + BLOCK)]


def _number(power: int) -> object:
    number = 1.2345678901234567 * 10.0**power
    return [
        repr(number),
        f"{number:.3f}"[:40],
        f"{number:g}",
        json.dumps(number),
        float(repr(number)),
    ]


def outcome(result: object) -> str:
    """What was returned or raised, without what differs from run to run."""
    if isinstance(result, BaseException):
        return ADDRESS.sub("0x", f"{type(result).__name__}: {result}")
    return ADDRESS.sub("0x", repr(result))[:2000]


def results(every: int) -> str:
    """The outcome of each ``every``-th probe by its name, as JSON."""
    send = importlib.import_module("_tracker_host").send
    found: list[tuple[str, str]] = []
    result: object
    for name, function, arguments, named in list(probes())[::every]:
        send("away")
        try:
            result = function(*arguments, **named)
        except BaseException as error:  # noqa: BLE001  (whatever it is, it is the outcome)
            result = error
        send("done")
        found.append((name, outcome(result)))
    return json.dumps(found)
