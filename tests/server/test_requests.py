"""Events of a request carry the page, the section and the visit of its visitor, and nobody else's."""

from __future__ import annotations

import asyncio
import enum
import json
import socket
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import httpx
import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route

from tests.server.scripted import ScriptedCollector
from tests.server.service import Problems, analytics_for
from tracker import TrackSection, use_tracking
from tracker.errors import ConfigurationError
from tracker.plan import Plan
from tracker.server import Analytics, TrackingMiddleware, WSGITrackingMiddleware
from tracker.server.request import HEADER, MAX_HEADER, NOBODY, read_header

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from starlette.requests import Request as HTTPRequest

PATH = [{"page": {"name": "explorer", "type": "modal"}}, {"section": {"name": "results_table"}}]
VISIT = {"anonymousId": "a-1", "sessionId": 1_795_450_333_000}

KEYS = st.sampled_from(["path", "visit", "page", "section", "name", "anonymousId", "sessionId"])


def header(**fields: Any) -> str:
    return json.dumps({"path": PATH, "visit": VISIT, **fields})


@pytest.fixture
def collector() -> Iterator[ScriptedCollector]:
    with ScriptedCollector() as collector:
        yield collector


def test_a_request_lends_its_place_and_visit_to_both_ways_of_tracking(
    collector: ScriptedCollector,
) -> None:
    with analytics_for(collector) as analytics, analytics.request(header()):
        use_tracking().track("query.executed", {"rows": 5})
        analytics.track("query.executed", {"rows": 5}, user_id="u-1")
    assert len(collector.messages) == 2
    for message in collector.messages:
        context = message["context"]
        assert context["page"] == {"name": "explorer", "type": "modal"}
        assert context["section"] == {"name": "results_table", "path": ["results_table"]}
        assert context["sessionId"] == 1_795_450_333_000
        assert message["anonymousId"] == "a-1"
        assert message["event"] == "acme_server.query.executed"
        assert context["app"]["installId"] == "install-1"
    assert [message.get("userId") for message in collector.messages] == [None, "u-1"]


def test_outside_of_the_request_nothing_of_it_is_left(collector: ScriptedCollector) -> None:
    with analytics_for(collector) as analytics:
        with analytics.request(header()):
            pass
        analytics.track("query.executed")
    (message,) = collector.messages
    assert message["anonymousId"] == "install-1"
    assert "page" not in message["context"]
    assert "sessionId" not in message["context"]


def test_the_header_never_says_who_the_user_is(collector: ScriptedCollector) -> None:
    lie = header(visit={**VISIT, "userId": "admin"}, userId="admin", user_id="admin")
    with analytics_for(collector) as analytics, analytics.request(lie):
        use_tracking().track("query.executed")
    assert "userId" not in collector.messages[0]


def test_the_application_says_who_it_is_and_is_asked_at_the_call(
    collector: ScriptedCollector,
) -> None:
    signed_in: list[str] = []
    with (
        analytics_for(collector) as analytics,
        analytics.request(header(), user=lambda: signed_in[0] if signed_in else None),
    ):
        use_tracking().track("query.executed")
        signed_in.append("u-1")
        use_tracking().track("query.executed")
        use_tracking().identify("u-2")
        analytics.track("query.executed")
        use_tracking().reset()
        use_tracking().track("query.executed")
    users = [message.get("userId") for message in collector.messages]
    assert users == [None, "u-1", "u-2", "u-2", None]
    assert collector.messages[-1]["anonymousId"] == "install-1"


def test_a_user_function_that_fails_costs_the_event_and_not_the_request(
    collector: ScriptedCollector,
) -> None:
    problems = Problems()
    with (
        analytics_for(collector, on_error=problems.append) as analytics,
        analytics.request(header(), user=lambda: 1 // 0),  # type: ignore[return-value]
    ):
        use_tracking().track("query.executed")
        analytics.track("query.executed")
    assert problems.kinds == ["internal", "internal"]
    assert collector.requests == []


HOSTILE = {
    "nothing": None,
    "empty": "",
    "not JSON": "explorer",
    "a list": "[1]",
    "too long": header(visit={"anonymousId": "a" * MAX_HEADER}),
    "not ASCII": '{"path": [{"page": {"name": "é"}}]}',
    "deep": "[" * 1000 + "]" * 1000,
    "no list": header(path={"page": {"name": "explorer"}}),
    "neither page nor section": header(path=[{"title": {"name": "x"}}]),
    "a nameless page": header(path=[{"page": {"type": "modal"}}]),
    "another type": header(path=[{"page": {"name": "x", "type": "popup"}}]),
    "a long name": header(path=[{"page": {"name": "x" * 65}}]),
    "control characters": header(path=[{"page": {"name": "x\ny"}}]),
    "control characters in an id": header(visit={"anonymousId": "x\u0000y"}),
    "a long id": header(visit={"anonymousId": "x" * 129}),
    "no text as id": header(visit={"anonymousId": {"$gt": ""}}),
    "a session that is no time": header(visit={"anonymousId": "a", "sessionId": -5}),
    "a session beyond time": header(visit={"anonymousId": "a", "sessionId": 10**30}),
    "a session of text": header(visit={"anonymousId": "a", "sessionId": "1"}),
    "too many scopes": header(path=[{"section": {"name": "s"}}] * 40),
    "infinite": '{"visit": {"sessionId": Infinity, "anonymousId": "a"}}',
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_header_that_breaks_a_rule_counts_as_none(text: str | None) -> None:
    assert read_header(text) == NOBODY


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text() | KEYS, inner),
        max_leaves=8,
    )
)
def test_no_header_makes_it_raise(value: Any) -> None:
    visitor = read_header(json.dumps(value))
    assert visitor.anonymous_id is None or len(visitor.anonymous_id) <= 128


def test_parts_of_the_header_may_be_missing() -> None:
    assert read_header('{"visit": {"anonymousId": "a-1"}}').anonymous_id == "a-1"
    assert read_header('{"path": [{"page": {"name": "\\u00e9"}}]}').path[0].name == "é"
    assert read_header("{}") == NOBODY


def test_a_place_that_the_plan_does_not_know_is_left_out_and_the_event_is_not_lost(
    collector: ScriptedCollector,
) -> None:
    class Pages(enum.Enum):
        EXPLORER = "explorer"

    plan = Plan("acme", events=["query.executed"], pages=Pages, sections=["results_table"])
    problems = Problems()
    made_up = header(path=[{"page": {"name": "made_up"}}])
    with analytics_for(collector, plan=plan, strict=True, on_error=problems.append) as analytics:
        for text in (header(), made_up):
            with analytics.request(text):
                analytics.track("query.executed")
    known, unknown = collector.messages
    assert known["context"]["page"]["name"] == "explorer"
    assert "page" not in unknown["context"]
    assert unknown["anonymousId"] == "a-1"
    assert problems == []


@contextmanager
def serving_asgi(app: Any) -> Iterator[str]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on", ws="none"))
    thread = threading.Thread(target=server.run, args=([listener],))
    listener.listen()
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()


@contextmanager
def serving_wsgi(app: Any) -> Iterator[str]:
    class Server(ThreadingMixIn, WSGIServer):
        daemon_threads = True
        request_queue_size = 64

    class Handler(WSGIRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    server = make_server("127.0.0.1", 0, app, Server, Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def ask(url: str, number: int) -> str:
    """Make a request of a visitor of its own, on a page of its own."""
    said = header(path=[{"page": {"name": f"page_{number}"}}], visit={"anonymousId": f"a-{number}"})
    request = urllib.request.Request(f"{url}/{number}", headers={HEADER: said})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.read().decode()


def ask_many(url: str) -> None:
    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(lambda n: ask(url, n), range(64))) == ["ab"] * 64


def check_not_mixed(collector: ScriptedCollector, calls: int) -> None:
    """Each event names the visitor, the page and the user of the request that it came from."""
    assert len(collector.messages) == 64 * calls
    for message in collector.messages:
        number = message["properties"]["number"]
        assert message["anonymousId"] == f"a-{number}"
        assert message["context"]["page"]["name"] == f"page_{number}"
        assert message["userId"] == f"u-{number}"


def asgi_app(analytics: Analytics, barrier: asyncio.Semaphore) -> Any:
    async def endpoint(request: HTTPRequest) -> StreamingResponse:
        number = int(request.path_params["number"])
        request.scope["user_of_test"] = f"u-{number}"
        async with barrier:
            await asyncio.sleep(0)
            use_tracking().track("query.executed", {"number": number})
            with TrackSection("later"):
                task = asyncio.create_task(background(number))
            await task

        async def parts() -> AsyncIterator[str]:
            yield "a"
            await asyncio.sleep(0)
            analytics.track("query.executed", {"number": number})
            yield "b"

        return StreamingResponse(parts())

    async def background(number: int) -> None:
        await asyncio.sleep(0)
        use_tracking().track("query.executed", {"number": number})

    app = Starlette(routes=[Route("/{number}", endpoint)])
    return TrackingMiddleware(app, analytics, user=lambda scope: scope["user_of_test"])


def test_concurrent_asgi_requests_do_not_mix(collector: ScriptedCollector) -> None:
    with (
        analytics_for(collector) as analytics,
        serving_asgi(asgi_app(analytics, asyncio.Semaphore(8))) as url,
    ):
        ask_many(url)
    check_not_mixed(collector, 3)


def test_two_headers_are_none(collector: ScriptedCollector) -> None:
    async def endpoint(_: HTTPRequest) -> PlainTextResponse:
        use_tracking().track("query.executed")
        return PlainTextResponse("ab")

    with analytics_for(collector) as analytics:
        app = TrackingMiddleware(Starlette(routes=[Route("/", endpoint)]), analytics)
        with serving_asgi(app) as url:
            httpx.get(url, headers=[(HEADER, header()), (HEADER, header())])
            httpx.get(url)
    for message in collector.messages:
        assert message["anonymousId"] == "install-1"
        assert "page" not in message["context"]


def wsgi_app(analytics: Analytics) -> Any:
    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
        number = int(environ["PATH_INFO"].strip("/"))
        environ["user_of_test"] = f"u-{number}"
        use_tracking().track("query.executed", {"number": number})
        start_response("200 OK", [("Content-Type", "text/plain")])
        return parts(number)

    def parts(number: int) -> Iterator[bytes]:
        try:
            use_tracking().track("query.executed", {"number": number})
            yield b"a"
            analytics.track("query.executed", {"number": number})
            yield b"b"
        finally:
            use_tracking().track("query.executed", {"number": number})

    return WSGITrackingMiddleware(app, analytics, user=lambda environ: environ["user_of_test"])


def test_concurrent_wsgi_requests_do_not_mix(collector: ScriptedCollector) -> None:
    with analytics_for(collector) as analytics, serving_wsgi(wsgi_app(analytics)) as url:
        ask_many(url)
    check_not_mixed(collector, 4)


def test_a_wsgi_answer_that_is_whole_is_passed_on_as_it_is(collector: ScriptedCollector) -> None:
    whole = [b"ab"]
    closed: list[bool] = []

    class Wrapper:
        def __init__(self, *_: object) -> None: ...
        def __iter__(self) -> Iterator[bytes]:
            return iter(whole)

        def close(self) -> None:
            closed.append(True)

    with analytics_for(collector) as analytics:

        def serve(answer: Any) -> Any:
            middleware = WSGITrackingMiddleware(lambda _environ, _start: answer, analytics)
            return middleware({"wsgi.file_wrapper": Wrapper}, lambda *_: None)

        assert serve(whole) is whole
        file = Wrapper()
        assert serve(file) is file
        other = serve(iter(whole))
        assert list(other) == whole
        other.close()
    assert closed == []


@pytest.mark.parametrize("middleware", [TrackingMiddleware, WSGITrackingMiddleware])
@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ({"app": None}, "app: expected an application, got NoneType"),
        ({"analytics": None}, r"analytics: expected a tracker.server.Analytics, got NoneType; to"),
        ({"user": "u-1"}, "user: expected a function, got str"),
    ],
)
def test_a_middleware_that_could_serve_nothing_is_refused_before_the_first_request(
    middleware: Any, given_: dict[str, Any], expected: str
) -> None:
    options = {"app": print, "analytics": Analytics(enabled=False)} | given_
    with pytest.raises(ConfigurationError, match=expected):
        middleware(**options)


def test_a_scope_without_headers_has_none(collector: ScriptedCollector) -> None:
    async def app(*_: Any) -> None:
        use_tracking().track("query.executed")

    with analytics_for(collector) as analytics:
        served: Any = TrackingMiddleware(app, analytics)({"type": "http"}, Any, Any)  # pyright: ignore[reportArgumentType]
        asyncio.run(served)
    assert [message["event"] for message in collector.messages] == ["acme_server.query.executed"]


def test_a_disabled_service_serves_all_the_same() -> None:
    analytics = Analytics(enabled=False)
    app = WSGITrackingMiddleware(lambda _environ, _start: [b"ab"], analytics)
    assert app({f"HTTP_{HEADER.upper().replace('-', '_')}": header()}, lambda *_: None) == [b"ab"]
    with analytics.request(header()):
        use_tracking().track("query.executed")
