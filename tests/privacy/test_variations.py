"""A leak stays one in a sentence, in other letters and in the usual encodings."""

from __future__ import annotations

import base64
from collections.abc import Callable
from urllib.parse import quote

import pytest

from tests.privacy.corpus import filled, read
from tracker.privacy import Guard

GUARD = Guard()
BARE = [
    case
    for case in read("leaks.tsv")
    if case.key == "note" and case.category not in ("sql", "phone", "file_path", "high_entropy")
]

SENTENCES = (
    "Error: {}",
    "{} was rejected",
    "could not use {} here",
    "[{}]",
    '"{}"',
    "value={}",
    "Fehler bei {}",
    "erreur : {} !",
    "エラー {}",
    "line one\n{}\nline three",
)
ENCODINGS: dict[str, Callable[[str], str]] = {
    "percent": lambda text: quote(text, safe=""),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 for URLs": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "hexadecimal": lambda text: text.encode().hex(),
    "HTML": lambda text: "".join(c if c.isalnum() else f"&#{ord(c)};" for c in text),
    "JSON": lambda text: "".join(c if c.isalnum() else f"\\u{ord(c):04x}" for c in text),
    "full width": lambda text: "".join(
        chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text
    ),
    "zero-width spaces": "\u200b".join,
}
KEYS = [
    f"{before}{word}{after}"
    for before in ("", "user_", "db", "My ")
    for word in ("password", "Password", "api_key", "ApiKey", "client-secret", "accessToken")
    for after in ("", "_2", "Value", "_plain")
]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_leak_is_caught_in_a_sentence(sentence: str) -> None:
    missed = [case.value for case in BARE if not GUARD.rule_of(sentence.format(case.value))]

    assert missed == []


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_leak_is_caught_in_an_encoding(encoding: str) -> None:
    """What is itself encoded twice, or too short to be told from a word, is left out."""
    texts = [
        case.value
        for case in BARE
        if case.value.isascii() and "%" not in case.value and len(case.value) >= 12
        if "&" not in case.value and "\\" not in case.value and case.reason.find("base64 of") < 0
        if "hexadecimal" not in case.reason and "JSON in JSON" not in case.reason
    ]
    missed = [text for text in texts if not GUARD.rule_of(ENCODINGS[encoding](text))]

    assert len(texts) > 150
    assert missed == []


@pytest.mark.parametrize(
    "template", ["gh¦p_{alnum:36}", "AKI¦A{upper:16}", "{digits:9}:AA{word:33}"]
)
def test_a_key_is_caught_whatever_its_random_part(template: str) -> None:
    assert all(GUARD.rule_of(filled(template, str(seed))) for seed in range(300))


@pytest.mark.parametrize(
    "template",
    ["{hex:8}-{hex:4}-4{hex:3}-9{hex:3}-{hex:12}", "{upper:26}", "{word:21}", "{hex:24}", "{hex:40}",
     "{hex:64}", "org_2{alnum:26}", "{digits:12}", "17{digits:11}", "17{digits:14}", "{lower:25}"],
)  # fmt: skip
def test_an_id_passes_whatever_its_random_part(template: str) -> None:
    caught = [
        value
        for seed in range(300)
        if GUARD.rule_of(value := filled(template, str(seed))) is not None
    ]

    assert caught == []


def test_a_secret_key_is_known_in_its_compounds() -> None:
    assert [key for key in KEYS if "redacted" not in str(_scrubbed(key))] == []


def _scrubbed(key: str) -> object:
    return GUARD.scrub({"type": "track", "anonymousId": "a", "properties": {key: "x y z"}})
