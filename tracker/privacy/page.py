"""The facts of a page that may leave, and what is left of an allowed one.

They are an allow-list: what the policy does not name is removed, whatever it holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..fields import as_object
from .keys import place_of
from .rules import Place
from .sweep import GONE, Sweep, without_gone
from .text import rule_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..event import Json
    from .policy import PagePolicy

OWN = frozenset({"name", "category", "type"})
"""What the application itself calls the page."""

FACTS = {
    "hostname": "hostname",
    "host": "hostname",
    "url": "url",
    "tab_url": "url",
    "href": "url",
    "path": "path",
    "pathname": "path",
    "title": "title",
    "referrer": "referrer",
    "referer": "referrer",
    "initial_referrer": "referrer",
    "referring_domain": "referrer",
    "initial_referring_domain": "referrer",
    "search": "query",
    "query": "query",
    "hash": "query",
    "fragment": "query",
}
"""The permission that each field of ``context.page`` needs; what is not here is never allowed.

The names are those that Segment's and RudderStack's SDKs send.
"""

_URLS = frozenset({"url", "referrer", "path"})
_NEVER = (Place.SENSITIVE, Place.PERSONAL, Place.WAREHOUSE)


def scrub_page(
    entries: dict[str, Json], field: str, sweep: Sweep, policy: PagePolicy, *, is_closed: bool
) -> dict[str, Json]:
    """The object without the facts that the policy does not allow, and those it allows scrubbed.

    ``is_closed`` says that what is not known may not leave either: so it is in ``context.page``,
    but not in the properties of a page call, which are the application's own.
    """
    if sweep.values.ignored("page_not_allowed"):
        return sweep.mapping(entries, field)
    changes: dict[str, Json] = {}
    others: dict[str, Json] = {}
    hosts = sweep.values.hosts
    for key, value in entries.items():
        if key == "hostname" and type(value) is str and value in hosts:
            continue
        fact = FACTS.get(key)
        if fact in policy.allow and isinstance(value, str):
            kept = _allowed(fact, value, f"{field}.{key}", sweep, policy)
        elif fact is None and (key in OWN or not is_closed):
            others[key] = value
            continue
        else:
            kept = GONE
            if value not in (None, "", [], {}):
                sweep.note(f"{field}.{key}" if fact else (field, entries, key), "page_not_allowed")
        if kept is not value:
            changes[key] = kept
    swept = sweep.mapping(others, field)
    if swept is not others:
        changes |= {key: swept.get(key, GONE) for key in others}
    if not changes:
        return entries
    return without_gone(entries | changes)


def scrub_campaign(value: Json, sweep: Sweep, policy: PagePolicy) -> Json:
    """The UTM parameters, where the policy allows them; ``value`` may be anything."""
    if "utm" in policy.allow or sweep.values.ignored("page_not_allowed"):
        entries = as_object(value)
        if entries is None:
            return sweep.value(value, "context.campaign")
        return sweep.mapping(entries, "context.campaign")
    return _forbidden(value, "context.campaign", sweep)


def scrub_referrer(value: Json, sweep: Sweep, policy: PagePolicy) -> Json:
    """``context.referrer`` of Segment's mobile SDKs, where the policy allows referrers."""
    if "referrer" in policy.allow or sweep.values.ignored("page_not_allowed"):
        return sweep.value(value, "context.referrer")
    return _forbidden(value, "context.referrer", sweep)


def _forbidden(value: Json, field: str, sweep: Sweep) -> Json:
    if not value:
        return value
    sweep.note(field, "page_not_allowed")
    return GONE


def _allowed(fact: str | None, value: str, field: str, sweep: Sweep, policy: PagePolicy) -> Json:
    ignored = sweep.values.ignored
    kept = _trimmed(fact, value, with_query="query" in policy.allow, ignored=ignored)
    rule = _rule_of_fact(fact, kept, ignored)
    if rule is not None:
        sweep.note(field, rule)
        return GONE
    if kept != value:
        sweep.note(field, "url_query")
        return kept or GONE
    if fact == "hostname":
        sweep.values.remember_host(value)
    return value


def _trimmed(
    fact: str | None, value: str, *, with_query: bool, ignored: Callable[[str], bool]
) -> str:
    """What may leave of an allowed fact: a URL without credentials, and its query only if allowed.

    Parameters that are a leak, by name or by value, are dropped from an allowed query.
    """
    if fact == "query":
        return _scrubbed_query(value, ignored)
    if fact not in _URLS:
        return value
    value = _without_credentials(value)
    end = min((at for at in map(value.find, "?#") if at >= 0), default=len(value))
    rest = value[end:]
    return value[:end] + (_scrubbed_query(rest, ignored) if with_query else "")


def _rule_of_fact(fact: str | None, value: str, ignored: Callable[[str], bool]) -> str | None:
    """The rule that the trimmed fact breaks all the same."""
    if fact == "query" or not value:
        return None
    if fact in _URLS:
        address = value.split("?", 1)[0].split("#", 1)[0]
        return rule_of(address, Place.ROUTE, ignored)
    if fact == "hostname":
        # A site without a name: its own address, not a visitor's.
        return rule_of(value, Place.NAME, lambda rule: rule == "ip_address" or ignored(rule))
    return rule_of(value, Place.TEXT, ignored)


def _without_credentials(url: str) -> str:
    start = url.find("//")
    if start < 0 or start > 26:
        return url
    rest = url[start + 2 :]
    end = min((at for at in map(rest.find, "/?#\\") if at >= 0), default=len(rest))
    return url[: start + 2] + rest[:end].rsplit("@", 1)[-1] + rest[end:]


def _scrubbed_query(query: str, ignored: Callable[[str], bool]) -> str:
    sign = query[:1] if query[:1] in ("?", "#") else ""
    kept: list[str] = []
    for parameter in query[len(sign) :].split("&"):
        name, equals, value = parameter.partition("=")
        if rule_of(name, Place.TEXT, ignored):
            continue
        place = place_of(name)
        if equals and (place in _NEVER or rule_of(value, place, ignored)):
            continue
        kept.append(parameter)
    return sign + "&".join(kept) if any(kept) else ""
