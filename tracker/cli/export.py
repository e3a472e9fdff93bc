"""``tracker export``: the stored messages as a Parquet file."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from .extras import need_collector

if TYPE_CHECKING:
    from .serve import Commands

REPORT_SECONDS = 2.0

_TEXT = """\
Write the stored messages as one Parquet file, which the dbt project of `tracker plan dbt` and any
tool that knows Parquet can read. The collector may run meanwhile.

  tracker export --data DIR -o messages.parquet
  tracker plan dbt --plan acme.plan:plan -o dbt/acme_events
  cd dbt/acme_events && dbt build --vars '{"messages": "../../messages.parquet"}'

The file has all messages of the log, each once, and none of the quarantine; it is written anew each
time.
"""


def add_to(commands: Commands) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "export",
        help="write the stored messages as a Parquet file",
        description=_TEXT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = command.add_argument
    add(
        "--data", type=Path, metavar="DIR", help="where events are stored (default: ./tracker-data)"
    )
    add("-o", "--out", type=Path, required=True, metavar="FILE", help="where to")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    need_collector()
    from ..collector.export import export
    from ..collector.settings import DEFAULT_DATA

    reported = time.monotonic()

    def progress(done: int, of: int) -> None:
        nonlocal reported
        if time.monotonic() - reported >= REPORT_SECONDS:
            reported = time.monotonic()
            print(f"{done:,} of {of:,} requests are read.", file=sys.stderr)

    count = export(options.data or DEFAULT_DATA, options.out, progress)
    size = options.out.stat().st_size
    print(f"{count:,} messages, {size / 1e6:.1f} MB, in {options.out}.")
    return 0
