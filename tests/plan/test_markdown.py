"""The catalogue: everything in it, and nothing that people wrote as markup."""

from __future__ import annotations

from typing import Any

from markdown_it import MarkdownIt

from examples.lightdash_like.plan import plan
from tracker.plan import Plan
from tracker.plan_exports.markdown import catalogue

NASTY = "<script>alert(1)</script> [x](javascript:1) ![y](z) `code` *a* | b | # h\n\n- - \\ &amp; www.e.example"


def test_it_has_every_event_property_page_section_and_category() -> None:
    text = catalogue(plan)

    for event in plan.rules.events:
        assert f"`{event.name}`" in text
        assert all(f"| `{one.name}` |" in text for one in event.properties)
    for name in (*(plan.rules.pages or ()), *(plan.rules.sections or ())):
        assert f"`{name}`" in text
    assert plan.hash in text
    assert "Free text, because the visitor writes it to us" in text


def test_what_people_wrote_is_text_and_never_markup() -> None:
    data = plan.to_json()
    data["version"] = NASTY
    for event in data["events"]:
        event["description"] = NASTY
        for one in event.get("properties", ()):
            one["description"] = NASTY
            if one["type"].get("because"):
                one["type"]["because"] = NASTY
            if one["type"]["kind"] == "choice" and isinstance(one["type"]["choices"][0], str):
                one["type"]["choices"] = [NASTY[:60], "|", "\n", "`"]
    nasty = Plan.from_json(data)
    parser = MarkdownIt("commonmark", {"html": True}).enable("table")

    kinds = kinds_of(parser.parse(catalogue(nasty)))

    assert kinds == kinds_of(parser.parse(catalogue(plan)))
    assert not kinds & {"html_block", "html_inline", "link_open", "image", "em_open", "hr"}
    assert [len(row.split("| ")) for row in rows(nasty)] == [
        len(row.split("| ")) for row in rows(plan)
    ]


def kinds_of(tokens: list[Any]) -> set[str]:
    return {
        kind
        for token in tokens
        for kind in (token.type, *(child.type for child in token.children or ()))
        # A code span where a name stands; a break of a line where one is too long.
        if kind not in {"softbreak", "text_special"}
    }


def rows(of: Plan) -> list[str]:
    """Return the rows of the tables, without the bars that are escaped."""
    return [line.replace(r"\|", "") for line in catalogue(of).splitlines() if line.startswith("|")]
