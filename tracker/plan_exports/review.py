"""What `tracker plan check` says of a plan that obeys its rules, and of messages under it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ..plan import Disposition

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..plan import Plan
    from ..plan.rules import Rules


def summary(plan: Plan) -> str:
    """How much there is in a plan, and what it does not speak of."""
    rules = plan.rules
    sides = [rules.side_of(event) for event in rules.events]
    counts = [
        f"{len(sides)} events ({sides.count('client')} client, {sides.count('server')} server)",
        *(
            f"{len(names)} {kind}"
            for kind, names in (
                ("pages", rules.pages),
                ("sections", rules.sections),
                ("categories", rules.categories),
                ("routes", rules.routes),
            )
            if names
        ),
    ]
    first = f"{rules.app} {rules.version}, hash {plan.hash}: {', '.join(counts)}."
    return "\n".join([first, *(f"note: {note}" for note in _notes(rules))])


def _notes(rules: Rules) -> Iterator[str]:
    for kind in ("pages", "sections", "categories"):
        if getattr(rules, kind) is None:
            yield f"any name may be sent as one of the {kind}: the plan has no {kind}="
    for kind in ("user_traits", "group_traits"):
        if getattr(rules, kind) is None:
            yield f"any traits may be sent: the plan has no {kind}="
    if rules.unplanned == "allow":
        yield 'what is not in the plan passes: unplanned="allow"'
    untold = [event.name for event in rules.events if event.properties and not event.description]
    if untold:
        yield f"without a docstring, nobody will know when they happen: {', '.join(untold)}"
    for event in rules.events:
        for one in event.properties:
            because = (one.type.item or one.type).because
            if because:
                yield f"{event.name}.{one.name} is free text, because {because}"


def messages_reviewed(plan: Plan, lines: Iterable[str]) -> tuple[str, bool]:
    """What the plan has to say about messages, one a line; and whether all of them may pass."""
    found: list[str] = []
    count = stopped = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        count += 1
        try:
            message = json.loads(line)
        except ValueError:
            found.append(f"line {number}: expected a message as JSON, got other text")
            stopped += 1
            continue
        findings = plan.check(message)
        disposition = plan.disposition(findings)
        stopped += disposition is not Disposition.PASS
        found += [f"line {number}: {disposition}: {violation}" for violation in findings.all]
    found.append(f"{count} messages, {count - stopped} pass, {stopped} do not.")
    return "\n".join(found), not stopped
