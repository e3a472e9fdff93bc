"""What the worker's own boot gives, in a real Chromium and from the built assets: either Python, and a user's wheel in it."""

from __future__ import annotations

import io
import json
import subprocess
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.e2e.files import ASSETS, is_lean, path_of
from tests.runtime.test_boot import ROOT, Site, ask, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

WHEEL = "/wheels-of-ours/greetings-1.0-py3-none-any.whl"
# `load` is a wheel to install, `run` Python to run after it; `?boot=` and `?read=` are how long it is patient.
WORKER = """
import { bootPython } from "/assets/python-under-test.js";
const reports = [];
const booted = bootPython(() => {}, (text) => reports.push(text));
booted.catch(() => {});
onmessage = async ({ data }) => {
  try {
    const { python, loadWheel } = await booted;
    if (data.load) await loadWheel(new URL(data.load, location.origin).href);
    postMessage({ result: data.run && (await python.runPythonAsync(data.run)), reports });
  } catch (error) {
    postMessage({ error: String(error) });
  }
};
"""


def wheel() -> bytes:
    """Make a wheel that wants another one, which nobody may fetch."""
    content = io.BytesIO()
    info = "greetings-1.0.dist-info"
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("greetings/__init__.py", "def greet(name):\n    return f'Hello, {name}'\n")
        metadata = (
            "Metadata-Version: 2.1\nName: greetings\nVersion: 1.0\nRequires-Dist: elsewhere\n"
        )
        archive.writestr(f"{info}/METADATA", metadata)
        tag = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        archive.writestr(f"{info}/WHEEL", tag)
        archive.writestr(f"{info}/RECORD", "")
    return content.getvalue()


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the worker's boot as the product's build makes it, with where the built files are."""
    micropip = sorted(
        path.relative_to(ASSETS).as_posix() for path in (ASSETS / "assets" / "wheels").glob("*.whl")
    )
    roles = ("glue", "wasm", "cold", "picture", "library")
    python = {
        "lean": {role: path_of(role)[1:] for role in roles} if is_lean() else None,
        "pyodide": path_of("pyodide")[1:].removesuffix("pyodide.mjs"),
        "wheel": path_of("wheel")[1:],
        "micropip": micropip,
    }
    out = tmp_path_factory.mktemp("bundle") / "python.js"
    esbuild = [ROOT / "node_modules/.bin/esbuild", ROOT / "web/worker/python.js", "--bundle"]
    defined = f"--define:__PYTHON__={json.dumps(python)}"
    subprocess.run([*esbuild, "--format=esm", f"--outfile={out}", defined], check=True)
    return out.read_bytes()


@pytest.fixture
def site(bundle: bytes) -> Iterator[Site]:
    """Serve the built assets, and a wheel of the page's own."""
    files = {
        "/" + path.relative_to(ASSETS).as_posix(): path.read_bytes() for path in _python_files()
    }
    files |= {"/index.html": b"<!doctype html>", "/worker.js": WORKER.encode(), WHEEL: wheel()}
    with serve(Site(files | {"/assets/python-under-test.js": bundle})) as site:
        yield site


def _python_files() -> Iterator[Path]:
    for folder in ("python", "wheels", "pyodide-*"):
        for found in (ASSETS / "assets").glob(folder):
            yield from (
                path
                for path in found.rglob("*")
                if path.suffix not in {".br", ".gz"} and path.is_file()
            )


RUN = "import greetings, micropip; greetings.greet('you') + ' ' + micropip.list()['greetings'].version"


def test_a_wheel_of_the_pages_own_is_installed_and_imported(page: Page, site: Site) -> None:
    """Micropip is fetched for it, and not before; what the wheel depends on is not fetched from elsewhere."""
    page.goto(site.home)
    hosts: set[str] = set()
    page.context.on("request", lambda request: hosts.add(request.url.split("/")[2]))

    assert ask(page, "/worker.js", run="1 + 1") == {"result": 2, "reports": []}
    assert [path for path in site.asked if path.endswith(".whl")] == (
        [] if is_lean() else [path_of("wheel")]
    )
    answer = ask(page, "/worker.js", load=WHEEL, run=RUN)

    assert answer == {"result": "Hello, you 1.0", "reports": []}
    assert site.asked.count(WHEEL) == 1
    assert len(hosts) == 1


@pytest.mark.lean
def test_a_wheel_is_installed_in_pyodide_as_published_too(page: Page, site: Site) -> None:
    """Which does the work where the lean Python does not start."""
    del site.files[path_of("picture")]
    page.goto(site.home)

    answer = ask(page, "/worker.js", load=WHEEL, run=RUN)

    assert answer["result"] == "Hello, you 1.0"
    [report] = answer["reports"]
    assert path_of("picture") in report


def test_a_wheel_that_is_not_there_is_an_error_and_the_next_one_still_comes(
    page: Page, site: Site
) -> None:
    """Python lives on."""
    page.goto(site.home)

    assert "error" in ask(page, "/worker.js", load="/nowhere/missing-1.0-py3-none-any.whl")
    assert ask(page, "/worker.js", load=WHEEL, run=RUN)["result"] == "Hello, you 1.0"
