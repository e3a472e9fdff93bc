"""Asks every detector about one text, in the order of how much they would hurt."""

from __future__ import annotations

from collections.abc import Callable

from .contacts import email_in, ipv4_in, ipv6_in, spelled_email_in
from .formats import is_private_key, prefixed_secret_in
from .locations import location_rule
from .names import dbt_in, warehouse_name_in
from .numbers import card_in, iban_in, national_id_in, phone_in
from .patterns import Pattern
from .randomness import looks_random, random_in
from .rules import Place
from .secrets import assigned_secret_in, secret_in
from .sql import is_query_text, sql_in
from .unmasking import decoded, folded, spaced, unescaped

MAX_TEXT = 32_768
"""Longer texts, in characters, are caught unseen: no message may be as long."""

_HARMLESS = Pattern(
    # Words of one case, joined: run_query_button, Save-As, EXPLORER; element.action, app.element.action.
    r"(?!(?:stg|fct|dim|int|fact|base|src|raw|mart|rpt|seed|snap|snapshot|mrt|intermediate|staging|tmp|prep)_|[A-Za-z_-]{1,80}_dot_)"
    r"(?:[A-Z]?[a-z]{1,24}|[A-Z]{1,15})(?:[_-](?:[A-Z]?[a-z]{1,24}|[A-Z]{1,15}|[0-9]{1,4})){0,7}"
    # A time zone; semver.
    r"|(?:Africa|America|Asia|Atlantic|Australia|Etc|Europe|Indian|Pacific)/[A-Z][A-Za-z_]{1,20}"
    r"|v?[0-9]{1,2}\.[0-9]{1,3}\.[0-9]{1,4}"
    # Few digits, a UUID, a time in ISO 8601.
    r"|[0-9]{1,6}"
    r"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_HARMLESS_THERE = {
    # element.action, app.element.action, a host's name.
    Place.NAME: Pattern(
        r"[a-z]{1,24}[0-9]{0,3}(?:[_-][a-z]{1,24}[0-9]{0,3}){0,7}"
        r"(?:\.[a-z]{1,24}[0-9]{0,3}(?:[_-][a-z]{1,24}[0-9]{0,3}){0,7}){0,2}"
    ),
    Place.VERSION: Pattern(r"v?[0-9]{1,5}(?:\.[0-9]{1,6}){0,4}(?:[-+.]?[a-z]{1,8}\.?[0-9]{0,6})?"),
    # A browser's, of words too short for a credential.
    Place.AGENT: Pattern(
        r"Mozilla/5\.0 \((?:[\w.]{1,15}[ ;:,/+-]{1,2}){0,16}[\w.]{1,15}\)"
        r"(?:[ (]{1,2}[\w.]{1,15}(?:[/,][\w.]{0,15})?\)?){0,12}"
    ),
}
_DIGITS = Pattern(r"[0-9](?:[^0-9]{0,3}[0-9]){5}")
_TOKEN = Pattern(r"[\w.+/=~:$-]{10}")

_DBT_MARKS = ("{", "}", "(", "dbt", ".", "+", ":")

Ignored = Callable[[str], bool]


def rule_of(text: str, place: Place, ignored: Ignored) -> str | None:
    """The first rule that the text breaks at such a place, None when it may leave.

    ``ignored`` says which rules are not applied. The text is looked at as it is, without its
    escapes, and where it is base64 or hexadecimal, as what that stands for.
    """
    there = _HARMLESS_THERE.get(place)
    if is_harmless(text) or (there is not None and there.fullmatch(text)):
        return None
    if len(text) > MAX_TEXT:
        return None if ignored("too_long") else "too_long"
    plain = folded(text)
    rule = _rule_of_plain(plain, place, ignored)
    if rule:
        return rule
    bare = unescaped(plain)
    for other in (folded(bare), spaced(bare)):
        if other != plain:
            rule = _rule_of_plain(other, place, ignored)
            if rule:
                return rule
    if len(bare) >= 12:
        for piece in decoded(bare):
            rule = _rule_of_plain(folded(piece), Place.TEXT, ignored)
            if rule:
                return rule
    return None


def is_harmless(text: str) -> bool:
    """Whether the text is of a form that nothing sensitive has: a few words, a UUID, a time."""
    return _HARMLESS.fullmatch(text) is not None


def _rule_of_plain(text: str, place: Place, ignored: Ignored) -> str | None:
    for detect in _DETECTORS:
        rule = detect(text, place)
        if rule and not ignored(rule):
            return rule
    return None


def _secrets(text: str, place: Place) -> str | None:
    if "KEY" in text.upper() and is_private_key(text):
        return "private_key"
    if (_TOKEN.search(text) and secret_in(text)) or assigned_secret_in(text):
        return "secret"
    if place is not Place.ID and ("_" in text or "-" in text) and prefixed_secret_in(text):
        return "secret"
    return None


def _queries(text: str, place: Place) -> str | None:
    if is_query_text(text) if place is Place.SQL else sql_in(text):
        return "sql"
    return "dbt" if any(mark in text for mark in _DBT_MARKS) and dbt_in(text) else None


def _contacts(text: str, place: Place) -> str | None:
    has_sign = "@" in text
    if has_sign and email_in(text):
        return "email"
    if (has_sign or "at" in text.lower()) and spelled_email_in(text):
        return "email"
    if "[.]" in text or "(.)" in text:
        text = text.replace("[.]", ".").replace("(.)", ".")  # written so that nothing links it
    if (text.count(".") >= 3 or "ip-" in text) and ipv4_in(text, place):
        return "ip_address"
    if text.count(":") >= 2 and ipv6_in(text):
        return "ip_address"
    return None


def _numbers(text: str, place: Place) -> str | None:
    if not _DIGITS.search(text):
        return None
    if card_in(text, place):
        return "card_number"
    if iban_in(text):
        return "iban"
    if place is not Place.ID and national_id_in(text):
        return "national_id"
    return "phone" if phone_in(text, place) else None


def _names(text: str, place: Place) -> str | None:
    if warehouse_name_in(text, place):
        return "warehouse_name"
    return None


def _random(text: str, place: Place) -> str | None:
    if len(text) < 16 or place in (Place.ID, Place.AGENT, Place.ROUTE):
        return None
    if place is Place.SUSPICIOUS and looks_random(text):
        return "high_entropy"
    return "high_entropy" if random_in(text, shortest=40) else None


_DETECTORS = (_secrets, location_rule, _queries, _contacts, _numbers, _names, _random)
