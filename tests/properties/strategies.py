"""Any call, fact, environment and message, for the property tests."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tracker.event import (
    App,
    Call,
    Environment,
    Fact,
    Kind,
    Library,
    Page,
    PageType,
    Path,
    Screen,
    Section,
    Visit,
)
from tracker.times import MAX_TIME_MS

# Any character but surrogates, which have no UTF-8.
names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
times = st.integers(0, MAX_TIME_MS)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | names | st.floats(-1e9, 1e9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)
mappings = st.dictionaries(names, json_values, max_size=4)

pages = st.builds(Page, name=names, type=st.sampled_from(PageType), category=st.none() | names)
sections = st.builds(Section, name=names)
paths: st.SearchStrategy[Path] = st.lists(pages | sections, max_size=6).map(tuple)
apps = st.builds(
    App, name=names, namespace=st.none() | names, version=st.none() | names, build=st.none() | names
)
sizes = st.none() | st.integers(1, 10_000)
screens = st.builds(
    Screen,
    width=st.integers(1, 10_000),
    height=sizes,
    density=st.none() | st.floats(0.5, 4),
    inner_width=sizes,
    inner_height=sizes,
)
environments = st.builds(
    Environment,
    app=apps,
    library=st.builds(Library, name=names, version=names),
    hostname=st.none() | names,
    locale=st.none() | names,
    timezone=st.none() | names,
    screen=st.none() | screens,
    user_agent=st.none() | names,
)


@st.composite
def calls(draw: st.DrawFn) -> Call:
    """A call with what its kind needs, and only that."""
    kind = draw(st.sampled_from(Kind))
    path = draw(paths)
    named: dict[str, Any] = {}
    if kind is Kind.TRACK:
        named = {"name": draw(names), "properties": draw(mappings)}
    elif kind is Kind.PAGE:
        page = draw(pages)
        path = (*path, page)
        named = {"name": page.name, "properties": draw(mappings)}
    elif kind is Kind.IDENTIFY:
        named = {"user_id": draw(names), "traits": draw(mappings)}
    elif kind is Kind.GROUP:
        named = {"group_id": draw(names), "traits": draw(mappings)}
    else:
        named = {"user_id": draw(names), "previous_id": draw(names)}
    return Call(kind=kind, path=path, app=draw(st.none() | apps), **named)


facts = st.builds(
    Fact,
    id=names,
    at=times,
    visit=st.builds(
        Visit, anonymous_id=names, user_id=st.none() | names, session_id=st.none() | times
    ),
    call=calls(),
)
