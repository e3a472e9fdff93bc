"""The comparison of two plans, for people who are about to roll out the second."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..plan import Plan
    from ..plan.compare import Change


def report(old: Plan, new: Plan) -> tuple[str, bool]:
    """The changes in sentences, and whether all of them are compatible."""
    changes = new.changes_since(old)
    return "\n".join(_lines(old, new, changes)), all(change.compatible for change in changes)


def _lines(old: Plan, new: Plan, changes: tuple[Change, ...]) -> Iterator[str]:
    before, after = old.rules.version, new.rules.version
    yield f"{new.rules.app}: {before} ({old.hash}) -> {after} ({new.hash})"
    if not changes:
        yield "Nothing changed."
        return
    for title, wanted in (("Breaking", False), ("Compatible", True)):
        found = [change for change in changes if change.compatible is wanted]
        if found:
            yield from ("", f"{title} ({len(found)}):")
            yield from (f"  {change.sentence}" for change in found)
    if any(not change.compatible for change in changes):
        yield ""
        yield (
            "Pages that are open with the old plan go on sending what the new one does not allow: "
            "the collector sets it apart under the rule plan_version."
        )
    if before == after and old.hash != new.hash:
        yield ""
        yield f"Both are called version {after}: raise it, so that people can tell them apart."
