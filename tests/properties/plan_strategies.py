"""Small plans from few words, so that two of them have much in common, and messages near to them."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from tracker.errors import PlanError
from tracker.event import Page, PageType
from tracker.plan.rules import EventRules, Property, Rules, checked
from tracker.plan.values import ValueType

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

EVENTS = ["button.click", "form.submit", "thing.created", "thing.updated"]
PROPERTIES = ["one", "two", "threeFour"]
PLACES = ["home", "list", "edit"]
CATEGORIES = ["settings", "sharing"]

scalar_types = st.sampled_from(
    [
        *(ValueType("boolean"), ValueType("integer"), ValueType("number"), ValueType("count")),
        *(ValueType("duration"), ValueType("id"), ValueType("version")),
        *(ValueType("choice", ("a", "b")), ValueType("choice", ("b", "c", "1.0"))),
        *(ValueType("choice", (0, 1)), ValueType("choice", (1, 2, -3))),
        ValueType("text", max_length=3, because="for a test"),
        ValueType("text", max_length=70, because="for another test"),
    ]
)
types = scalar_types | st.builds(
    ValueType, st.just("list"), item=scalar_types, max_items=st.sampled_from([1, 3])
)
properties = st.lists(
    st.builds(
        Property,
        st.sampled_from(PROPERTIES),
        types,
        st.booleans(),
        st.sampled_from(["", "a description"]),
    ),
    max_size=3,
    unique_by=lambda one: one.name,
).map(tuple)
pages = st.builds(
    Page,
    st.sampled_from(PLACES),
    st.sampled_from(PageType),
    st.none() | st.sampled_from(CATEGORIES),
)


def some(names: list[str]) -> st.SearchStrategy[tuple[str, ...] | None]:
    """No word on names, or some of these."""
    return st.none() | st.lists(st.sampled_from(names), unique=True).map(tuple)


maybe_properties = st.none() | properties


@st.composite
def rules(draw: st.DrawFn) -> Rules:
    """Rules that obey the rules for plans."""
    found = draw(undescribed)
    described = draw(described_pages)
    routes = tuple((f"/{place}", page) for place, page in enumerate(described))
    try:
        return checked(replace(found, routes=routes))
    except PlanError:  # a page that is not among the pages
        return checked(found)


undescribed = st.builds(
    Rules,
    app=st.just("acme"),
    version=st.sampled_from(["1", "2"]),
    unplanned=st.sampled_from(["refuse", "quarantine", "allow"]),
    events=st.lists(
        st.builds(
            EventRules,
            st.sampled_from(EVENTS),
            properties,
            st.sampled_from(["", "It happened."]),
        ),
        max_size=3,
        unique_by=lambda event: event.name,
    ).map(tuple),
    pages=some(PLACES),
    sections=some(PLACES),
    categories=some(CATEGORIES),
    user_traits=maybe_properties,
    group_traits=maybe_properties,
    page_properties=maybe_properties,
)
described_pages = st.lists(pages, max_size=3)


@st.composite
def versions(draw: st.DrawFn) -> tuple[Rules, Rules]:
    """Two versions of a plan, the second with one change or two."""
    old = draw(rules())
    new = old
    for field in draw(changed_fields):
        new = _changed(draw, new, field)
    try:
        return old, checked(new)
    except PlanError:
        return old, checked(replace(new, routes=()))


changed_fields = st.lists(
    st.sampled_from(
        [
            *("an event", "an event", "an event", "user_traits", "group_traits"),
            *("page_properties", "events", "pages", "sections", "categories"),
            *("routes", "unplanned", "version"),
        ]
    ),
    min_size=1,
    max_size=2,
    unique=True,
)


def _changed(draw: st.DrawFn, old: Rules, field: str) -> Rules:
    if field == "an event":
        if not old.events:
            return old
        first, *others = old.events
        event = replace(first, properties=_edited(draw, first.properties))
        return replace(old, events=(event, *others))
    before = getattr(old, field)
    if field.endswith(("traits", "properties")) and before and draw(st.booleans()):
        return replace(old, **{field: _edited(draw, before)})
    return replace(old, **{field: getattr(draw(rules()), field)})


def _edited(draw: st.DrawFn, before: tuple[Property, ...]) -> tuple[Property, ...]:
    """One property more, or less, or another."""
    more = tuple(one for one in draw(properties) if one.name not in {old.name for old in before})
    if not before or draw(st.booleans()):
        return before + more[:1]
    first, *others = before
    same = replace(first, optional=draw(st.booleans()), type=draw(st.just(first.type) | types))
    return tuple(others) if draw(st.integers(0, 3)) == 0 else (same, *others)


class Messages:
    """Messages such as a plan is about, or nearly: the same ones for the same seed.

    Plain chance rather than strategies, of which a message would need a hundred: so a plan meets
    many messages in the time of one.
    """

    def __init__(self, about: Rules, seed: int) -> None:
        self._about = about
        self._random = Random(seed)
        self._careless = 1.0
        self._one_of = self._random.choice

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for place in range(MESSAGES):
            self._careless = place % 3 / 2  # from none at all
            yield self._message()

    def _chance(self, of_ten: float = 1.0) -> bool:
        """Whether something goes wrong: in so many of ten cases, in a careless message."""
        return self._random.random() * 10 < of_ten * self._careless

    def _message(self) -> dict[str, Any]:
        about = self._about
        kind = self._one_of(["track", "track", "page", "screen", "identify", "group", "alias"])
        message: dict[str, Any] = {"type": kind}
        if kind == "track":
            message["event"], message["properties"] = self._event()
        elif kind in ("page", "screen"):
            message["name"] = self._name(about.pages or PLACES)
            message["category"] = self._name(about.categories or CATEGORIES)
            message["properties"] = self._set(about.page_properties)
        elif kind in ("identify", "group"):
            user = kind == "identify"
            message["traits"] = self._set(about.user_traits if user else about.group_traits)
        context: dict[str, Any] = {
            "page": self._page(),
            "section": {
                "name": self._name(about.sections or PLACES),
                "path": [*(about.sections or PLACES)[:2], *self._one_of([[], [], [], ["edit"]])],
            },
        }
        if self._random.random() < 0.2:
            context["traits"] = self._set(about.user_traits)
        message["context"] = context
        for holder in (message, context, context["page"], context["section"]):
            for key in list(holder):
                if self._chance(0.5):
                    del holder[key]
                elif self._chance(0.2):
                    holder[key] = self._one_of(JUNK)
        return message

    def _event(self) -> tuple[str, Any]:
        about = self._about
        prefix = self._one_of(["", "acme.", "acme_webapp."])
        name = self._one_of([event.name for event in about.events] or EVENTS)
        if self._chance(2):
            name = self._one_of([*EVENTS, "else.click"])
        if self._chance(2):
            prefix = self._one_of(["acme_.", "other.", ".", "acme.acme."])
        events = {event.name: event.properties for event in about.events}
        end = "\n" if self._chance(0.5) else ""
        return prefix + name + end, self._set(events.get(name, ()))

    def _page(self) -> dict[str, Any]:
        if self._about.described_pages and self._random.random() < 0.6:
            page = self._one_of(self._about.described_pages)
            return {"name": page.name, "type": page.type.value, "category": page.category}
        return {
            "name": self._name(self._about.pages or PLACES),
            "type": self._one_of([None, "", 0, []] if self._chance(2) else ["page", "modal"]),
            "category": self._name(self._about.categories or CATEGORIES),
        }

    def _set(self, of: tuple[Property, ...] | None) -> Any:
        """The properties of a set, some of them missing, wrong, or of another set."""
        given = {
            one.name: self._value(one.type)
            for one in of or ()
            if not one.optional or self._random.random() < 0.7
        }
        if given and self._chance():
            del given[self._one_of(list(given))]
        if self._chance():
            given[self._one_of([*PROPERTIES, "five", "ada@example.com"])] = self._one_of(JUNK)
        return self._one_of(JUNK) if self._chance(0.5) else given

    def _value(self, type_: ValueType) -> Any:
        if self._chance():
            return self._one_of(JUNK)
        if type_.kind == "choice":
            return self._one_of(type_.choices)
        if type_.item:
            return [self._value(type_.item) for _ in range(self._one_of([0, 1, 1, 1, 3]))]
        return self._one_of(GOOD[type_.kind])

    def _name(self, names: Sequence[str]) -> Any:
        other = [None, "elsewhere", 3, "", ["home"], True, *PLACES, *CATEGORIES]
        return self._one_of(other) if self._chance() or not names else self._one_of([*names, None])


MESSAGES = 20
"""How many messages each plan meets."""

GOOD: dict[str, list[Any]] = {
    "boolean": [True, False],
    "integer": [0, -3, 3.0, 2**53 - 1, -(2**53) + 1],
    "number": [0, -0.5, 1e300, 10**300],
    "count": [0, 2, 2.0],
    "duration": [0, 1200],
    "id": ["a", "cus_9s6", "1:2", "f3b0c442-98fc-4c14-9afb-f4c8996fb924"],
    "version": ["1", "v1.2", "1.4.0", "2.0.0-rc.1+b5"],
    "text": ["", "abc", "a\u00e9\U0001f600"],
}
JUNK: list[Any] = [
    *(None, True, False, 0, 1, 1.0, -1, 2, 3, 2**53, 10**400, 0.5, "", "a", "b", "c", "b\n"),
    *("1.0", "1.0\n", "a" * 71, "a" * 64, "abcd", "10.0.0.12", "ada@example.com", "select 1"),
    *([], ["a"], [1, True], ["b", None], {}, {"a": 1}, {"name": "home"}),
]
