"""The loader, its assets and the demo come in the right form with the right headers."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.collector.running import RunningCollector, track
from tracker.collector.ingestion.keys import WriteKey
from tracker.collector.settings import Settings
from tracker.plan import Plan
from tracker.privacy import PagePolicy, Policy

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES = {
    "tracker.js": b"loader",
    "tracker.js.br": b"br-loader",
    "tracker.js.gz": gzip.compress(b"loader"),
    "assets/worker-1a2b.js": b"worker",
    "assets/pyodide-314.0.7/pyodide.mjs": b"module",
    "assets/pyodide-314.0.7/pyodide.asm.wasm": b"wasm",
    "assets/wheels/ab12/tracker-0.1.0-py3-none-any.whl": b"wheel",
    "python/tracker-0.1.0-py3-none-any.whl": b"wheel",
    "demo/index.html": b"demo",
    "demo/app.css": b"css",
    "admin/index.html": b"admin",
    "manifest.json": json.dumps({"files": {}}).encode(),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCollector]:
    """Yield a collector over a small build, with the demo."""
    root = tmp_path_factory.mktemp("build")
    for name, content in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    (root.parent / "secret.txt").write_text("secret")
    settings = Settings(data=tmp_path_factory.mktemp("data"), demo=True)
    with RunningCollector(settings, assets=root) as running:
        yield running


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("br;q=0.0,gzip;q=0", None),
        ("*", "br"),
        ("identity", None),
        ("", None),
    ],
)
def test_the_browser_gets_the_smallest_encoding_that_it_takes(
    site: RunningCollector, accepted: str, encoding: str | None
) -> None:
    with site.client.stream("GET", "/tracker.js", headers={"Accept-Encoding": accepted}) as answer:
        body = b"".join(answer.iter_raw())
    expected = {"br": b"br-loader", "gzip": FILES["tracker.js.gz"], None: b"loader"}[encoding]
    assert body == expected
    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["vary"] == "accept-encoding"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("worker-1a2b.js", "text/javascript; charset=utf-8"),
        ("pyodide-314.0.7/pyodide.mjs", "text/javascript; charset=utf-8"),
        ("pyodide-314.0.7/pyodide.asm.wasm", "application/wasm"),
        ("wheels/ab12/tracker-0.1.0-py3-none-any.whl", "application/zip"),
    ],
)
def test_assets_have_their_type_and_never_change(
    site: RunningCollector, name: str, content_type: str
) -> None:
    answer = site.client.get(f"/assets/{name}")
    assert answer.content == FILES[f"assets/{name}"]
    assert answer.headers["content-type"] == content_type
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_wheel_for_pages_has_an_address_that_lasts_and_is_asked_for_again(
    site: RunningCollector,
) -> None:
    answer = site.client.get("/python/tracker-0.1.0-py3-none-any.whl")
    assert answer.content == b"wheel"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert site.client.get("/python/other.whl").status_code == 404


def test_the_loader_is_asked_for_again_and_not_sent_again(site: RunningCollector) -> None:
    first = site.client.get("/tracker.js", headers={"Accept-Encoding": "gzip"})
    assert first.headers["cache-control"] == "no-cache"
    again = {"Accept-Encoding": "gzip", "If-None-Match": first.headers["etag"]}
    answer = site.client.get("/tracker.js", headers=again)
    assert (answer.status_code, answer.content) == (304, b"")
    plain = {"Accept-Encoding": "identity", "If-None-Match": first.headers["etag"]}
    assert site.client.get("/tracker.js", headers=plain).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../secret.txt",
        "/assets/..%2fsecret.txt",
        "/assets/%2e%2e/%2e%2e/secret.txt",
        "/assets//etc/passwd",
        "/assets/..%5csecret.txt",
        "/demo/..%2f..%2fsecret.txt",
        "/demo/../manifest.json",
        "/assets/worker-1a2b.js%00.txt",
        "/assets/",
    ],
)
def test_no_path_leads_out_of_the_assets(site: RunningCollector, path: str) -> None:
    answer = site.exchange(
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
    )
    assert b" 404 " in answer.split(b"\r\n")[0]


@pytest.mark.parametrize("path", ["/demo/", "/demo/dashboards", "/demo/dashboards/7"])
def test_routes_of_the_demo_are_its_page(site: RunningCollector, path: str) -> None:
    answer = site.client.get(path)
    assert answer.content == b"demo"
    assert "script-src 'self' 'wasm-unsafe-eval'" in answer.headers["content-security-policy"]
    assert "unsafe-inline" not in answer.headers["content-security-policy"]
    assert "worker-src 'self' blob:" in answer.headers["content-security-policy"]


def test_a_file_that_the_demo_does_not_have_is_not_found(site: RunningCollector) -> None:
    assert site.client.get("/demo/app.css").content == b"css"
    assert site.client.get("/demo/app.js").status_code == 404


def test_a_new_build_is_served_without_a_restart(site: RunningCollector, tmp_path: Path) -> None:
    with RunningCollector(Settings(data=tmp_path / "data"), assets=tmp_path / "build") as running:
        answer = running.client.get("/tracker.js")
        assert answer.status_code == 404
        assert "python3 build.py build" in answer.text
        (tmp_path / "build").mkdir()
        (tmp_path / "build" / "tracker.js").write_text("new")
        (tmp_path / "build" / "manifest.json").write_text("{}")
        assert running.client.get("/tracker.js").text == "new"
        assert running.client.get("/demo/").status_code == 404


def test_the_first_page_is_the_demo_where_there_is_one(
    site: RunningCollector, running: RunningCollector
) -> None:
    assert site.client.get("/").headers["location"] == "/demo/"
    assert running.client.get("/").headers["location"] == "/admin/"
    assert site.client.get("/favicon.ico").status_code == 204


def test_the_process_is_healthy_and_the_store_ready(site: RunningCollector) -> None:
    assert site.client.get("/health").json() == {"status": "ok"}
    assert site.client.get("/ready").json() == {"status": "ready"}


def test_metrics_count_requests_and_messages(site: RunningCollector) -> None:
    site.post({"batch": [1]})
    answer = site.client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = answer.text.splitlines()
    assert 'tracker_requests_total{status="200"} 1' in lines
    assert 'tracker_messages_total{outcome="refused"} 1' in lines
    assert 'tracker_refused_total{code="not_an_object"} 1' in lines
    assert 'tracker_commit_seconds_bucket{le="+Inf"} 1' in lines or any(
        line.startswith("tracker_commit_seconds_count") for line in lines
    )


def test_the_admin_and_the_metrics_are_closed_where_others_can_reach_them(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, host="0.0.0.0")
    with RunningCollector(settings) as running:
        for path in ("/admin/", "/metrics"):
            answer = running.client.get(path)
            assert answer.status_code == 403
            assert "password" in answer.json()["message"].lower()
        assert running.client.get("/health").status_code == 200


def test_a_password_opens_the_metrics(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, host="0.0.0.0", admin_password="secret")
    with RunningCollector(settings) as running:
        assert running.client.get("/metrics").status_code == 401
        assert running.client.get("/metrics", auth=("any", "secret")).status_code == 200


def test_the_demo_writes_with_a_key_of_its_own_beside_the_others(tmp_path: Path) -> None:
    """A newcomer who starts the demo without any key must see clicks."""
    with RunningCollector(Settings(data=tmp_path, demo=True)) as collector:
        batch = {"batch": [track()]}
        assert collector.post(batch, auth=("demo", "")).json()["accepted"] == 1
        assert collector.post({"batch": [track()]}).json()["accepted"] == 1
        assert collector.rows("SELECT source FROM log ORDER BY id") == [("demo",), ("default",)]


def test_without_the_demo_its_key_opens_nothing(tmp_path: Path) -> None:
    with RunningCollector(Settings(data=tmp_path)) as collector:
        assert collector.post({"batch": [track()]}, auth=("demo", "")).status_code == 401


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCollector]:
    """Yield a collector with a key that has a plan, one that has another, and one without."""
    keys = (
        WriteKey("webapp", "webapp-key", plan=Plan("acme", page_facts=["title"])),
        WriteKey("shop", "shop-key", plan=Plan("shop")),
        WriteKey("blog", "blog-key"),
    )
    policy = Policy(PagePolicy(frozenset({"hostname", "path"})))
    settings = Settings(
        data=tmp_path_factory.mktemp("data"), write_keys=keys, privacy=policy, demo=True
    )
    with RunningCollector(settings) as running:
        yield running


def test_a_page_gets_the_plan_and_the_policy_of_its_key(planned: RunningCollector) -> None:
    answer = planned.client.get("/plan.json", params={"writeKey": "webapp-key"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert Plan.from_json(answer.json()["plan"]) == Plan("acme", page_facts=["title"])
    # What the plan says may be read of a page, the guard lets pass.
    assert Policy.from_json(answer.json()["privacy"]).page.allow == {"hostname", "path", "title"}
    answer = planned.client.get("/plan.json", params={"writeKey": "shop-key"})
    assert answer.json()["plan"]["app"] == "shop"
    assert Policy.from_json(answer.json()["privacy"]).page.allow == {"hostname", "path"}
    assert planned.client.get("/plan.json?writeKey=blog-key").json()["plan"] is None


def test_an_unknown_key_or_none_gets_neither_plan_nor_policy(planned: RunningCollector) -> None:
    for query in ("", "?writeKey=", "?writeKey=other", "?writeKey=webapp-key2", "?writeKey=%ff%00"):
        answer = planned.client.get(f"/plan.json{query}")
        assert (answer.status_code, answer.json()) == (200, {"plan": None, "privacy": None})


def test_the_plan_is_asked_for_again_and_not_sent_again(planned: RunningCollector) -> None:
    for accepted in ("gzip", "identity"):
        headers = {"Accept-Encoding": accepted, "Origin": "https://app.example.com"}
        first = planned.client.get("/plan.json?writeKey=webapp-key", headers=headers)
        assert first.headers.get("content-encoding", "identity") == accepted
        assert first.headers["cache-control"] == "no-cache"
        assert first.headers["vary"] == "accept-encoding"
        assert first.headers["access-control-allow-origin"] == "*"
        assert first.headers["cross-origin-resource-policy"] == "cross-origin"
        etag = first.headers["etag"]
        assert etag.startswith('"')
        headers["If-None-Match"] = etag
        again = planned.client.get("/plan.json?writeKey=webapp-key", headers=headers)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
        other = planned.client.get("/plan.json?writeKey=shop-key", headers=headers)
        assert other.status_code == 200
