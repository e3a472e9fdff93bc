"""Writes YAML: mappings and lists by indentation, and every text as JSON writes it, which YAML reads.

dbt renders Jinja in what it reads, so a text of somebody's must not open an expression. Expressions
that are meant to be rendered are given as ``Jinja``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Iterator


class Jinja(str):
    """Text with an expression for dbt to render."""

    __slots__ = ()


def to_yaml(value: dict[str, Any]) -> str:
    """A document; raises ``TypeError`` for what is no JSON value."""
    return "\n".join(_lines(value)) + "\n"


def _lines(value: Any, indent: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in cast("dict[str, Any]", value).items():
            if isinstance(inner, dict | list) and inner:
                yield f"{indent}{key}:"
                yield from _lines(inner, indent + "  ")
            else:
                yield f"{indent}{key}: {_scalar(inner)}"
    else:
        for item in cast("list[Any]", value):
            if isinstance(item, dict) and item:
                first, *rest = _lines(item, indent + "  ")
                yield f"{indent}- {first.lstrip()}"
                yield from rest
            else:
                yield f"{indent}- {_scalar(item)}"


def _scalar(value: Any) -> str:
    if isinstance(value, str) and not isinstance(value, Jinja):
        value = "".join(mark if mark.isprintable() else " " for mark in value)
        for opening in ("{{", "{%", "{#"):
            value = value.replace(opening, f"{opening[0]} {opening[1]}")
    return json.dumps(value, ensure_ascii=False)
