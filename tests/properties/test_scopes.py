"""However scopes nest, the path is what was entered, and leaving gives back what was before."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.strategies import pages, sections
from tracker import TrackingProvider, TrackPage, TrackSection, use_tracking
from tracker.context import current_context
from tracker.event import Page, PageType, Path, Section
from tracker.testing import CapturingSink

trees = st.recursive(
    st.just([]),
    lambda children: st.lists(st.tuples(pages | sections, st.booleans(), children), max_size=4),
    max_leaves=12,
)


class LeftEarlyError(Exception):
    """Stands for any exception of the host."""


def leave_early() -> None:
    raise LeftEarlyError


def scope_of(node: Page | Section) -> TrackPage | TrackSection:
    if isinstance(node, Page):
        return TrackPage(node.name, type=node.type, category=node.category)
    return TrackSection(node.name)


def walk(tree: list, path: Path, views: list[str]) -> None:
    """Enter every node of the tree; check the path before, inside and after."""
    for node, raises, children in tree:
        around = [scope for scope in path if isinstance(scope, Page)]
        if isinstance(node, Page) and (
            node.type is PageType.MODAL or not around or around[-1] != node
        ):
            views.append(node.name)
        try:
            with scope_of(node) as tracking:
                inner = (*path, node)
                assert tracking.path == use_tracking().path == inner
                walk(children, inner, views)
                assert use_tracking().path == inner
                if raises:
                    leave_early()
        except LeftEarlyError:
            pass
        assert use_tracking().path == path


@given(trees)
def test_nesting_restores_and_each_view_is_sent_once(tree: list) -> None:
    sink = CapturingSink()
    views: list[str] = []
    with TrackingProvider(app="acme", sink=sink):
        walk(tree, (), views)
    assert [fact.call.name for fact in sink.facts] == views
    assert current_context.get() is None
