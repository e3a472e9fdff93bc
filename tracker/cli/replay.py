"""``tracker replay``: quarantined messages that the mended plan lets pass go into the log."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..times import parse_time
from .extras import need_collector
from .loading import load_plan

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator

    from ..collector.replay import Replayed
    from .serve import Commands

_TEXT = """\
Check the messages that a tracking plan has set apart by the plan as it is now, and move those that
pass into the log, with the times that they have.

  tracker replay --data DIR --plan acme.plan:plan --dry-run
  tracker replay --data DIR --plan acme.plan:plan

Stop the collector first: the store has one writer. A dry run may run beside it. Killed at any
moment it loses and doubles nothing; run it again.
"""


def add_to(commands: Commands) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "replay",
        help="bring quarantined messages into the log once the plan is mended",
        description=_TEXT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = command.add_argument
    add("--data", metavar="DIR", help="where events are stored (default: ./tracker-data)")
    add("--plan", metavar="PLAN", help="the mended plan: module:name, file.py:name or file.json")
    add("--config", metavar="FILE", help="the collector's TOML file, with the plans of its keys")
    add(
        "--since",
        type=_time,
        default=0,
        metavar="TIME",
        help="only messages received from this time on, as 2026-11-25 or 2026-11-25T10:00:00Z",
    )
    add("--dry-run", action="store_true", help="only say what would be moved")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    need_collector()
    from ..collector.replay import replay
    from ..collector.settings import Settings, read_settings

    settings = read_settings(Path(options.config), load_plan) if options.config else Settings()
    settings = replace(
        settings,
        data=Path(options.data) if options.data else settings.data,
        plan=load_plan(options.plan) if options.plan else settings.plan,
    )
    result = replay(settings, since=options.since, dry_run=options.dry_run)
    print("\n".join(_lines(result, dry_run=options.dry_run)))
    return 0


def _lines(result: Replayed, *, dry_run: bool) -> Iterator[str]:
    total = result.moved_messages + result.left_messages
    what = "would move into the log" if dry_run else "moved into the log"
    yield f"{result.moved_messages} of {total} quarantined messages {what}."
    if result.moved:
        yield from ("", "They had been set apart under:", *_counted(result.moved))
    if result.left:
        yield from ("", f"{result.left_messages} stay where they are, under:")
        yield from _counted(result.left)


def _counted(rules: Counter[str]) -> Iterator[str]:
    return (f"  {rule:<24}{count:>8}" for rule, count in rules.most_common())


def _time(text: str) -> int:
    try:
        return parse_time(f"{text}T00:00:00Z" if len(text) == 10 else text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{error}: write 2026-11-25T10:00:00Z") from None
