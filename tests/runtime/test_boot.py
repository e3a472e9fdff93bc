"""The built runtime in a real Chromium: what it does, and what it fetches for that."""

from __future__ import annotations

import contextlib
import http.server
import subprocess
import threading
import zlib
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]
TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".wasm": "application/wasm",
}
# Answers each message: `message` goes to the tracker, `load` is a module to import, `run` Python to run.
WORKER = """
import { boot } from "/boot.js";
const said = [];
const { bootMs, readMs, ...urls } = Object.fromEntries(new URL(import.meta.url).searchParams);
const booted = boot(urls, (text) => said.push(text), { bootMs, readMs });
onmessage = async ({ data }) => {
  try {
    const { handleMessage, python } = await booted;
    if (data.message) handleMessage(data.message);
    if (data.load) python.pyimport(data.load);
    const result = data.run && (await python.runPythonAsync(data.run));
    postMessage({ result, said: said.splice(0).map((text) => JSON.parse(text)) });
  } catch (error) {
    postMessage({ error: String(error) });
  }
};
"""
ASK = """
([url, data]) => {
  window.python ??= new Worker(url, { type: "module" });
  return new Promise((resolve) => {
    window.python.onmessage = (event) => resolve(event.data);
    window.python.onerror = (event) => resolve({ error: event.message });
    setTimeout(() => resolve({ error: "no answer" }), 120_000);
    window.python.postMessage(data);
  });
}
"""


@dataclass
class Site:
    """Files by path, the paths that were asked for, and those whose answers have to wait for ``release``."""

    files: dict[str, bytes]
    late: set[str] = field(default_factory=set[str])
    release: threading.Event = field(default_factory=threading.Event)
    asked: list[str] = field(default_factory=list[str])
    home: str = ""


class Handler(http.server.BaseHTTPRequestHandler):
    def __init__(self, site: Site, *arguments: Any) -> None:
        self.site = site
        super().__init__(*arguments)

    def do_GET(self) -> None:
        path, _, _ = self.path.partition("?")
        self.site.asked.append(path)
        if path in self.site.late:
            self.site.release.wait()
        content = self.site.files.get(path)
        if content is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Type", TYPES.get(Path(path).suffix, "application/octet-stream"))
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        with contextlib.suppress(ConnectionError):  # who waited has gone
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (http.server names it)
        pass


@contextlib.contextmanager
def serve(site: Site) -> Iterator[Site]:
    """Serve it on a port of its own; ``home`` is the address then."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    site.home = f"http://127.0.0.1:{server.server_port}/index.html"
    yield site
    site.release.set()
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    out = tmp_path_factory.mktemp("bundle") / "boot.js"
    entry = ROOT / "web" / "runtime" / "boot.js"
    esbuild = [
        ROOT / "node_modules/.bin/esbuild",
        entry,
        "--bundle",
        "--format=esm",
        f"--outfile={out}",
    ]
    subprocess.run([*esbuild, "--log-level=warning"], check=True)
    return out.read_bytes()


@pytest.fixture
def site(runtime_files: dict[str, Path], bundle: bytes) -> Iterator[Site]:
    files = {f"/{path.name}": path.read_bytes() for path in runtime_files.values()}
    files |= {"/index.html": b"<!doctype html>", "/boot.js": bundle, "/worker.js": WORKER.encode()}
    with serve(Site(files)) as site:
        yield site


@pytest.fixture
def worker(runtime_files: dict[str, Path]) -> str:
    return "/worker.js?" + "&".join(f"{role}=/{path.name}" for role, path in runtime_files.items())


def ask(page: Page, worker: str, **data: str) -> dict[str, Any]:
    return page.evaluate(ASK, [worker, data])


OPEN = """{"type":"open","page":1,"settings":{"endpoint":"https://c.example","writeKey":"k","debug":true},
"environment":{"app":{"name":"acme"},"library":{"name":"tracker.js","version":"0.1.0"},"page":{},
"screen":{"width":1,"height":1,"density":1,"innerWidth":1,"innerHeight":1}}}"""
FACT = """{"type":"facts","page":1,"facts":[{"id":"m-%s","at":1764000000000,"kind":"track",
"name":"run_query_button.click","properties":{"rows":%s},"path":[{"page":{"name":"explorer"}}],
"visit":{"anonymousId":"a-1","sessionId":1764000000000}}]}"""


def test_facts_become_a_batch_with_neither_the_cold_part_nor_the_library(
    page: Page, site: Site, worker: str, runtime_files: dict[str, Path]
) -> None:
    page.goto(site.home)
    said: list[dict[str, Any]] = []
    for number in range(30):
        for message in (OPEN, FACT % (number, number), '{"type":"flush"}', '{"type":"wake"}'):
            answer = ask(page, worker, message=message)
            assert "error" not in answer
            said += answer["said"]

    assert said[0] == {"type": "ready"}
    assert '"acme.run_query_button.click"' in next(
        each["body"] for each in said if each["type"] == "post"
    )
    assert f"/{runtime_files['wasm'].name}" in site.asked
    assert f"/{runtime_files['cold'].name}" not in site.asked
    assert f"/{runtime_files['library'].name}" not in site.asked


@pytest.mark.parametrize(
    ("program", "result"),
    [
        ("import decimal; str(decimal.Decimal(1) / 7)", "0.1428571428571428571428571429"),
        ("import sqlite3; sqlite3.connect(':memory:').execute('select 40 + 2').fetchone()[0]", 42),
        (
            "import zlib; zlib.crc32(zlib.decompress(zlib.compress(b'a' * 99)))",
            zlib.crc32(b"a" * 99),
        ),
        ("import unicodedata; unicodedata.name('é')", "LATIN SMALL LETTER E WITH ACUTE"),
        ("'日本'.encode('shift_jis').hex()", "93fa967b"),
        (
            "import asyncio; (await asyncio.gather(asyncio.sleep(0.01, 1), asyncio.sleep(0, 2)))[1]",
            2,
        ),
        ("import traceback, ast; ast.unparse(ast.parse('1+1'))", "1 + 1"),
        ("import pyodide.http; pyodide.http.pyfetch.__name__", "pyfetch"),
    ],
)
def test_what_is_not_hot_is_fetched_and_then_right(  # noqa: PLR0917  (pytest fills them in)
    page: Page,
    site: Site,
    worker: str,
    runtime_files: dict[str, Path],
    program: str,
    result: object,
) -> None:
    page.goto(site.home)

    assert ask(page, worker, run=program).get("result") == result
    assert site.asked.count(f"/{runtime_files['cold'].name}") == 1
    assert site.asked.count(f"/{runtime_files['library'].name}") == 1
    assert "error" not in ask(page, worker, message='{"type":"flush"}')


def test_a_crash_of_python_says_where_it_was(page: Page, site: Site, worker: str) -> None:
    page.goto(site.home)

    answer = ask(page, worker, message='{"type":')

    assert "JSONDecodeError" in answer["error"]
    assert "tracker/browser" in answer["error"]


def test_two_visitors_have_other_random_numbers(page: Page, site: Site, worker: str) -> None:
    """The picture is the same for both, and the tracker seeds its own as it starts."""
    found: set[object] = set()
    for _ in range(2):
        page.goto(site.home)
        ask(page, worker, message='{"type":"flush"}')
        found.add(ask(page, worker, run="import random; random.random()")["result"])

    assert len(found) == 2


@pytest.mark.parametrize("missing", ["glue", "wasm", "picture"])
def test_a_missing_file_fails_the_boot_instead_of_letting_it_wait(
    page: Page, site: Site, worker: str, runtime_files: dict[str, Path], missing: str
) -> None:
    del site.files[f"/{runtime_files[missing].name}"]
    page.goto(site.home)

    assert ask(page, worker, message='{"type":"flush"}')["error"]


def test_a_file_that_does_not_come_fails_the_boot_in_time(
    page: Page, site: Site, worker: str, runtime_files: dict[str, Path]
) -> None:
    site.late.add(f"/{runtime_files['picture'].name}")
    page.goto(site.home)

    answer = ask(page, f"{worker}&bootMs=500", message='{"type":"flush"}')

    assert "not here after 0.5 s" in answer["error"]


@pytest.mark.parametrize(("part", "module"), [("cold", "zlib"), ("library", "decimal")])
@pytest.mark.parametrize("how", ["late", "missing"])
def test_what_is_not_hot_and_does_not_come_is_an_error_and_no_hang(  # noqa: PLR0917  (pytest fills them in)
    page: Page,
    site: Site,
    worker: str,
    runtime_files: dict[str, Path],
    part: str,
    module: str,
    how: str,
) -> None:
    path = f"/{runtime_files[part].name}"
    page.goto(site.home)
    assert "error" not in ask(page, f"{worker}&readMs=500", message='{"type":"flush"}')
    if how == "late":
        site.late.add(path)
    else:
        del site.files[path]

    assert path in ask(page, f"{worker}&readMs=500", load=module)["error"]


def test_a_picture_that_is_another_file_is_refused(
    page: Page, site: Site, worker: str, runtime_files: dict[str, Path]
) -> None:
    site.files[f"/{runtime_files['picture'].name}"] = b"<!doctype html> please log in" + bytes(99)
    page.goto(site.home)

    assert "picture" in ask(page, worker, message='{"type":"flush"}')["error"]
