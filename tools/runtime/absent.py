"""Takes out of a Python the functions that no visitor calls: runs in Pyodide, before the snapshot is taken.

A function stays what and where it is, and all that holds it keeps it. Only its code is put aside, into
a file that is fetched when one of them is called: ``_tracker_library.restored`` puts all of it back.
"""

from __future__ import annotations

import gc
import marshal
import sys
from types import CodeType, FunctionType
from typing import Any

_TOOL = 3  # a number of sys.monitoring's that no debugger has
# Python wants such a function's code to stay of its kind; there are few.
_GENERATORS = 0x20 | 0x80 | 0x200
_LIBRARY = "_tracker_library"


_ran: dict[CodeType, int] = {}


def watch() -> None:
    """Remember each code that begins to run, for ever: that is part of the picture then."""
    interpreter: Any = sys  # the type checker's Python is older than this one
    monitoring = interpreter.monitoring
    monitoring.use_tool_id(_TOOL, "training")
    monitoring.register_callback(_TOOL, monitoring.events.PY_START, _ran.setdefault)
    monitoring.set_events(_TOOL, monitoring.events.PY_START)


def names_of_run() -> str:
    """The names of the functions that ran since the last time, one a line."""
    names = {name_of(each) for each in all_functions() if each.__code__ in _ran}
    _ran.clear()
    return "\n".join(sorted(names))


def all_functions() -> list[FunctionType]:
    """Every function there is, in an order that is the same in every build."""
    functions = [each for each in gc.get_objects() if type(each) is FunctionType]
    return sorted(functions, key=name_of)


def name_of(function: FunctionType) -> str:
    """What the same function is called in another run; a few may share one."""
    line = function.__code__.co_firstlineno
    return f"{function.__module__}:{function.__qualname__}:{line}"


def take_out(needed: set[str]) -> bytes:
    """Put aside the code of all functions but those whose names are ``needed``; return it."""
    library: Any = sys.modules[_LIBRARY]
    absent = [each for each in all_functions() if _may_go(each) and name_of(each) not in needed]
    codes = marshal.dumps([each.__code__ for each in absent])
    library.absent.extend(absent)
    library.absent_bytes = len(codes)
    constants = tuple(library if each == "library" else each for each in _call.__code__.co_consts)
    for number, function in enumerate(absent):
        function.__code__ = _placeholder(function, number, constants)
    return codes


def _may_go(function: FunctionType) -> bool:
    is_ours = function.__module__ in {_LIBRARY, __name__, "__main__"}
    return not is_ours and not function.__code__.co_flags & _GENERATORS


def _call(*arguments: Any, **named: Any) -> Any:
    return "library".restored()(*arguments, **named)  # type: ignore[attr-defined]


def _placeholder(function: FunctionType, number: int, constants: tuple[object, ...]) -> CodeType:
    """Code that has the real one put back, and calls it: that of all functions but for its line's number."""
    return _call.__code__.replace(
        co_consts=constants,
        co_firstlineno=number,
        co_freevars=function.__code__.co_freevars,
        co_filename=function.__code__.co_filename,
        co_linetable=b"",
    )
