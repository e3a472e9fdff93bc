"""What must not be tracked reaches no file and no log line, whichever way it is sent.

Each test sends values that nobody should have sent to a real ``tracker serve``, and then reads the
bytes of every file in its data directory (the database, its write-ahead log, what the process has
printed), while it runs and after it has ended.
"""

from __future__ import annotations

import gzip
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from tests.collector.running import track
from tests.collector.shapes import SDKS
from tests.collector.test_ingest import ENVIRONMENT
from tests.collector_process import CollectorProcess
from tests.privacy.corpus import filled
from tracker.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

KEY = "any-origin-key"

LEAKS = {
    "secret": filled("sk¦_live_{alnum:24}"),
    "email": "ada.lovelace@example.com",
    "sql": "SELECT pan FROM payments WHERE holder = 'Ada'",
    "warehouse name": "analytics.finance.fct_layoffs",
    "query": "https://app.example.com/reset?nonce=b81f2c",
    "file": filled("/ho¦me/ada/layoffs/plan.txt"),
    "phone": "+44 20 7946 0958",
    "card": "4111 1111 1111 1111",
    "address": "203.0.113.77",
    "connection": "postgres://ada:hunter2@db.internal:5432/finance",
}

# Where nothing but an id or a name is expected, digits and dotted names are what they seem to be.
ANYWHERE = {name: LEAKS[name] for name in ("secret", "email", "sql", "connection")}


def _deep(leak: str, levels: int = 40) -> Any:
    value: Any = leak
    for _ in range(levels):
        value = [value]
    return value


MESSAGES: dict[str, Callable[[str], dict[str, Any]]] = {
    "a property": lambda leak: track(properties={"note": leak}),
    "inside of a text": lambda leak: track(properties={"note": f"as said: {leak} and more"}),
    "the name of a property": lambda leak: track(properties={leak: 1}),
    "a list in a property": lambda leak: track(properties={"all": [{"of": ["them", leak]}]}),
    "too deep to look at": lambda leak: track(properties={"deep": _deep(leak)}),
    "too deep to decode": lambda leak: track(properties={"deep": _deep(leak, 300)}),
    "JSON inside of JSON": lambda leak: track(properties={"state": json.dumps({"a": leak})}),
    "beside what is planned": lambda leak: track(
        event="acme_webapp.run_query_button.click", properties={"colour": leak}
    ),
    "a field of its own": lambda leak: track(comment=leak),
    "traits": lambda leak: track(type="identify", traits={"plan_name": leak, "email": leak}),
    "the page of another SDK": lambda leak: track(
        type="page", name="explorer", properties={"url": leak, "title": leak, "search": leak}
    ),
    "the context": lambda leak: track(
        context={
            "page": {"name": "explorer", "url": leak, "path": leak, "title": leak},
            "campaign": {"name": leak},
            "traits": {"name": leak},
            "section": {"name": "results_table", "detail": leak},
            "ip": leak,
            "other": {leak: leak},
        }
    ),
    "the record of an earlier guard": lambda leak: track(
        context={"privacy": {"redacted": [{"field": leak, "rule": leak}], "note": leak}}
    ),
    "the times": lambda leak: track(sentAt=leak, receivedAt=leak),
    "a time that is none": lambda leak: track(originalTimestamp=leak, timestamp=leak),
    "a message without its envelope": lambda leak: {"messageId": "x", "note": leak},
    "no number": lambda leak: track(properties={"note": leak, "a": float("nan")}),
    "half an emoji": lambda leak: track(properties={"note": f"{leak} \ud83d"}),
    "too large a message": lambda leak: track(properties={"a": [f"{leak} {'x ' * 200}"] * 80}),
}

NAMES: dict[str, Callable[[str], dict[str, Any]]] = {
    "the stamp of a plan": lambda leak: track(context={"plan": {"hash": leak, "version": leak}}),
    "the integrations": lambda leak: track(integrations={"Other": {"id": leak}}),
    "in an event that breaks a rule of the plan": lambda leak: track(
        event="acme_webapp.help_article.open", properties={"article_id": leak, "from_search": leak}
    ),
    "the event": lambda leak: track(event=leak),
    "the message's id": lambda leak: track(message_id=leak),
    "the id of a refused message": lambda leak: track(leak, event=None),
    "the id of a message that is unplanned": lambda leak: track(leak, event="acme.other.click"),
    "the id of a message too deep": lambda leak: track(leak, context={"deep": _deep(leak, 300)}),
    "the type": lambda leak: track(type=leak),
    "the user": lambda leak: track(userId=leak),
    "the visitor": lambda leak: track(anonymousId=leak),
    "nobody but a leak": lambda leak: track(anonymousId=leak, userId=leak),
    "the group": lambda leak: track(type="group", groupId=leak),
    "the previous id": lambda leak: track(type="alias", userId="u", previousId=leak),
    "the page": lambda leak: track(type="page", name=leak, category=leak),
    "the scopes": lambda leak: track(
        context={
            "page": {"name": leak, "type": leak, "category": leak},
            "section": {"name": leak, "path": [leak, leak]},
            "app": {"name": leak, "version": leak},
        }
    ),
}

FACTS: dict[str, Callable[[str], dict[str, Any]]] = {
    "a property": lambda leak: {"properties": {"note": leak, leak: leak}},
    "traits": lambda leak: {"kind": "identify", "name": None, "traits": {"email": leak}},
    "the name": lambda leak: {"name": f"{leak}.click"},
    "the id": lambda leak: {"id": leak},
    "the id of a refused fact": lambda leak: {"id": leak, "at": leak},
    "the scopes": lambda leak: {"path": [{"page": {"name": leak}}, {"section": {"name": leak}}]},
    "a scope of no kind": lambda leak: {"path": [{leak: {"name": leak}}]},
    "the visit": lambda leak: {"visit": {"anonymousId": leak, "userId": leak, "sessionId": leak}},
    "a kind of no kind": lambda leak: {"kind": leak},
    "a field of its own": lambda leak: {"other": leak},
}


@dataclass(frozen=True, slots=True)
class Sender:
    """A client that posts bytes, and takes every answer but a mistake of the collector's."""

    collector: CollectorProcess

    def post(self, path: str, body: bytes, headers: dict[str, str] | None = None) -> int:
        """Return the status."""
        request = urllib.request.Request(f"{self.collector.url}{path}", body, headers or {})
        try:
            with urllib.request.urlopen(request) as answer:
                status: int = answer.status
        except urllib.error.HTTPError as error:
            status = error.code
        assert status < 500
        return status

    def batch(self, messages: list[Any]) -> None:
        """Send messages in a batch, plain and gzipped, and each by the path of its type."""
        body = json.dumps({"batch": messages, "writeKey": KEY}).encode()
        assert self.post("/v1/batch", body) == 200
        assert self.post("/beacon/v1/batch", gzip.compress(body)) == 200
        for message in messages:
            kind = message.get("type")
            path = kind if kind in ("page", "identify", "group", "alias") else "track"
            text = json.dumps({**message, "writeKey": KEY}).encode()
            assert self.post(f"/v1/{path}", text) == 200


@pytest.fixture(scope="module", params=["without a plan", "quarantine", "refuse"])
def sender(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sender]:
    """Yield a sender to a collector without a plan, or with one of either kind."""
    folder = tmp_path_factory.mktemp("leaks")
    config = folder / "tracker.toml"
    lines = ["[limits]", "per_key = 0", "per_address = 0"]
    if request.param != "without a plan":
        from examples.lightdash_like.plan import plan

        data = {**plan.to_json(), "unplanned": request.param}
        (folder / "plan.json").write_text(json.dumps(Plan.from_json(data).to_json()))
        lines += ["[serve]", f"plan = '{folder / 'plan.json'}'"]
    config.write_text("\n".join(lines))
    collector = CollectorProcess(
        folder / "data", arguments=("--config", str(config)), write_key=KEY
    )
    collector.start()
    yield Sender(collector)
    collector.stop()


def assert_nowhere(data: Path, leaks: dict[str, str]) -> None:
    """None of these values is in any byte of any file, as it is or as JSON writes it."""
    for path in sorted(data.iterdir()):
        content = path.read_bytes()
        for name, leak in leaks.items():
            for form in (leak, json.dumps(leak)[1:-1], json.dumps(json.dumps(leak))[3:-3]):
                assert form.encode() not in content, f"{name} is in {path.name}"


def test_no_value_of_a_message_is_written(sender: Sender) -> None:
    for build in MESSAGES.values():
        sender.batch([build(leak) for leak in LEAKS.values()])
    for build in NAMES.values():
        sender.batch([build(leak) for leak in ANYWHERE.values()])
    assert_nowhere(sender.collector.data, LEAKS)
    assert sender.collector.rows("SELECT count(*) FROM log") != [(0,)]
    assert sender.collector.rows("SELECT count(*) FROM refused") != [(0,)]


def test_no_value_of_a_fact_is_written(sender: Sender) -> None:
    facts = [build(leak) for build in FACTS.values() for leak in ANYWHERE.values()]
    bodies: list[Any] = [
        {"environment": ENVIRONMENT, "facts": [_fact(number, fact) for number, fact in _n(facts)]}
    ]
    for leak in ANYWHERE.values():
        app = {"name": leak, "version": leak, "build": leak}
        page = {"hostname": leak, "url": leak}
        places: tuple[dict[str, Any], ...] = (
            {"app": app},
            {"page": page},
            {"locale": leak, "timezone": leak, "userAgent": leak},
            {"screen": {"width": leak}},
            {"other": {leak: leak}},
        )
        bodies += [
            {"environment": ENVIRONMENT | place, "facts": [_fact(0, {"id": f"{leak[:4]}-{at}"})]}
            for at, place in enumerate(places)
        ]
    for body in bodies:
        text = json.dumps(body).encode()
        assert sender.post(f"/v1/raw?writeKey={KEY}", text) == 200
        assert sender.post(f"/v1/raw?writeKey={KEY}", gzip.compress(text)) == 200
    assert_nowhere(sender.collector.data, LEAKS)


@pytest.mark.parametrize("name", SDKS)
def test_no_value_that_another_sdk_sends_is_written(sender: Sender, name: str) -> None:
    request = SDKS[name]()
    zipped = request.body.startswith(b"\x1f\x8b")
    body = json.loads(gzip.decompress(request.body) if zipped else request.body)
    for message in body.get("batch", [body]):
        message["properties"] = {**(message.get("properties") or {}), "leaks": list(LEAKS.values())}
        message["context"] = {**(message.get("context") or {}), "leaks": LEAKS}
        message["userId"] = LEAKS["email"]
        message["anonymousId"] = "a-1"
    text = json.dumps(body).encode()
    assert (
        sender.post(request.path, gzip.compress(text) if zipped else text, request.headers) == 200
    )
    assert_nowhere(sender.collector.data, LEAKS)


def test_no_value_of_a_request_that_is_refused_as_a_whole_is_written(sender: Sender) -> None:
    for leak in LEAKS.values():
        quoted = quote(leak)
        text = json.dumps(leak).encode()
        for path, body in (
            (f"/v1/batch?writeKey={quoted}", b'{"batch": []}'),
            (f"/v1/{quoted}?writeKey={KEY}", b"{}"),
            (f"/v1/batch?writeKey={KEY}", text),
            (f"/v1/batch?writeKey={KEY}", b'{"batch": [' + text),
            (f"/v1/batch?writeKey={KEY}", b'{"batch": {"a": ' + text + b"}}"),
            (f"/v1/batch?writeKey={KEY}", b"\xff" + text),
            (f"/v1/batch?writeKey={KEY}", gzip.compress(text)[:-4]),
            (f"/v1/track?writeKey={KEY}", b"[" * 100_000 + text),
            (f"/{quoted}", text),
            (f"/plan.json?writeKey={quoted}", text),
        ):
            headers = {"Origin": f"https://{quoted}", "Referer": quoted, "X-Note": quoted}
            assert sender.post(path, body, headers) >= 400
    assert_nowhere(sender.collector.data, LEAKS)


def test_nothing_is_left_when_the_collector_has_ended(sender: Sender) -> None:
    for leak in LEAKS.values():
        sender.batch([build(leak) for build in MESSAGES.values()])
    sender.collector.stop()
    assert_nowhere(sender.collector.data, LEAKS)
    sender.collector.start()


def _n(facts: list[dict[str, Any]]) -> Iterator[tuple[int, dict[str, Any]]]:
    return enumerate(facts)


def _fact(number: int, fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": f"fact-{number}",
        "at": 1_795_449_990_000,
        "kind": "track",
        "name": "run_query_button.click",
        "path": [],
        "visit": {"anonymousId": "a-1"},
        **fields,
    }
