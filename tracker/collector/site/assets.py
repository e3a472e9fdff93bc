"""Built files from the wheel, in the encoding that the browser likes best.

Only files that a scan of the folder found are served, so no path can lead out of it. A new build
is noticed by its manifest, so that ``build.py build`` needs no restart.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".whl": "application/zip",
    ".woff2": "font/woff2",
    ".zip": "application/zip",
}

_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))

IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    etag: str
    encodings: tuple[tuple[str, Path], ...]


class Assets:
    """The files under one folder, by their relative path with slashes."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._files: dict[str, _File] = {}
        self._built = -1.0

    def respond(
        self, request: Request, name: str, *, cache: str, headers: dict[str, str]
    ) -> Response | None:
        """The file, or 304 when the browser has it already; None when there is no such file."""
        self._scan_when_new()
        file = self._files.get(name)
        if file is None:
            return None
        encoding, path = _choose(file, request.headers.get("accept-encoding", ""))
        etag = f'"{file.etag}{"-" + encoding if encoding else ""}"'
        headers = {"cache-control": cache, "etag": etag, "vary": "accept-encoding", **headers}
        if etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if encoding:
            headers["content-encoding"] = encoding
        media_type = _TYPES.get(Path(name).suffix, "application/octet-stream")
        return FileResponse(path, headers=headers, media_type=media_type)

    def missing(self) -> Response:
        """404 that says whether the file or the whole build is missing."""
        if self._files:
            return PlainTextResponse("There is no such file.\n", 404)
        text = (
            f"The browser assets are not built: {self._root} has no manifest.json.\n"
            "In a clone of the repository run: python3 build.py build\n"
        )
        return PlainTextResponse(text, 404)

    def _scan_when_new(self) -> None:
        try:
            built = (self._root / "manifest.json").stat().st_mtime
        except OSError:
            built = 0.0
        if built != self._built:
            self._built = built
            self._files = _scan(self._root) if built else {}


def _scan(root: Path) -> dict[str, _File]:
    names = {
        (Path(folder) / name).relative_to(root).as_posix()
        for folder, _, files in os.walk(root)
        for name in files
    }
    suffixes = tuple(suffix for _, suffix in _ENCODINGS)
    return {
        name: _File(
            path=root / name,
            etag=_digest(root / name),
            encodings=tuple(
                (encoding, root / (name + suffix))
                for encoding, suffix in _ENCODINGS
                if name + suffix in names
            ),
        )
        for name in names
        if not name.endswith(suffixes)
    }


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:20]


def _choose(file: _File, accepted: str) -> tuple[str, Path]:
    """The smallest form of the file that the Accept-Encoding header allows; "" is the plain one."""
    if file.encodings and accepted:
        allowed = accepted_encodings(accepted)
        for encoding, path in file.encodings:
            if encoding in allowed:
                return encoding, path
    return "", file.path


def accepted_encodings(accepted: str) -> set[str]:
    """The encodings that an Accept-Encoding header allows."""
    allowed: set[str] = set()
    for part in accepted.lower().split(","):
        name, _, parameter = part.partition(";")
        weight = parameter.strip().removeprefix("q=")
        if weight.strip("0.") or not parameter:
            allowed.add(name.strip())
    if "*" in allowed:
        allowed.update(encoding for encoding, _ in _ENCODINGS)
    return allowed
