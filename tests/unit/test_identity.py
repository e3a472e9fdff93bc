"""Sessions and identities: the same cases hold the loader's rules in JavaScript."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tracker.identity import SESSION_TIMEOUT_MS, Identity, active, forgotten, identified

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent.parent / "vectors" / "identity.json").read_text()
)


@pytest.mark.parametrize("case", CASES, ids=[case["rule"] for case in CASES])
def test_sessions_follow_the_shared_rules(case: dict[str, Any]) -> None:
    identity = Identity("anonymous", None, case["sessionId"], case["lastActivity"])
    after = active(identity, case["now"])
    assert after.session_id == case["expected"]["sessionId"]
    assert after.last_activity == case["expected"]["lastActivity"]


def test_a_session_ends_after_thirty_minutes() -> None:
    assert SESSION_TIMEOUT_MS == 1_800_000


def test_reset_forgets_user_and_session() -> None:
    identity = active(identified(Identity("first"), "user"), 5)
    assert identity.visit.user_id == "user"
    assert forgotten("second").visit.user_id is None
    assert forgotten("second").visit.session_id is None
    assert forgotten("second").visit.anonymous_id == "second"
