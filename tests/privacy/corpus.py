"""Reads the corpora, and makes up the random part of each credential in them.

A line of a corpus is ``[key = ] value ⇥ source or reason``; a line that begins with ``#`` names the
category of those below it. In a value, ``{alnum:36}`` is that many made-up characters of an
alphabet, ``¦`` is nothing (it splits what a scanner for secrets or paths would stop at), ``⏎`` is a
line break. No value was ever live.
"""

from __future__ import annotations

import random
import re
import string
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent

ALPHABETS = {
    "alnum": string.ascii_letters + string.digits,
    "lower": string.ascii_lowercase + string.digits,
    "letters": string.ascii_letters,
    "upper": string.ascii_uppercase + string.digits,
    "hex": "0123456789abcdef",
    "word": string.ascii_letters + string.digits + "_-",
    "base64": string.ascii_letters + string.digits + "+/",
    "digits": string.digits,
}
_HOLE = re.compile(r"\{(\w+):(\d+)\}")


@dataclass(frozen=True, slots=True)
class Case:
    """A value under a key, with the category it belongs to and the reason why it is here."""

    category: str
    key: str
    value: str
    reason: str


def filled(template: str, seed: str = "") -> str:
    """The template with its made-up parts: the same ones each time."""
    source = random.Random(template + seed)

    def made_up(hole: re.Match[str]) -> str:
        alphabet, length = ALPHABETS[hole[1]], int(hole[2])
        return "".join(source.choice(alphabet) for _ in range(length))

    return _HOLE.sub(made_up, template).replace("¦", "").replace("⏎", "\n")


def read(name: str) -> list[Case]:
    """All cases of a corpus."""
    cases: list[Case] = []
    category = ""
    for line in (HERE / name).read_text("utf-8").split("\n"):
        if line.startswith("# "):
            category = line[2:].strip()
        elif line.strip():
            template, _, reason = line.partition("\t")
            key, equals, value = template.partition(" = ")
            if not equals or not re.fullmatch(r"[\w.$-]{1,40}", key) or key.startswith("--"):
                key, value = "note", template
            cases.append(Case(category, key, filled(value), reason.strip()))
    return cases
