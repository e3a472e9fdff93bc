"""``tracker build``: the browser's files for a CDN or a static host, with the plan baked in."""

from __future__ import annotations

import argparse
import gzip
import json
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from .. import __version__
from ..errors import ConfigurationError
from .extras import need_collector
from .loading import load_plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..plan import Plan
    from ..privacy import Policy
    from .serve import Commands

MARKER = "tracker-build.json"
"""Names the files that a build has made: with it, the next one may replace them."""

_PLAN = "plan.json"
_LOADER = "tracker.js"
_OWN_SITES = ("admin", "demo")
_ENCODINGS = (".br", ".gz")

_TEXT = """\
Copy what browsers load into a folder, for a CDN or any static host, with the tracking plan and the
privacy policy that pages are held to.

  tracker build --plan acme.plan:plan -o dist/tracker

Pages load it from there, and name the collector that they send to:

  <script async src="https://cdn.example.com/tracker/tracker.js" data-write-key="..."
          data-app="acme_webapp" data-endpoint="https://t.example.com"></script>

The host has to allow pages of other origins to read the files (Access-Control-Allow-Origin: *).
Files under assets/ never change and may be cached for ever; the others are to be asked for again.
The collector holds what arrives to its own plan: give it the same (tracker serve --plan).
"""


def add_to(commands: Commands) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "build",
        help="write the browser's files, with a plan, for a CDN or a static host",
        description=_TEXT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = command.add_argument
    add("-o", "--out", type=Path, required=True, metavar="DIR", help="where to; made if need be")
    add("--plan", metavar="PLAN", help="the tracking plan: module:name, file.py:name or file.json")
    add(
        "--config",
        metavar="FILE",
        help="the collector's TOML file, for its [privacy] and the plan of its [serve]",
    )
    add("--force", action="store_true", help="write into a folder that another program has filled")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    plan, policy = _rules(options)
    with as_file(files("tracker.collector") / "assets") as assets:
        if not (assets / _LOADER).is_file():
            raise ConfigurationError(
                "The browser's files are not built. In a clone of the repository run: "
                "python3 build.py build"
            )
        try:
            build(assets, options.out, _document(plan, policy), force=options.force)
        except OSError as error:
            raise ConfigurationError(f"{options.out} cannot be written: {error}.") from error
    if plan is None:
        print("Without a plan: pages send whatever they track. Name one with --plan.")
    else:
        print(f"Plan {plan.rules.app} {plan.rules.version} ({plan.hash}) is in {_PLAN}.")
    return 0


def build(assets: Path, out: Path, document: str, *, force: bool = False) -> None:
    """Copy ``assets`` to ``out``, with the text of ``plan.json``, and print the sizes.

    Raises ``ConfigurationError`` when the folder has files that no build has made, and ``OSError``.
    """
    before = _made_before(out, force=force)
    names = [name for name in _files_in(assets) if _plain(name) != _PLAN]
    # The loader comes last: whoever gets the new one finds everything that it names.
    names.sort(key=lambda name: (_plain(name) == _LOADER, name))
    out.mkdir(parents=True, exist_ok=True)
    print(f"  {'file':<56}{'bytes':>12}{'brotli':>12}")
    total = 0
    for name in names:
        _put(out / name, (assets / name).read_bytes())
        if not name.endswith(_ENCODINGS):
            total += _print_size(assets, name)
    text = document.encode()
    _put(out / _PLAN, text)
    _put(out / f"{_PLAN}.gz", gzip.compress(text, mtime=0))
    print(f"  {_PLAN:<56}{len(text):>12,}")
    made = sorted([*names, _PLAN, f"{_PLAN}.gz"])
    _put(out / MARKER, json.dumps({"tracker": __version__, "files": made}, indent=2).encode())
    for name in set(before) - set(made):
        (out / name).unlink(missing_ok=True)
    print(f"\n{len(made)} files, {total / 1e6:.1f} MB before compression, in {out}.")


def _rules(options: argparse.Namespace) -> tuple[Plan | None, Policy]:
    from ..privacy import Policy

    plan, policy = None, Policy()
    if options.config:
        need_collector()
        from ..collector.settings import read_settings

        settings = read_settings(Path(options.config), load_plan)
        plan, policy = settings.plan, settings.privacy
    return load_plan(options.plan) if options.plan else plan, policy


def _document(plan: Plan | None, policy: Policy) -> str:
    from ..collector.rules import SourceRules

    return SourceRules.of(plan, policy).to_json()


def _files_in(assets: Path) -> list[str]:
    """What pages load, relative to the folder: not the collector's own sites."""
    paths = (path.relative_to(assets) for path in assets.rglob("*") if path.is_file())
    return [
        path.as_posix()
        for path in paths
        if path.parts[0] not in _OWN_SITES and path.as_posix() != "manifest.json"
    ]


def _made_before(out: Path, *, force: bool) -> Sequence[str]:
    """The files of an earlier build in this folder."""
    try:
        return json.loads((out / MARKER).read_text("utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        if not force and out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise ConfigurationError(
                f"{out} has files that no tracker build has made. Name another folder with -o, or "
                "write into this one with --force."
            ) from None
        return ()


def _put(path: Path, content: bytes) -> None:
    """Write the file; whoever reads it meanwhile gets the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(path.name + ".new")
    new.write_bytes(content)
    new.replace(path)


def _print_size(assets: Path, name: str) -> int:
    size = (assets / name).stat().st_size
    compressed = assets / f"{name}.br"
    brotli = f"{compressed.stat().st_size:,}" if compressed.exists() else ""
    print(f"  {name:<56}{size:>12,}{brotli:>12}", flush=True)
    return size


def _plain(name: str) -> str:
    """The name of the file that this one is an encoding of."""
    for suffix in _ENCODINGS:
        name = name.removesuffix(suffix)
    return name
