"""Precompress the assets, once per content: brotli at its slowest is what visitors download."""

from __future__ import annotations

import gzip
import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypedDict

import brotli

from tools.console import CACHE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# `.bin` is what the lean runtime calls its memory and its library.
SUFFIXES = frozenset({".bin", ".css", ".html", ".js", ".json", ".mjs", ".svg", ".wasm"})
BROTLI_QUALITY = 11
BROTLI_WINDOW = 24
COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda content: gzip.compress(content, 9, mtime=0),
    "brotli": lambda content: brotli.compress(content, quality=BROTLI_QUALITY, lgwin=BROTLI_WINDOW),
}
ENDINGS = {"gzip": ".gz", "brotli": ".br"}


class Sizes(TypedDict):
    """The bytes of a file as it is and compressed; a file that is not compressible has its raw size thrice."""

    raw: int
    gzip: int
    brotli: int


def compress_tree(directory: Path) -> dict[str, Sizes]:
    """Write a ``.br`` and a ``.gz`` beside each compressible file; return every file's sizes by path."""
    files = [path for path in directory.rglob("*") if path.is_file()]
    # The largest first: they take longest. Both compressors release the interpreter's lock, so threads use all cores.
    files.sort(key=lambda path: path.stat().st_size, reverse=True)
    with ThreadPoolExecutor() as pool:
        sizes = dict(zip(files, pool.map(_compress, files), strict=True))
    return {path.relative_to(directory).as_posix(): sizes[path] for path in sorted(sizes)}


def _compress(path: Path) -> Sizes:
    forms = compressed(path)
    for name, content in forms.items():
        path.with_name(path.name + ENDINGS[name]).write_bytes(content)
    raw = path.stat().st_size
    return Sizes(
        raw=raw, **{name: len(forms[name]) if forms else raw for name in ("gzip", "brotli")}
    )


def compressed(path: Path) -> dict[str, bytes]:
    """Return the compressed forms of a file by encoding, from the cache if its content was seen before.

    Nothing for a file that is not compressible.
    """
    if path.suffix not in SUFFIXES:
        return {}
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    return {name: _once(CACHE / name / digest, content, name) for name in COMPRESSORS}


def _once(cached: Path, content: bytes, name: str) -> bytes:
    if cached.exists():
        return cached.read_bytes()
    made = COMPRESSORS[name](content)
    cached.parent.mkdir(parents=True, exist_ok=True)
    partial = cached.with_suffix(".part")
    partial.write_bytes(made)
    partial.replace(cached)
    return made
