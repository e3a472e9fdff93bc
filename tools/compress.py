"""Precompress the assets, once per content: brotli at its slowest is what visitors download."""

from __future__ import annotations

import gzip
import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypedDict

import brotli

from tools.console import CACHE

if TYPE_CHECKING:
    from pathlib import Path

SUFFIXES = frozenset({".css", ".html", ".js", ".json", ".mjs", ".svg", ".wasm"})
BROTLI_QUALITY = 11
BROTLI_WINDOW = 24


class Sizes(TypedDict):
    """The bytes of a file as it is and compressed; a file that is not compressible has its raw size thrice."""

    raw: int
    gzip: int
    brotli: int


def compress_tree(directory: Path) -> dict[str, Sizes]:
    """Write a ``.br`` and a ``.gz`` beside each compressible file; return every file's sizes by path."""
    files = sorted(path for path in directory.rglob("*") if path.is_file())
    # Both compressors release the interpreter's lock, so threads use all cores.
    with ThreadPoolExecutor() as pool:
        sizes = pool.map(_compress, files)
    return {
        path.relative_to(directory).as_posix(): size
        for path, size in zip(files, sizes, strict=True)
    }


def _compress(path: Path) -> Sizes:
    content = path.read_bytes()
    if path.suffix not in SUFFIXES:
        return Sizes(raw=len(content), gzip=len(content), brotli=len(content))
    zipped = gzip.compress(content, 9, mtime=0)
    brotlied = _brotli(content)
    path.with_name(path.name + ".gz").write_bytes(zipped)
    path.with_name(path.name + ".br").write_bytes(brotlied)
    return Sizes(raw=len(content), gzip=len(zipped), brotli=len(brotlied))


def _brotli(content: bytes) -> bytes:
    """Compress ``content``, or take it from the cache: the Python runtime alone takes half a minute."""
    cached = CACHE / "brotli" / hashlib.sha256(content).hexdigest()
    if cached.exists():
        return cached.read_bytes()
    compressed = brotli.compress(content, quality=BROTLI_QUALITY, lgwin=BROTLI_WINDOW)
    cached.parent.mkdir(parents=True, exist_ok=True)
    partial = cached.with_suffix(".part")
    partial.write_bytes(compressed)
    partial.replace(cached)
    return compressed
