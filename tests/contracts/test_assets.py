"""What the build made: found through its manifest, small enough, and true to its sources."""

from __future__ import annotations

import gzip
import json
import re
from importlib.resources import files
from typing import Any

import brotli
import pytest

from examples.lightdash_like.plan import plan
from tools.console import ROOT
from tools.sizes import FIRST_VISIT, budgets
from tracker.plan import Plan

ASSETS = files("tracker.collector") / "assets"


def read(path: str) -> bytes:
    return ASSETS.joinpath(*path.split("/")).read_bytes()


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    return json.loads(read("manifest.json"))


def test_what_visitors_load_is_within_its_budget(manifest: dict[str, Any]) -> None:
    """The loader and its second file run on the main thread of every page; the sum is what a first visit costs."""
    found = {
        name: (size, budget) for name, size, budget in budgets(manifest["sizes"], manifest["files"])
    }

    assert {"tracker.js", manifest["files"]["delivery"]} <= found.keys()
    assert (FIRST_VISIT in found) == (manifest["runtime"] == "lean")
    assert [name for name, (size, budget) in found.items() if size > budget] == []
    assert all(len(read(f"{name}.br")) == found[name][0] for name in found if name != FIRST_VISIT)


def test_every_named_file_is_there(manifest: dict[str, Any]) -> None:
    roles = {"loader", "delivery", "worker", "pyodide", "wheel"}
    if manifest["runtime"] == "lean":
        roles |= {"glue", "wasm", "cold", "picture", "library"}
    assert roles == manifest["files"].keys()
    assert [path for path in manifest["files"].values() if not read(path)] == []


def test_compressed_files_are_the_files(manifest: dict[str, Any]) -> None:
    for path, sizes in manifest["sizes"].items():
        content = read(path)
        assert len(content) == sizes["raw"]
        if path.endswith((".js", ".mjs", ".css", ".html", ".wasm", ".bin")):
            assert brotli.decompress(read(f"{path}.br")) == content
            assert gzip.decompress(read(f"{path}.gz")) == content


def test_each_file_names_the_next_and_it_is_there(manifest: dict[str, Any]) -> None:
    """The loader its second file, that one the worker, and the worker Python's."""
    delivery, worker = manifest["files"]["delivery"], manifest["files"]["worker"]

    assert delivery in read("tracker.js").decode()
    assert worker in read(delivery).decode()
    named = set(re.findall(r"assets/[\w./-]+", read(worker).decode()))
    assert {path for path in named if not path.endswith("/")} <= manifest["sizes"].keys()
    roles = set(manifest["files"]) - {"loader", "delivery", "worker", "pyodide"}
    assert {manifest["files"][role] for role in roles} <= named


def test_the_react_binding_is_served_as_it_is_written(manifest: dict[str, Any]) -> None:
    """People take it into their own build, and read it."""
    assert "react.js" in manifest["sizes"]
    assert read("react.js") == (ROOT / "web" / "react.js").read_bytes()


@pytest.mark.parametrize("site", ["admin", "demo"])
def test_a_site_loads_its_own_hashed_files_and_has_no_inline_script(site: str) -> None:
    html = read(f"{site}/index.html").decode()

    for path in re.findall(r'"(assets/[^"]+)"', html):
        assert read(f"{site}/{path}")
    assert re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", html) == []
    assert re.findall(r"<style|\sstyle=|\son\w+=", html) == []
    assert re.findall(r'(?:src|href)="(?:https?:)?//', html) == []


def test_a_static_host_answers_without_a_plan_and_the_demo_has_the_example_s() -> None:
    assert json.loads(read("plan.json")) == {"plan": None, "privacy": None}
    assert Plan.from_json(json.loads(read("demo/plan.json"))) == plan
