# Half of this is wrong on purpose.
# ruff: noqa: ANN001, ANN003, ANN201, ANN202, B018, BLE001, PLC3002, PLE0643, PLW0108, RUF005, UP031
# pyright: basic, reportOptionalMemberAccess=false, reportAttributeAccessIssue=false
# pyright: reportOperatorIssue=false, reportUndefinedVariable=false, reportCallIssue=false
# pyright: reportArgumentType=false, reportUnusedExpression=false, reportPossiblyUnboundVariable=false
"""What the tracker's Python does in visitors' browsers, and what may happen to it there.

Runs in the instrumented build; whatever C function ``train`` reaches is in the hot part of the
module. What it does not reach still works, after a fetch. So it asks for much of the tracker and for
the unhappy paths of Python under it, and for nothing that only other people's code would do: it
compiles nothing, imports nothing.
"""

import gc
import io
import json
import math
import random
import re
import sys
import time
import traceback
from dataclasses import replace

import tracker.browser
import tracker.identity
import tracker.testing
import tracker.wire
from tracker import App, TrackingProvider, TrackPage, TrackSection, use_tracking
from tracker.pipeline import Pipeline
from tracker.plan import Plan
from tracker.privacy import PAGE_FACTS, PagePolicy, Policy

TEXTS = ["", "a", "naïve café", "日本語", "😀", "\ud800", "\0", '"\\/\n', "x" * 5000, "ЖЗИ" * 40]
VALUES = [None, True, False, 0, -1, 2**31, 2**53, 12345678901234567890, 0.1, -1e300, 1e-7, *TEXTS]
BROKEN = ["", "{", "[1,]", "nul", '"', '{"a":1}x', '"\\ud800"', "1e999", "[" * 2000, '{"type":1}']
KEPT = {"rows": 3, "kind": "bigquery", "query_id": "0190-a", "kinds": ["a", "b"], "step": 2}
PLAN = {
    "format": 1,
    "app": "acme",
    "version": "0",
    "unplanned": "quarantine",
    "events": [
        {
            "name": "run_query_button.click",
            "description": "A query was run.",
            "properties": [
                {"name": "rows", "type": {"kind": "count"}},
                {"name": "kind", "type": {"kind": "choice", "choices": ["bigquery", "postgres"]}},
                {"name": "query_id", "type": {"kind": "id"}},
                {"name": "ratio", "type": {"kind": "number"}, "optional": True},
                {"name": "cached", "type": {"kind": "boolean"}},
                {
                    "name": "note",
                    "type": {
                        "kind": "text",
                        "maxLength": 40,
                        "because": "the name that people give to a saved query",
                    },
                    "optional": True,
                },
                {"name": "version", "type": {"kind": "version"}, "optional": True},
                {"name": "took", "type": {"kind": "duration"}, "optional": True},
                {"name": "mode", "type": {"kind": "choice", "choices": ["a", "b"]}},
                {"name": "size", "type": {"kind": "integer"}, "optional": True},
                {
                    "name": "step",
                    "type": {"kind": "choice", "choices": [1, 2, 3]},
                    "optional": True,
                },
                {
                    "name": "kinds",
                    "type": {"kind": "list", "item": {"kind": "id"}, "maxItems": 8},
                    "optional": True,
                },
            ],
        },
        {"name": "settings_button.click"},
        {"name": "project.created", "properties": [{"name": "project_id", "type": {"kind": "id"}}]},
    ],
    "pages": ["explorer", "settings"],
    "sections": ["page_footer", "results_table"],
    "categories": ["main"],
    "routes": [
        {"pattern": "/", "page": {"name": "explorer", "type": "page"}},
        {"pattern": "/projects/{id}/{rest:path}", "page": {"name": "explorer", "type": "page"}},
    ],
    "modals": [{"name": "settings", "type": "modal", "category": "main"}],
    "userTraits": [{"name": "role", "type": {"kind": "choice", "choices": ["editor", "admin"]}}],
    "groupTraits": [{"name": "members", "type": {"kind": "count"}, "optional": True}],
    "pageProperties": [{"name": "tab", "type": {"kind": "id"}, "optional": True}],
    "pageFacts": ["title"],
    "clientActions": ["pinch"],
    "serverActions": ["forked"],
}
CALLS = ["track", "page", "identify", "group", "alias", "screen", 7, None]


transcript = []
texts = []  # of the guard's own tests: train.mjs puts them here


def train() -> str:
    """Do all of it, a few times over, so that what a second time does differently is seen too.

    Returns what came of it: the same each time, in a Python that is whole.
    """
    for _ in range(3):
        messages()
        guarded()
        visits()
        scopes()
        python()
    collect()
    return "\n".join(transcript)


def messages() -> None:
    """Everything the worker may say, well formed or not."""
    host = sys.modules["_tracker_host"]
    real, said = host.send, []
    host.send = lambda text: (said.append(text), transcript.append(text))
    tracker.browser._runtime = None
    try:
        for page in range(4):
            tell(type="open", page=page, environment=environment(page), settings=settings(page))
        for number, (kind, value) in enumerate((k, v) for k in CALLS for v in VALUES):
            facts = [fact(kind, value, number), fact(kind, value, number)]
            tell(type="facts", page=number % 5, facts=facts)
            if number % 10 == 0:
                answer(said, number)
        for broken in ({}, [], 7, "fact", {"id": 7}, {"id": "a", "at": "b", "kind": "track"}):
            tell(type="facts", page=0, facts=[broken])
        for what in ("flush", "online", "wake", "unheard of", "forget", "flush"):
            tell(type=what)
            answer(said, 1)
        for text in BROKEN:
            try:
                tracker.browser.handle_message(text)
            except Exception as error:
                traceback.print_exception(error, file=(file := io.StringIO()))
                transcript.append(file.getvalue())
    finally:
        host.send = real
        tracker.browser._runtime = None


# What the privacy guard has to find out, and texts that only look like it.
GUARDED = [
    *(
        "jane@acme.example",
        "Jane Doe <jane.doe+x@mail.acme.example>",
        "+49 30 1234567",
        "030/1234567",
    ),
    *("4111 1111 1111 1111", "4111111111111112", "DE89 3704 0044 0532 0130 00", "078-05-1120"),
    *("10.0.0.1", "2001:db8::8a2e:370:7334", "1.4.0", "00:1a:2b:3c:4d:5e", "52.52437, 13.41053"),
    *(
        "https://acme.example/orders/7?token=abc#x",
        "/".join(("", "home", "jane", "report.csv")),
        "C:\\Users\\jane",
        "a/b",
    ),
    *(
        "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
        "gh" + "p_" + "a1B2" * 9,
        "sk-" + "9f" * 24,
    ),
    *(
        "-----BEGIN PRIVATE KEY-----",
        "password=hunter2",
        "AK" + "IA" + "ABCD1234" * 2,
        "postgres://u:p@h/d",
    ),
    *(
        "018c2f5e-7b7a-7c3f-9d2e-4a1b5c6d7e8f",
        "f" * 64,
        "550e8400e29b41d4a716446655440000",
        "1764000000000",
    ),
    *(
        "select * from orders",
        "2026-11-25T20:00:00.000Z",
        "Müller GmbH & Co. KG",
        "run_query_button",
    ),
]
CHANCE = random.Random(1)  # the same in each build
# What tags may ask for, and who may have it: nobody, nobody, all.
PAGE = {
    "url": "https://acme.example/projects/7?tab=a&token=abc#top",
    "path": "/projects/7",
    "title": "Revenue",
    "referrer": "https://other.example/search?q=ada@example.com",
    "query": "?tab=a&utm_source=mail",
    "utm": [["utm_source", "mail"], ["utm_medium", "newsletter"]],
}
POLICIES = [Policy(), Policy(), Policy(), Policy(page=PagePolicy(frozenset(PAGE_FACTS)))]
REFUSALS = {"refusals": [{"messageId": "m-1", "field": "event", "message": "no", "code": "x"}]}
ANSWERS = [
    *((0, None, ""), (200, None, '{"accepted":1}'), (503, "0", "<html>"), (413, None, "")),
    *((200, None, json.dumps(REFUSALS)), (429, "0", ""), (500, "soon", "x"), (401, None, "{}")),
    *((0, None, ""), (200, None, "<html>"), (200, None, "[]"), (413, None, "")),
]
KEYS = [
    "value",
    "email",
    "password",
    "url",
    "title",
    "path",
    "ip",
    "name",
    "token",
    "phone",
    "n0te",
]


def visits() -> None:
    """What pages really say: ids are UUIDs, and some texts must not leave."""
    host = sys.modules["_tracker_host"]
    real, said = host.send, []
    host.send = said.append
    tracker.browser._runtime = None
    try:
        tell(type="wake")
        for page in (0, 1, 3):
            rules = f"https://t.example.com/plan.json?writeKey={page}"
            opened = {"environment": environment(page), "settings": settings(page), "rules": rules}
            tell(type="open", page=page, **opened)
            loaded(said, {"plan": None if page == 1 else PLAN, "privacy": POLICIES[page].to_json()})
            visit = {"anonymousId": uuid(), "sessionId": 1764000000000}
            for number, text in enumerate(GUARDED * 2):
                properties = {KEYS[number % len(KEYS)]: text, "list": [text, {"deep": text}]}
                whole = {"id": uuid(), "at": 1795638793491 + number * 977, "visit": visit}
                if number % 3 == 2:
                    whole["pageFacts"] = PAGE | {"title": text}
                for kind, rest in (
                    ("page", {"name": "explorer", "path": []}),
                    ("page", {"name": "explorer", "category": text, "properties": properties}),
                    ("track", {"name": "run_query_button.click"}),
                    ("track", {"name": "run_query_button.click", "properties": properties}),
                    ("track", {"name": text, "properties": {text: number}}),
                    ("identify", {"userId": uuid(), "traits": {"plan": "team"}}),
                    ("identify", {"userId": text, "traits": properties}),
                    ("group", {"groupId": text, "traits": properties}),
                    ("alias", {"userId": uuid(), "previousId": visit["anonymousId"]}),
                ):
                    path = [{"page": {"name": "explorer"}}, {"section": {"name": "page_footer"}}]
                    fact = whole | {"id": uuid(), "kind": kind, "path": path} | rest
                    tell(type="facts", page=page, facts=[fact])
                visit = visit | {"userId": uuid()}
                tell(type="flush")
                answer(said, number)
    finally:
        host.send = real
        tracker.browser._runtime = None


def uuid():
    """As the loader makes them."""
    digits = f"{CHANCE.getrandbits(128):032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def tell(**message):
    """Say one thing to the tracker, as the worker does."""
    tracker.browser.handle_message(json.dumps(message))


def loaded(said, rules):
    """Give what the collector says of a key, and once the tracker nothing."""
    for text in said:
        message = json.loads(text)
        if message["type"] == "load":
            tell(type="loaded", request=message["request"], status=200, body=json.dumps(rules))
            tell(type="loaded", request=message["request"], status=0, body="")


def answer(said, number):
    """Answer what waits, each batch in another one of the ways that a collector or the network has."""
    for turn in range(number, number + 2):
        posts = [json.loads(text) for text in said if '"post"' in text]
        said.clear()
        for count, post in enumerate(posts, start=turn):
            status, retry, body = ANSWERS[count % len(ANSWERS)]
            request = post["request"]
            tell(type="answer", request=request, status=status, retryAfter=retry, body=body)
            tell(type="answer", request=request, status=status, retryAfter=retry, body=body)
        tell(type="online")  # what was not taken is tried again, and at once
    tell(type="wake")


def environment(page):
    """Environments: whole, sparse, wrong."""
    screen = {"width": 1920, "height": 1080, "density": 1.25, "innerWidth": 1, "innerHeight": 2}
    whole = {
        "app": {"namespace": "web", "name": "acme", "version": "1.4.0", "build": "7"},
        "library": {"name": "tracker.js", "version": "0.1.0"},
        "page": {"hostname": "acme.example"},
        "locale": "de-DE",
        "timezone": "Europe/Berlin",
        "screen": screen,
        "userAgent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
    }
    sparse = {"app": {"name": "acme"}, "library": whole["library"], "page": {}, "screen": screen}
    local = whole | {"page": {"hostname": "localhost"}}  # where reports say all
    return [whole, sparse, {"app": 7, "nonsense": [1]}, local][page]


def settings(page):
    """Two collectors, one of them watched."""
    return {"endpoint": f"https://c{page % 2}.example/ü", "writeKey": "k-ü", "debug": page == 3}


def fact(kind, value, number):
    """A fact with ``value`` wherever a value may be."""
    return {
        "id": f"m-{number}",
        "kind": kind,
        "name": ["run_query_button.click", "explorer", value][number % 3],
        "at": 1764000000000 + number * 977,
        "type": ["page", "modal", None][number % 3],
        "category": "settings",
        "properties": {"value": value, "list": [value, [value]], "deep": {"a": {"b": value}}},
        "traits": {"value": value},
        "groupId": "g-1",
        "previousId": "u-0",
        "userId": value if number % 2 else "u-1",
        "visit": {"anonymousId": "a-1", "sessionId": 1764000000000, "userId": "u-1"},
        "path": [
            {"page": {"name": "explorer", "category": "main"}},
            {"page": {"name": "settings", "type": "modal"}},
            {"section": {"name": "page_footer"}},
        ][: number % 4],
    }


def guarded() -> None:
    """What the privacy guard catches and what it lets pass, and a plan that is kept and broken."""
    plan = Plan.from_json(PLAN)
    pipelines = (Pipeline(), Pipeline(plan=plan))
    where = tracker.wire.decode_environment(environment(0))
    for number, text in enumerate(texts):
        told = fact("track", 1, number) | {
            "name": ["run_query_button.click", text][number % 2],
            "properties": {
                "rows": number,
                "note": text,
                text: [text, {"kind": text}],
                "query_id": text,
            },
            "visit": {"anonymousId": text, "sessionId": 1764000000000, "userId": text},
        }
        transcript.extend(repr(pipeline.from_fact(told, where)) for pipeline in pipelines)
    for kind in CALLS:
        for number, value in enumerate(VALUES):
            told = fact(kind, value, number)
            told["properties"] = {
                **KEPT,
                ["rows", "kind", "ratio", "note", "query_id"][number % 5]: value,
            }
            transcript.append(repr(pipelines[1].from_fact(told, where)))
            told["properties"], told["name"] = KEPT, "run_query_button.click"
            transcript.append(repr(pipelines[1].from_fact(told, where)))


def scopes() -> None:
    """Tracking from Python itself."""
    sink = tracker.testing.CapturingSink()
    with TrackingProvider(app=App("acme", namespace="web", version="1.0"), sink=sink):

        @TrackPage("explorer", category="main")
        def handler(depth):
            with TrackSection("page_footer"):
                use_tracking().track("run_query_button.click", {"depth": depth})
            return handler(depth - 1) if depth else None

        handler(3)
        for wrong in ("", "Not A Name", "a" * 300):
            try:
                use_tracking().track(wrong)
            except Exception as error:
                transcript.append("".join(traceback.format_exception(error)))
    try:
        use_tracking()
    except Exception as error:
        transcript.append(repr(error) + str(error))


def python() -> None:
    """What any Python may come to do: grow, sort, format, fail."""
    numbers = list(range(20000))
    random.seed()
    random.random(), random.randint(1, 6), random.uniform(1, 2), random.choice(numbers)
    random.shuffle(numbers)
    numbers.sort(key=lambda number: -number)
    del numbers[5:15000:3]
    by_name = {f"k{number}": number for number in numbers}
    [by_name.pop(key) for key in list(by_name)[::3]]
    by_name |= {"a": 1}
    sorted(by_name.items(), reverse=True), set(by_name) & {"a"}, set(by_name) - {"a"}
    frozenset("abc") | {"d"}, {1: 2} == {1: 2}, [1, 2] < [1, 3], (1,) + (2,), [0] * 5
    text = "Grüße, " * 50
    text.encode(), text.upper().lower().title().casefold(), text.split(","), text.replace("e", "é")
    text.strip().partition(","), text.startswith("G"), text.find("ß"), text.isalnum(), text[3:9:2]
    "%s %d %.2f %r %x" % ("a", 1, 0.5, "b", 255), f"{1.5:>8.3f}|{7:04d}|{'a':<5}|{10**20:,}"
    b"\xff\xc3".decode("utf-8", "replace"), bytes(range(256)).hex(), bytearray(b"a") + b"b"
    int("12"), float("1e5"), int("9" * 40) // 7, 2**0.5, math.floor(1.5), round(2.675, 2), 7 % 3
    divmod(-7, 3), abs(-1.5), hash("a"), str(1e22), repr(0.1), 1 << 70, ~5, 3 & 5, 10**30 % 97
    re.sub(r"(?P<a>[a-z]+)-(\d{2,4})", r"\2", "abc-123 x-9"), re.fullmatch(r"[\w.]+", "naïve")
    time.time(), time.time_ns(), time.monotonic_ns(), time.perf_counter()
    json.loads(json.dumps({"a": [1.5, None, True, "é😀", {"b": 2**70}]}, indent=1, sort_keys=True))
    (
        replace(App("acme", namespace="web", version="1.0"), version="2.0"),
        App("a") == App("a"),
        repr(App("a")),
    )
    failures()


def failures() -> None:
    """Each kind of error that has a path of its own in C."""

    def endless(depth):
        return endless(depth + 1)

    def generator():
        try:
            yield from range(3)
        finally:
            gc.isenabled()

    started = generator()
    next(started)
    started.close()
    for fail in (
        lambda: endless(0),
        lambda: {}["missing"],
        lambda: [][0],
        lambda: "a" + 1,
        lambda: int("x"),
        lambda: 1 / 0,
        lambda: None.missing,
        lambda: sys.missing,
        lambda: missing,  # noqa: F821  (is not there)
        lambda: next(iter(())),
        lambda: json.loads("{"),
        lambda: json.dumps(object()),
        lambda: json.dumps(math.nan, allow_nan=False),
        lambda: b"\xff".decode(),
        lambda: "\ud800".encode(),
        lambda: float("x"),
        lambda: (lambda: 0)(1),
        lambda: [1, 2].remove(3),
        lambda: setattr(App("a"), "name", "c"),
        lambda: fact(*[1, 2]),
        lambda: "\n".join([1]),
        lambda: [].missing,
    ):
        try:
            try:
                fail()
            except Exception as error:
                error.add_note("while training")
                raise ValueError("wrapped") from error
        except ValueError as error:
            transcript.append("".join(traceback.format_exception(error)))
            transcript.append(str(error.__cause__) + repr(error.__cause__))


def collect() -> None:
    """Cycles, weak references, and the collector's three generations."""
    for generation in (0, 1, 2):
        cycles = [[] for _ in range(1000)]
        for cycle in cycles:
            cycle.append(cycle)
        del cycles, cycle
        gc.collect(generation)
    many = [{"a": [number]} for number in range(100_000)]
    del many
    big = bytearray(40 << 20)  # the memory has to grow
    del big
