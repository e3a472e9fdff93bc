"""The wire: JSON in, nouns out, and back. The only module that knows camelCase.

Messages are RudderStack/Segment messages. Facts and environments are what the loader posts to
the worker, and beacons to ``/v1/raw``. On the way out a field without a value is left out; on the
way in ``null`` means the same as no field, because several SDKs send it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .event import (
    App,
    Call,
    Context,
    Environment,
    Fact,
    Json,
    Kind,
    Library,
    Message,
    Page,
    PageType,
    Path,
    Screen,
    Section,
    Visit,
)
from .fields import Fields, as_list
from .times import format_time, parse_time

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "MAX_BATCH_BYTES",
    "MAX_MESSAGE_BYTES",
    "decode_environment",
    "decode_fact",
    "decode_message",
    "encode_call",
    "encode_environment",
    "encode_fact",
    "encode_message",
    "format_time",
    "parse_time",
    "to_text",
]

MAX_MESSAGE_BYTES = 32 * 1024
"""The largest message, as UTF-8 JSON: the limit that Segment and RudderStack document."""

MAX_BATCH_BYTES = 512 * 1024
"""The largest request body, on the wire and decompressed."""

_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_MAX_SCOPES = 32
_KINDS = tuple(kind.value for kind in Kind)
_PAGE_TYPES = tuple(kind.value for kind in PageType)
_PAGE_FACTS = {
    "url": "url",
    "path": "path",
    "title": "title",
    "referrer": "referrer",
    "query": "search",
}
"""How ``context.page`` calls the facts that a page's tag names."""
_UTM = {
    "utm_campaign": "name",
    "utm_source": "source",
    "utm_medium": "medium",
    "utm_term": "term",
    "utm_content": "content",
}
"""How ``context.campaign`` calls the UTM parameters."""
_MAX_PAGE_FACT = 2048


def to_text(value: Json) -> str:
    """Compact JSON text, with characters beyond ASCII as they are.

    Raises ``ValueError`` for NaN and the infinities, which JSON has no words for.
    """
    return _ENCODER.encode(value)


def decode_fact(data: Json) -> Fact:
    """Read what the loader captured.

    Raises ``InvalidInput`` with every violation.
    """
    fields = Fields(data, "fact")
    kind = fields.choice("kind", _KINDS, Kind.TRACK.value)
    visit = fields.object("visit", required=True)
    call = Call(
        kind=Kind(kind),
        name=fields.text("name", required=kind in ("track", "page")),
        properties=fields.mapping("properties"),
        traits=fields.mapping("traits"),
        group_id=fields.text("groupId", required=kind == "group"),
        previous_id=fields.text("previousId", required=kind == "alias"),
        user_id=fields.text("userId", required=kind == "alias"),
        path=_decode_path(fields),
        app=_decode_app(fields.object("app")),
    )
    fact = Fact(
        id=fields.text("id", required=True) or "",
        at=fields.time("at") or 0,
        visit=Visit(
            anonymous_id=visit.text("anonymousId", required=True) or "",
            user_id=visit.text("userId"),
            session_id=visit.whole("sessionId"),
        ),
        call=call,
        page_facts=_decode_page_facts(fields),
    )
    fields.raise_violations()
    return fact


def encode_fact(fact: Fact) -> dict[str, Json]:
    """The fact as the loader writes it."""
    return {
        "id": fact.id,
        "at": fact.at,
        **encode_call(fact.call),
        "visit": _without_nothing(
            anonymousId=fact.visit.anonymous_id,
            userId=fact.visit.user_id,
            sessionId=fact.visit.session_id,
        ),
        **({"pageFacts": dict(fact.page_facts)} if fact.page_facts else {}),
    }


def encode_call(call: Call) -> dict[str, Json]:
    """The call's part of a fact."""
    return _without_nothing(
        kind=call.kind.value,
        name=call.name,
        properties=dict(call.properties) or None,
        traits=dict(call.traits) or None,
        groupId=call.group_id,
        previousId=call.previous_id,
        userId=call.user_id,
        path=encode_path(call.path),
        app=_encode_app(call.app) if call.app else None,
    )


def encode_path(path: Path) -> list[Json]:
    """The scopes, outermost first, as the loader writes them."""
    return [
        {"page": _encode_page(scope)}
        if isinstance(scope, Page)
        else {"section": {"name": scope.name}}
        for scope in path
    ]


def decode_environment(data: Json) -> Environment:
    """Read the facts' common surroundings.

    Raises ``InvalidInput`` with every violation.
    """
    fields = Fields(data, "environment")
    environment = _read_environment(fields)
    fields.raise_violations()
    return environment


def encode_environment(environment: Environment) -> dict[str, Json]:
    """The environment as the loader writes it; also the greater part of a message's context."""
    screen = environment.screen
    return _without_nothing(
        app=_encode_app(environment.app),
        library={"name": environment.library.name, "version": environment.library.version},
        page=_without_nothing(hostname=environment.hostname) or None,
        locale=environment.locale,
        timezone=environment.timezone,
        screen=_without_nothing(
            width=screen.width,
            height=screen.height,
            density=screen.density,
            innerWidth=screen.inner_width,
            innerHeight=screen.inner_height,
        )
        if screen
        else None,
        userAgent=environment.user_agent,
    )


def encode_message(message: Message) -> dict[str, Json]:
    """The message as it goes over the wire."""
    context = message.context
    place = encode_environment(context.environment)
    if context.page:
        place["page"] = _encode_page(context.page) | place.get("page", {})
    if context.page_facts:
        _add_page_facts(context.page_facts, place)
    if context.sections:
        place["section"] = {"name": context.sections[-1], "path": list(context.sections)}
    if context.session_id is not None:
        place["sessionId"] = context.session_id
    takes_properties = message.type in (Kind.TRACK, Kind.PAGE)
    return _without_nothing(
        type=message.type.value,
        messageId=message.message_id,
        anonymousId=message.anonymous_id,
        userId=message.user_id,
        event=message.event,
        name=message.name,
        category=message.category,
        properties=dict(message.properties) if takes_properties else None,
        traits=dict(message.traits) or None,
        groupId=message.group_id,
        previousId=message.previous_id,
        originalTimestamp=format_time(message.original_timestamp),
        channel="web",
        context=place,
    )


def decode_message(data: Json) -> Message:
    """Read a message that ``encode_message`` wrote; the collector takes others' as they are.

    Raises ``InvalidInput`` with every violation.
    """
    fields = Fields(data, "message")
    place = fields.object("context", required=True)
    page = place.object("page")
    page_name = page.text("name")
    section = place.object("section")
    message = Message(
        type=Kind(fields.choice("type", _KINDS, Kind.TRACK.value)),
        message_id=fields.text("messageId", required=True) or "",
        anonymous_id=fields.text("anonymousId", required=True) or "",
        user_id=fields.text("userId"),
        event=fields.text("event"),
        name=fields.text("name"),
        category=fields.text("category"),
        properties=fields.mapping("properties"),
        traits=fields.mapping("traits"),
        group_id=fields.text("groupId"),
        previous_id=fields.text("previousId"),
        original_timestamp=fields.timestamp("originalTimestamp") or 0,
        context=Context(
            environment=_read_environment(place),
            page=_read_page(page) if page_name else None,
            sections=section.texts("path"),
            session_id=place.whole("sessionId"),
        ),
    )
    fields.raise_violations()
    return message


def _read_environment(fields: Fields) -> Environment:
    library = fields.object("library", required=True)
    screen = fields.object("screen")
    return Environment(
        app=_decode_app(fields.object("app", required=True)) or App(""),
        library=Library(
            name=library.text("name", required=True) or "",
            version=library.text("version", required=True) or "",
        ),
        hostname=fields.object("page").text("hostname"),
        locale=fields.text("locale"),
        timezone=fields.text("timezone"),
        screen=Screen(
            width=screen.whole("width"),
            height=screen.whole("height"),
            density=screen.number("density"),
            inner_width=screen.whole("innerWidth"),
            inner_height=screen.whole("innerHeight"),
        )
        if screen
        else None,
        user_agent=fields.text("userAgent"),
    )


def _decode_path(fields: Fields) -> Path:
    scopes: list[Page | Section] = []
    for scope in fields.objects("path", _MAX_SCOPES):
        page, section = scope.object("page"), scope.object("section")
        if page:
            scopes.append(_read_page(page))
        elif section:
            scopes.append(Section(section.text("name", required=True) or ""))
        else:
            scope.refuse("", "unknown_scope", 'expected {"page": {…}} or {"section": {…}}')
    return tuple(scopes)


def _decode_page_facts(fields: Fields) -> Mapping[str, Json]:
    """The facts that have a name on the wire. One too long, or no text, is done without."""
    given = fields.mapping("pageFacts")
    if not given:
        return {}
    found: dict[str, Json] = _short_texts(given, _PAGE_FACTS)
    utm = _short_texts(_pairs(given.get("utm")), _UTM)
    return found | {"utm": [[name, value] for name, value in utm.items()]} if utm else found


def _pairs(value: Json) -> dict[str, Json]:
    pairs: dict[str, Json] = {}
    for pair in (as_list(value) or [])[:_MAX_SCOPES]:
        name, text = (*(as_list(pair) or []), None, None)[:2]
        if isinstance(name, str):
            pairs[name] = text
    return pairs


def _short_texts(given: Mapping[str, Json], names: Mapping[str, str]) -> dict[str, Json]:
    return {
        name: value
        for name in names
        if isinstance(value := given.get(name), str) and 0 < len(value) <= _MAX_PAGE_FACT
    }


def _add_page_facts(facts: Mapping[str, Json], place: dict[str, Json]) -> None:
    page = {wire: facts[name] for name, wire in _PAGE_FACTS.items() if name in facts}
    if page:
        place["page"] = place.get("page", {}) | page
    utm = facts.get("utm")
    if utm:
        place["campaign"] = {_UTM[name]: value for name, value in utm}


def _read_page(page: Fields) -> Page:
    return Page(
        name=page.text("name", required=True) or "",
        type=PageType(page.choice("type", _PAGE_TYPES, PageType.PAGE.value, required=False)),
        category=page.text("category"),
    )


def _encode_page(page: Page) -> dict[str, Json]:
    return _without_nothing(name=page.name, category=page.category, type=page.type.value)


def _decode_app(app: Fields) -> App | None:
    if not app:
        return None
    return App(
        name=app.text("name", required=True) or "",
        namespace=app.text("namespace"),
        version=app.text("version"),
        build=app.text("build"),
    )


def _encode_app(app: App) -> Mapping[str, Json]:
    return _without_nothing(
        namespace=app.namespace, name=app.name, version=app.version, build=app.build
    )


def _without_nothing(**fields: Any) -> dict[str, Json]:
    return {name: value for name, value in fields.items() if value is not None}
