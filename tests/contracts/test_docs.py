"""The examples of the README and of docs/ are run, so that they stay true."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").glob("*.md"))]
VOID = frozenset({"input", "br", "img", "meta", "link", "hr"})


every_page = pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(
        rf"^```{language}\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )


class Outline(HTMLParser):
    """Collects what an example uses, and whether its elements close in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.used: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.used |= {tag, *(name for name, _ in attrs)}
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_there_are_examples() -> None:
    assert blocks(README, "python")
    assert blocks(README, "html")


@every_page
def test_the_python_examples_run(page: Path) -> None:
    """They run in order, as a reader would: a later one may use the names of an earlier one.

    Those that install the wheel in a browser are run there, by tests/e2e/test_python_page.py.
    """
    names: dict[str, object] = {"__name__": "example"}
    for example in blocks(page, "python"):
        if "import micropip" not in example:
            exec(compile(example, str(page), "exec", dont_inherit=True), names)


@every_page
def test_the_html_examples_close_what_they_open_and_use_what_there_is(page: Path) -> None:
    examples = blocks(page, "html")
    source = "".join(path.read_text("utf-8") for path in (ROOT / "web").rglob("*.js"))
    for example in examples:
        outline = Outline()
        outline.feed(example)
        assert outline.open == [], example
        for name in outline.used:
            if name.startswith("track-"):
                assert f'"{name}"' in source, f"no {name} element"
            elif name.startswith("data-"):
                assert in_dataset(name) in source, f"no {name} attribute"


def in_dataset(attribute: str) -> str:
    """Return an attribute's name as scripts read it: ``data-write-key`` is ``writeKey``."""
    first, *rest = attribute.removeprefix("data-").split("-")
    return first + "".join(word.capitalize() for word in rest)


def test_its_commands_are_commands_of_build_py() -> None:
    answer = subprocess.run(
        [sys.executable, ROOT / "build.py", "--help"], capture_output=True, text=True, check=True
    )
    named = re.findall(r"python3 build\.py (\w+)", README.read_text("utf-8"))

    assert named
    assert [command for command in named if f"  {command} " not in answer.stdout] == []


@every_page
def test_links_to_files_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []
