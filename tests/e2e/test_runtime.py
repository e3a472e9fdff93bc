"""Which Python visitors boot: the lean one, for as few bytes as can be, and where it does not start, Pyodide as published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.files import PYTHON, path_of

if TYPE_CHECKING:
    from tests.e2e.visitor import Visitor
    from tests.e2e.wiretap import Wiretap

pytestmark = pytest.mark.lean
TYPES = {
    "glue": "text/javascript",
    "wasm": "application/wasm",
    "picture": "application/octet-stream",
}


def visit(visitor: Visitor) -> list[str]:
    """Do what visitors do; return the names of what has to be stored."""
    visitor.open("explorer")
    visitor.click("run_query_button", section="explorer_header")
    visitor.page.evaluate("tracker.identify('user-1', { plan: 'team' })")
    visitor.click("run_query_button", section="page_footer")
    visitor.settle()
    return ["explorer", "run_query_button.click", "identify", "run_query_button.click"]


def test_a_visit_fetches_what_it_needs_once_and_no_more(visitor: Visitor, tap: Wiretap) -> None:
    """Neither Pyodide as published, nor the rest of the lean one, nor micropip."""
    names = visit(visitor)
    visitor.open("welcome")
    visitor.settle()
    fetched = [each.target for each in tap.to(PYTHON)]
    assert sorted(fetched) == sorted(path_of(role) for role in TYPES)
    assert tap.to("/assets/wheels/") == []
    assert visitor.names() == [*names, "welcome"]
    assert {each.via for each in visitor.stored()} == {"batch"}


@pytest.mark.parametrize("how", ["missing", "cut short"])
@pytest.mark.parametrize("role", TYPES)
def test_where_the_lean_python_does_not_start_the_other_one_does_its_work(
    visitor: Visitor, tap: Wiretap, role: str, how: str
) -> None:
    """Nothing is lost or doubled, and the console says so exactly once."""
    path = path_of(role)
    visitor.may_fetch_all = True
    whole = tap.get(path)
    broken = (
        tap.refusing(path, 404)
        if how == "missing"
        else tap.replacing(path, whole[: len(whole) // 2], Content_Type=TYPES[role])
    )
    with broken:
        names = visit(visitor)
        visitor.open("welcome")
        visitor.settle()
    assert visitor.names() == [*names, "welcome"]
    assert {each.via for each in visitor.stored()} == {"batch"}
    assert tap.to(path_of("pyodide"))
    # The browser itself says that a file was missing.
    visitor.expect_warning(
        "The lean Python did not start, so Pyodide as published does its work", among_errors=True
    )
