"""TypeScript of a plan: declarations that check each call as it is written, and the names as values."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..plan import Plan
    from ..plan.rules import EventRules, Property
    from ..plan.values import ValueType

_CALLS = """\
  /** An event with its properties: an event that has none is its name alone. */
  type TrackedEvent = {
    [Name in EventName]: {} extends EventProperties[Name]
      ? { name: Name; properties?: EventProperties[Name] }
      : { name: Name; properties: EventProperties[Name] };
  }[EventName];

  interface PageView {
    name: PageName;
    type?: PageType;
    category?: CategoryName;
    properties?: PageProperties;
  }

  /** A handle on a place: what it tracks happened there. */
  interface Tracking {
    track(event: TrackedEvent): void;
  }

  interface Tracker extends Tracking {
    page(page: PageView): void;
    identify(userId: string, traits?: UserTraits): void;
    group(groupId: string, traits?: GroupTraits): void;
    alias(userId: string, previousId?: string): void;
    reset(): void;
    flush(): void;
    consent(decision?: "granted" | "denied"): "granted" | "denied" | "required" | undefined;
    useTracking(element?: Element): Tracking;
    readonly version?: string;
    readonly python?: "ready" | "failed";
  }

  interface TrackPageProps {
    name: PageName;
    type?: PageType;
    category?: CategoryName;
    children?: any;
  }

  interface TrackSectionProps {
    name: SectionName;
    children?: any;
  }
"""

_REACT = """\
declare module {module} {{
  export function useTracking(): TrackingPlan.Tracking &
    Pick<TrackingPlan.Tracker, "identify" | "group" | "alias" | "reset">;
  export function TrackPage(props: TrackingPlan.TrackPageProps): any;
  export function TrackSection(props: TrackingPlan.TrackSectionProps): any;
  export function TrackingProvider(props: {{ enabled?: boolean; children?: any }}): any;
}}
"""


def declarations(plan: Plan, *, react_module: str = "*/react.js") -> str:
    """A global declaration file (``.d.ts``): with it, ``tracker`` and the React hook know the plan.

    It holds the client's events alone: the server's are not the page's to send. ``react_module`` is
    how the application imports the React binding; a ``*`` stands for anything.
    """
    rules = plan.rules
    client = [event for event in rules.events if rules.side_of(event) == "client"]
    return "\n".join(
        [
            _headline(plan),
            "",
            "declare namespace TrackingPlan {",
            *_aliases(plan),
            "",
            "  interface EventProperties {",
            *(line for event in client for line in _event(event)),
            "  }",
            "",
            "  type EventName = keyof EventProperties;",
            "",
            *_set("PageProperties", rules.page_properties),
            *_set("UserTraits", rules.user_traits),
            *_set("GroupTraits", rules.group_traits),
            _CALLS.rstrip("\n"),
            "}",
            "",
            "declare var tracker: TrackingPlan.Tracker;",
            "",
            "interface Window {",
            "  tracker: TrackingPlan.Tracker;",
            "}",
            "",
            _REACT.format(module=json.dumps(react_module)),
        ]
    )


def values(plan: Plan) -> str:
    """A module (``.ts``) with the names as constants: ``EventName.RUN_QUERY_BUTTON_CLICK``."""
    rules = plan.rules
    client = [event.name for event in rules.events if rules.side_of(event) == "client"]
    parts = [
        _constants("EventName", client),
        _constants("PageName", rules.pages or ()),
        _constants("SectionName", rules.sections or ()),
        _constants("CategoryName", rules.categories or ()),
        _constants("PageType", ("page", "modal")),
    ]
    return "\n".join([_headline(plan), "", *parts])


def _headline(plan: Plan) -> str:
    rules = plan.rules
    said = f"{rules.app} {rules.version}, {plan.hash}"
    return f"// Made by `tracker plan types` of the tracking plan {_comment(said)}. Do not edit."


def _constants(name: str, texts: Iterable[str]) -> str:
    lines = [f"  {text.replace('.', '_').upper()}: {json.dumps(text)}," for text in texts]
    return "\n".join(
        [
            f"export const {name} = {{",
            *lines,
            "} as const;",
            f"export type {name} = (typeof {name})[keyof typeof {name}];",
            "",
        ]
    )


def _aliases(plan: Plan) -> Iterator[str]:
    rules = plan.rules
    for name, texts in (
        ("PageName", rules.pages),
        ("SectionName", rules.sections),
        ("CategoryName", rules.categories),
    ):
        # What a plan does not speak of, it does not check.
        yield f"  type {name} = {'string' if texts is None else _union(texts)};"
    yield '  type PageType = "page" | "modal";'


def _event(event: EventRules) -> Iterator[str]:
    if event.description:
        yield f"    /** {_comment(event.description)} */"
    if not event.properties:
        yield f"    {json.dumps(event.name)}: Record<string, never>;"
        return
    yield f"    {json.dumps(event.name)}: {{"
    for one in event.properties:
        yield from (f"      {line}" for line in _property(one))
    yield "    };"


def _set(name: str, properties: tuple[Property, ...] | None) -> Iterator[str]:
    if properties is None:
        yield f"  type {name} = Record<string, unknown>;"
        return
    yield f"  type {name} = {{"
    for one in properties:
        yield from (f"    {line}" for line in _property(one))
    yield "  };"


def _property(one: Property) -> Iterator[str]:
    said = " ".join(part for part in (_unit(one.type), one.description) if part)
    if said:
        yield f"/** {_comment(said)} */"
    mark, null = ("?", " | null") if one.optional else ("", "")
    yield f"{one.name}{mark}: {_type(one.type)}{null};"


def _unit(type_: ValueType) -> str:
    match type_.kind:
        case "duration":
            return "In whole milliseconds."
        case "count":
            return "A whole number from 0."
        case "text":
            return f"At most {type_.max_length} characters."
        case _:
            return ""


def _type(type_: ValueType) -> str:
    match type_.kind:
        case "boolean":
            return "boolean"
        case "choice":
            return _union(type_.choices)
        case "id" | "version" | "text":
            return "string"
        case "list":
            return f"readonly ({_type(type_.item or type_)})[]"
        case _:
            return "number"


def _union(choices: Iterable[str | int]) -> str:
    return " | ".join(json.dumps(choice) for choice in choices) or "never"


def _comment(text: str) -> str:
    """Text that cannot end the comment it stands in."""
    return " ".join(text.replace("*/", "* /").split())
