"""Python in the page itself: the example of docs/python.md, run as it stands there."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import tracker

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.collector_process import CollectorProcess

ROOT = Path(__file__).parent.parent.parent
SECTION = (ROOT / "docs" / "python.md").read_text("utf-8").split("## ")[1]
TAG = re.findall(r"```html\n(.*?)```", SECTION, re.DOTALL)[0]
CODE = re.findall(r"```python\n(.*?)```", SECTION, re.DOTALL)[0]
BOOT = """
import { loadPyodide } from "/assets/pyodide-314.0.7/pyodide.mjs";
const indexURL = "/assets/pyodide-314.0.7/";
const python = await loadPyodide({ indexURL, packageBaseUrl: indexURL });
const wheels = ["micropip-0.11.1-py3-none-any.whl", "packaging-26.3-py3-none-any.whl"];
await python.loadPackage(wheels.map((name) => "/assets/wheels/" + name), { checkIntegrity: false });
await python.runPythonAsync(CODE);
document.title = "done";
"""


def test_calls_of_python_in_the_page_carry_its_scopes_and_its_visitor(
    collector: CollectorProcess, page: Page
) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    script = BOOT.replace("CODE", json.dumps(CODE))
    html = f'<!doctype html>{TAG}<script type="module">{script}</script>'
    address = f"{collector.url}/notebook"
    page.route(address, lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(address)
    page.wait_for_function("document.title === 'done'", timeout=60_000)
    page.goto("about:blank")
    collector.wait_for_count(3)

    assert errors == []
    view, click, identify = collector.messages()
    place = {"name": "notebook", "category": "analysis", "type": "page", "hostname": "127.0.0.1"}
    assert (view["type"], view["name"], view["category"]) == ("page", "notebook", "analysis")
    assert (click["event"], click["properties"]) == (
        "acme_webapp.run_cell_button.click",
        {"cells": 3},
    )
    assert view["context"]["page"] == click["context"]["page"] == place
    assert click["context"]["section"] == {"name": "cell", "path": ["cell"]}
    assert (identify["userId"], identify["traits"]) == ("user-1", {"plan": "pro"})
    assert "userId" not in view
    assert "userId" not in click
    assert view["anonymousId"] == click["anonymousId"] == identify["anonymousId"]
    assert click["context"]["library"] == {"name": "tracker.js", "version": tracker.__version__}
