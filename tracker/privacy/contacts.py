"""E-mail addresses and IP addresses."""

from __future__ import annotations

import re

from .patterns import Pattern, word_set
from .rules import Place

_DOMAIN = Pattern(
    r"@(?:[^\W_](?:[\w-]{0,62})\.){1,8}([^\W\d_]{2,24}|xn--[a-z0-9-]{2,59})(?![\w@])|@localhost\b"
)
_LOCAL_END = frozenset(".+%'-_!#$&*=?^{|}~\"")
_FILE_TYPES = word_set(
    "png jpg jpeg gif svg webp avif ico css js mjs cjs ts tsx jsx map mp4 webm mp3 wav pdf html htm "
    "json xml yml yaml woff ttf"
)
"""``logo@2x.png`` is a picture for dense screens."""

_SPELLED = Pattern(
    r"[\[({<][ ]?at[ ]?[\])}>][ ]?[\w-]{1,63}[ ]?(?:\.|[\[({<][ ]?dot[ ]?[\])}>]|dot\b)"
    r"|_at_[\w-]{1,63}_dot_[a-z]{2}|\w[ ]@[ ][\w-]{1,63}\.[a-z]{2,12}\b|@[\w-]{1,63}[ ]\.[a-z]{2,12}\b|\w[ ]at[ ](?!(?:the|a|an|this|that|each|every|your|my|our)\b)[\w-]{1,63}[ ]dot[ ][a-z]{2,}"
    r"|\w_at_[a-z0-9-]{2,63}\.(?:com|org|net|io|co|edu|gov|eu|de|fr|uk)\b",
    re.IGNORECASE,
)

_IPV4 = Pattern(r"(?<![\w.])([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})(?![\w]|\.[0-9])")
_IPV4_DASHED = Pattern(r"\bip-[0-9]{1,3}(?:-[0-9]{1,3}){3}\b")
_IPV6 = Pattern(r"(?<![\w:.])[0-9A-Fa-f:]{2,39}(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3})?(?![\w:])")
_PRODUCT = Pattern(
    r"(?:[A-Za-z)]/|\bv|\bv\.? |version:? |release |build |\bver\.? "
    r"|\b(?:chrome|chromium|edge|firefox|safari|opera|electron|webkit|android|ios|macos|windows) )$",
    re.IGNORECASE,
)
_HARMLESS = frozenset({"0.0.0.0", "255.255.255.255", "::", "::1"})  # noqa: S104


def email_in(text: str) -> bool:
    """Whether the text has an e-mail address, in any script."""
    for match in _DOMAIN.finditer(text):
        before = text[match.start() - 1 : match.start()]
        if not (before.isalnum() or before in _LOCAL_END) or not before:
            continue
        if (match.group(1) or "").lower() not in _FILE_TYPES:
            return True
    return False


def spelled_email_in(text: str) -> bool:
    """Whether the text spells an address: ``ada (at) example.com``, ``ada at example dot com``."""
    return _SPELLED.search(text) is not None


def ipv4_in(text: str, place: Place) -> bool:
    """Whether the text has an IPv4 address of somebody; loopback and ``0.0.0.0`` are nobody's.

    Four numbers under ``version``, behind a product's name (``Chrome/120.0.1.1``) or behind the
    word are a version; anywhere else they are an address, because most versions have three.
    """
    if place in (Place.VERSION, Place.AGENT):
        return False
    for match in _IPV4.finditer(text):
        if any(int(octet) > 255 for octet in match.groups()):
            continue
        if match.groups()[1:] == ("0", "0", "0"):
            continue  # no host has it; browsers report 131.0.0.0 for all of their version 131
        address = match.group()
        if address in _HARMLESS or address.startswith("127."):
            continue
        if _PRODUCT.search(text[max(0, match.start() - 12) : match.start()]):
            continue
        return True
    return _IPV4_DASHED.search(text) is not None


def ipv6_in(text: str) -> bool:
    """Whether the text has an IPv6 address; times and hardware addresses have other groups."""
    return any(_is_ipv6(match.group()) for match in _IPV6.finditer(text))


def _is_ipv6(text: str) -> bool:
    text = text.lower()
    if text in _HARMLESS or ":::" in text or text.count("::") > 1:
        return False
    head, _, embedded = text.rpartition(":")
    groups = text.split(":")
    length = len(groups)
    if "." in embedded:
        groups = head.split(":")
        length = len(groups) + 2
    if any(len(group) > 4 or "." in group for group in groups):
        return False
    if "::" not in text:
        return length == 8 and all(groups)
    # A single letter or two on either side is C++ or CSS more often than an address.
    filled = [group for group in groups if group]
    return length <= 9 and (len(filled) >= 3 or any(c.isdigit() for c in text)) and len(filled) >= 1
