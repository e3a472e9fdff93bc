"""SQL: statements, fragments and definitions, in any case, over several lines, with comments.

People write "Select a warehouse from the list" and "Delete from favourites" too, so a keyword alone
proves nothing. What counts is grammar that only SQL has (``group by 1``, ``x in (…)``, ``set a =``),
or a plain ``select … from …`` whose words are identifiers and not English.
"""

from __future__ import annotations

import re

from .patterns import Pattern, word_set
from .sql_grammar import GRAMMAR, NAME, OBJECT

_KEYWORD = Pattern(
    r"\b(?:select|insert|update|delete|merge|create|alter|drop|truncate|grant|revoke|with|from|where|join"
    r"|group\s+by|order\s+by|having|union|case|over|partition|limit|explain|describe|desc|show|use|set|copy|call"
    r"|exec|execute|pragma|vacuum|returning|and|or|qualify|lateral|values|comment|replace|between|like|ilike|in|is|as|intersect|except"
    r"|declare|unnest|analyze|refresh|rename|into|sum|count|avg|min|max|coalesce|cast|date_trunc|on|to_date|row_number)\b",
    re.IGNORECASE,
)
_CLAUSES = word_set("where join group order limit inner left having union")
_SIGNS = ("(", "::", "'", ";")
_SELECT = Pattern(
    r"\b(select)\s((?:[^;]){1,1200}?)\s(from)\s(\S{1,256})(?:\s(\S{1,64}))?", re.IGNORECASE
)
_LIST = Pattern(
    r"[\w.\"`*()$-]+(?:\sas\s[\w\"`]+)?(?:(?:\s?,){1,2}\s?[\w.\"`*()$-]+(?:\sas\s[\w\"`]+)?)*",
    re.IGNORECASE,
)
_ENGLISH = word_set(
    "a an the your our my his her its their this that these those any another one each every all both "
    "here there left right top bottom below above within among between outside other more some several "
    "which what where when who up down out off up to at in on with without if as it you we they i us me "
    "next previous following available existing different multiple many either"
)
_PLACES = word_set(
    "favourites favorites favourite favorite list lists cart basket wishlist library playlist history "
    "device devices computer phone disk drive cloud trash bin folder folders gallery menu dropdown "
    "options dashboard dashboards calendar template templates scratch home clipboard file files catalog "
    "catalogue collection collections toolbar sidebar search results page pages google slack github "
    "excel csv contacts inbox archive workspace space spaces project projects team account group "
    "queue album albums feed storage backup camera palette map image images scan screen selection "
    "connection connections visualization calculation page menu button link field "
    "bookmarks watchlist chat channel thread chart charts"
)
_DELETE = Pattern(rf"delete\sfrom\s({NAME})\s?;?")
_DROP = Pattern(rf"(?:drop|truncate|alter)\s{OBJECT}\s({NAME})\s?;?")
_SHOW = Pattern(
    r"(?:show\s(?:full\s|all\s|terse\s)?(?:tables|schemas|databases|columns|grants|views|warehouses"
    r"|partitions|processlist|create\stable)(?:\s(?:in|from|like|to|on)(?:\s(?:schema|database|table|role))?)?"
    r"|(?:describe|desc)(?:\s(?:table|view|extended|formatted|history|detail|schema))?)\s([\w.'\"`]+)\s?;?"
)
_CREATE = Pattern(rf"create\s(?:table|schema|database|role|user|view)\s({NAME})\s?;?")
_TRUNCATED = Pattern(r"select\s(?:distinct\s)?[\w.\"]+(?:\s?,\s?[\w.\"]+){1,40}")


def sql_in(text: str) -> bool:
    """Whether the text has SQL."""
    if not (_KEYWORD.search(text) or any(sign in text for sign in _SIGNS)):
        return False
    flat = _flattened(text)
    small = flat.lower()
    if any(needed in small and pattern.search(small) for needed, pattern in GRAMMAR):
        return True
    if any(_reads_as_query(match) for match in _SELECT.finditer(flat)):
        return True
    return _is_short_statement(flat, small)


def is_query_text(text: str) -> bool:
    """Whether a value under a key such as ``sql`` is more than one word, such as a dialect."""
    return len(text.split(None, 1)) > 1 or len(text) > 40 or sql_in(text)


def _reads_as_query(match: re.Match[str]) -> bool:
    """Whether ``select … from …`` is made of identifiers, not of English words."""
    select, columns, from_, table, after = match.groups()
    target = table.rstrip(",.;:!?)").strip("\"'`[]()").lower()
    if not target or target in _ENGLISH:
        return False
    words = columns.lower().removeprefix("distinct ").split()
    shouted = select.isupper() and from_.isupper() and not match.string.isupper()
    if any(mark in table for mark in '"`({;_') or "." in target:
        return True
    if words[0] in _ENGLISH - {"all"} and "," not in columns:
        return shouted
    if any(mark in columns for mark in '*(`"_.') or (after or "").lower() in _CLAUSES:
        return True
    if target in _PLACES:
        return False
    is_list = len(words) == 1 or "," in columns or "as" in words
    one_case = not select.istitle() or not from_.islower()
    one_case = one_case or ("," in columns and not after)
    return shouted or (one_case and is_list and _LIST.fullmatch(" ".join(words)) is not None)


def _is_short_statement(flat: str, small: str) -> bool:
    """Whether the whole text is one bare statement, as ``drop table orders``; labels are capitalised."""
    label = flat[:1].isupper() and not flat.split(" ", 1)[0].isupper()
    if label:
        return False
    for pattern in (_DELETE, _DROP, _SHOW, _CREATE):
        match = pattern.fullmatch(small.strip())
        if match:
            return match.group(1) not in _PLACES and match.group(1) not in _ENGLISH
    if _TRUNCATED.fullmatch(small.strip()):
        return "_" in small or "." in small or flat.startswith("SELECT")
    return False


def _flattened(text: str) -> str:
    """The text without comments, on one line, with single spaces."""
    if "\\" in text:
        text = text.replace("\\r", " ").replace("\\n", " ").replace("\\t", " ")
    if "/*" in text:
        text = _without_blocks(text)
    if "--" in text:
        lines = text.split("\n")
        text = "\n".join(line.split("--", 1)[0] for line in lines) if len(lines) > 1 else text
    return " ".join(text.split())


def _without_blocks(text: str) -> str:
    parts: list[str] = []
    at = 0
    while True:
        start = text.find("/*", at)
        if start < 0:
            parts.append(text[at:])
            return " ".join(parts)
        parts.append(text[at:start])
        end = text.find("*/", start + 2)
        if end < 0:
            return " ".join(parts)
        at = end + 2
