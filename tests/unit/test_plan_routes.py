"""Routes: which page a path shows, the more specific first, and nothing that is ambiguous."""

from __future__ import annotations

import pytest

from tracker import Page
from tracker.errors import PlanError
from tracker.plan.routes import Routes


def routes(*patterns: str) -> Routes:
    """Return routes whose pages are named for their patterns."""
    return Routes((pattern, Page(pattern)) for pattern in patterns)


def shown(table: Routes, path: str) -> str | None:
    page = table.page_at(path)
    return page and page.name


TABLE = routes(
    "/",
    "/projects/{project_id}",
    "/projects/new",
    "/projects/{project_id}/tables",
    "/projects/{project_id}/tables/{table}",
    "/projects/{project_id}/dashboards/{rest:path}",
    "/projects/{project_id}/dashboards/{dashboard_id}",
    "/docs/{rest:path}",
)


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("/", "/"),
        ("", "/"),
        ("/?utm_source=x", "/"),
        ("/projects/new", "/projects/new"),
        ("/projects/new/", "/projects/new"),
        ("/projects/f3b0", "/projects/{project_id}"),
        ("/projects/new/tables", "/projects/{project_id}/tables"),
        ("/projects/f3b0/tables?x=1#y", "/projects/{project_id}/tables"),
        ("/projects/f3b0/tables/orders", "/projects/{project_id}/tables/{table}"),
        ("/projects/a/dashboards/b", "/projects/{project_id}/dashboards/{dashboard_id}"),
        ("/projects/a/dashboards/b/edit/c", "/projects/{project_id}/dashboards/{rest:path}"),
        ("/docs/a", "/docs/{rest:path}"),
        ("/docs/a/b/c", "/docs/{rest:path}"),
        ("/docs", None),
        ("/projects", None),
        ("/projects/a/b", None),
        ("/Projects/new", None),
        ("/projects/a/dashboards", None),
    ],
)
def test_a_path_shows_the_page_of_its_most_specific_pattern(path: str, pattern: str | None) -> None:
    assert shown(TABLE, path) == pattern


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/a/{x}", "/a/{y}"),
        ("/a", "/a"),
        ("/a", "/a/"),
        ("/{x}/b", "/a/{y}"),
        ("/{x:path}", "/{y:path}"),
        ("/a/{x:path}", "/{y}/b"),
    ],
)
def test_patterns_that_overlap_without_one_being_more_specific_are_refused(
    one: str, other: str
) -> None:
    for pair in ((one, other), (other, one)):
        with pytest.raises(PlanError, match="neither is more specific") as error:
            routes(*pair)
        assert f'"{one}"' in str(error.value)
        assert f'"{other}"' in str(error.value)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/a/{x}", "/a/b"),
        ("/a/{x}", "/b/{x}"),
        ("/{x:path}", "/a/{y:path}"),
        ("/{x:path}", "/a/b"),
        ("/{x}", "/{x}/{y:path}"),
        ("/a/{x}", "/{y:path}"),
    ],
)
def test_patterns_of_which_one_is_more_specific_may_stand_in_any_order(
    one: str, other: str
) -> None:
    for pair in ((one, other), (other, one)):
        routes(*pair)


@pytest.mark.parametrize(
    "pattern", ["a", "", "/a/{x:path}/b", "/{X}", "/{}", "/a b", "/{x}y", "/a*", "/{x:int}"]
)
def test_a_pattern_that_is_none_is_refused(pattern: str) -> None:
    with pytest.raises(PlanError, match="route"):
        routes(pattern)
