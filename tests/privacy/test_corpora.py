"""Every leak of the corpora is caught wherever it stands, and every benign value passes."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from tests.privacy.corpus import Case, read
from tests.privacy.known_misses import FALSE_ALARMS, MISSED_KEYS, MISSES
from tracker.privacy import Guard, Scrubbed

if TYPE_CHECKING:
    from collections.abc import Callable

LEAKS = {
    name: read(name)
    for name in (
        "leaks.tsv",
        "leaks_second.tsv",
        "leaks_third.tsv",
        "leaks_fourth.tsv",
        "leaks_fifth.tsv",
    )
}
BENIGN = {
    name: read(name)
    for name in (
        "benign.tsv",
        "benign_second.tsv",
        "benign_third.tsv",
        "benign_fourth.tsv",
        "benign_fifth.tsv",
    )
}
GUARD = Guard()

# Places that do not change what a value means.
PLACEMENTS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "a property": lambda value: {"properties": {"note": value}},
    "in a list": lambda value: {"properties": {"notes": ["fine", value]}},
    "nested": lambda value: {"properties": {"a": {"b": [{"note": value}]}}},
    "a trait": lambda value: {"type": "identify", "traits": {"note": value}},
    "a trait in the context": lambda value: {"context": {"traits": {"note": value}}},
    "the context of another SDK": lambda value: {"context": {"device": {"note": value}}},
    "a section": lambda value: {"context": {"section": {"name": value}}},
    "a section around": lambda value: {"context": {"section": {"name": "a", "path": [value, "a"]}}},
    "a page's own name": lambda value: {"context": {"page": {"name": value}}},
    "a field of its own": lambda value: {"extra": value},
}


def message(**fields: Any) -> dict[str, Any]:
    return {
        "type": "track",
        "messageId": "m",
        "anonymousId": "a",
        "event": "app.button.click",
        **fields,
    }


def is_caught(case: Case) -> bool:
    result = GUARD.scrub(message(properties={case.key: case.value}))
    assert isinstance(result, Scrubbed)
    kept = json.dumps(result.message["properties"])
    assert (json.dumps(case.value)[1:-1] in kept) is not bool(result.redactions)
    return bool(result.redactions)


def report(cases: list[Case], wrong: list[Case]) -> str:
    total, missed = (Counter(case.category for case in cases_) for cases_ in (cases, wrong))
    lines = [f"{name:20} {total[name] - missed[name]:4} of {total[name]:4}" for name in total]
    return "\n".join([*lines, *(f"{case.category}: {case.key} = {case.value!r}" for case in wrong)])


@pytest.mark.parametrize("corpus", LEAKS)
def test_every_leak_is_caught_but_for_the_known_ones(corpus: str) -> None:
    missed = [case for case in LEAKS[corpus] if not is_caught(case)]

    assert len(LEAKS[corpus]) >= 300
    unknown = [case for case in missed if case.value not in MISSES and case.key not in MISSED_KEYS]
    assert unknown == [], report(LEAKS[corpus], missed)


@pytest.mark.parametrize("corpus", BENIGN)
def test_every_benign_value_passes_but_for_the_known_ones(corpus: str) -> None:
    caught = [case for case in BENIGN[corpus] if is_caught(case)]

    assert len(BENIGN[corpus]) >= 300
    assert [case for case in caught if case.value not in FALSE_ALARMS] == [], report(
        BENIGN[corpus], caught
    )


def test_what_is_known_to_be_missed_is_still_missed() -> None:
    """Or it should be taken off the list."""
    cases = {
        name: case
        for corpus in (*LEAKS.values(), *BENIGN.values())
        for case in corpus
        for name in (case.key, case.value)
    }

    assert [name for name in (*MISSES, *MISSED_KEYS) if is_caught(cases[name])] == []
    assert [value for value in FALSE_ALARMS if not is_caught(cases[value])] == []


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_a_leak_is_caught_wherever_it_stands(placement: str) -> None:
    left: list[str] = []
    for case in (case for corpus in LEAKS.values() for case in corpus if case.key == "note"):
        result = GUARD.scrub(message(**PLACEMENTS[placement](case.value)))
        text = json.dumps(result.message) if isinstance(result, Scrubbed) else str(result)
        if case.value not in MISSES and json.dumps(case.value)[1:-1] in text:
            left.append(case.value)

    assert left == []


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_a_benign_value_passes_wherever_it_stands(placement: str) -> None:
    caught: list[str] = []
    for case in (case for corpus in BENIGN.values() for case in corpus if case.key == "note"):
        data = message(**PLACEMENTS[placement](case.value))
        result = GUARD.scrub(data)
        passes = isinstance(result, Scrubbed) and result.message is data
        if not passes and case.value not in FALSE_ALARMS:
            caught.append(case.value)

    assert caught == []


def test_a_leak_as_a_key_is_caught_and_not_named() -> None:
    left: list[str] = []
    for case in (case for corpus in LEAKS.values() for case in corpus if case.key == "note"):
        result = GUARD.scrub(message(properties={"fine": 1, case.value: 2}))
        assert isinstance(result, Scrubbed)
        if case.value not in MISSES and json.dumps(case.value)[1:-1] in json.dumps(result.message):
            left.append(case.value)
        elif case.value not in MISSES:
            assert [entry.field for entry in result.redactions] == ["properties.{key 2}"]

    assert left == []


def test_no_leak_is_quoted_in_what_is_said_about_it() -> None:
    """A value that is a leak only under its key is left out: elsewhere it may be a plain word."""
    for case in (case for corpus in LEAKS.values() for case in corpus if case.key == "note"):
        for data in (
            message(properties={case.key: case.value}, event=case.value),
            message(properties={case.value: {case.value: [case.value]}}, type=case.value),
            {"type": "alias", "messageId": case.value, "userId": case.value, "previousId": "p"},
        ):
            result = GUARD.scrub(data)
            said = str(result.redactions if isinstance(result, Scrubbed) else result)
            if len(case.value) > 5 and case.value not in MISSES:
                assert case.value not in said
