"""Which page a URL path shows: patterns such as ``/projects/{project_id}/tables``.

``{project_id}`` stands for one segment, ``{rest:path}`` at the end for one or more. A more specific
pattern wins over one that matches all it matches, as ``/projects/new`` over ``/projects/{id}``; two
that merely overlap are refused. What stood in the path's place of a name is never kept: it is an id,
or worse.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..event import Page

_PARAMETER = re.compile(r"\{[a-z][a-z0-9_]*(?P<rest>:path)?\}")
_LITERAL = re.compile(r"[A-Za-z0-9._~!$&'()+,;=:@%-]+")


class _Pattern:
    """One pattern, split: a text for each literal segment, None for each name."""

    __slots__ = ("page", "rest", "segments", "text")

    def __init__(self, text: str, page: Page) -> None:
        self.text = text
        self.page = page
        self.rest = False
        self.segments: list[str | None] = []
        if not text.startswith("/"):
            raise PlanError(f'route "{text}": expected a path that begins with /')
        segments = _split(text)
        for place, segment in enumerate(segments, start=1):
            parameter = _PARAMETER.fullmatch(segment)
            if parameter and parameter["rest"]:
                if place < len(segments):
                    raise PlanError(f'route "{text}": {segment} may stand at the end alone')
                self.rest = True
            elif parameter or _LITERAL.fullmatch(segment):
                self.segments.append(None if parameter else segment)
            else:
                raise PlanError(
                    f'route "{text}": expected segments such as tables or {{project_id}}, '
                    f'got "{segment}"'
                )

    def matches(self, path: list[str]) -> bool:
        """Whether the pattern covers a path's segments."""
        if len(path) <= len(self.segments) if self.rest else len(path) != len(self.segments):
            return False
        return all(
            ours is None or ours == theirs
            for ours, theirs in zip(self.segments, path, strict=False)
        )

    def within(self, other: _Pattern) -> bool:
        """Whether every path that this pattern matches, the other matches too."""
        mine, theirs = self.segments, other.segments
        if other.rest:
            # One more segment at least: ours has it when it is longer, or goes on as well.
            if len(mine) < len(theirs) + (0 if self.rest else 1):
                return False
        elif self.rest or len(mine) != len(theirs):
            return False
        return all(b is None or a == b for a, b in zip(mine, theirs, strict=False))

    def overlaps(self, other: _Pattern) -> bool:
        """Whether some path matches both."""
        mine, theirs = len(self.segments), len(other.segments)
        if not self.rest and not other.rest and mine != theirs:
            return False
        if (self.rest and not other.rest and theirs <= mine) or (
            other.rest and not self.rest and mine <= theirs
        ):
            return False
        pairs = zip(self.segments, other.segments, strict=False)
        return all(a is None or b is None or a == b for a, b in pairs)


class Routes:
    """A route table, most specific patterns first.

    Raises ``PlanError`` for a pattern that is none, and for two that match a path in common
    without one being more specific than the other.
    """

    def __init__(self, table: Iterable[tuple[str, Page]]) -> None:
        patterns = [_Pattern(text, page) for text, page in table]
        for place, one in enumerate(patterns):
            for other in patterns[:place]:
                if one.overlaps(other) and one.within(other) == other.within(one):
                    raise PlanError(
                        f'routes "{other.text}" and "{one.text}": the same path can match both, '
                        "and neither is more specific; change a segment of one of them"
                    )
        # What lies within others comes before them.
        self._patterns = sorted(patterns, key=lambda one: -sum(map(one.within, patterns)))

    def page_at(self, path: str) -> Page | None:
        """The page that a path shows, None when no route does; query and fragment do not count."""
        segments = _split(path)
        for pattern in self._patterns:
            if pattern.matches(segments):
                return pattern.page
        return None


def _split(path: str) -> list[str]:
    path = path.partition("#")[0].partition("?")[0]
    return [segment for segment in path.split("/") if segment]
