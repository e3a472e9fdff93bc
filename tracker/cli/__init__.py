"""The ``tracker`` command: each subcommand is a module here that adds itself and says what it runs."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from .. import __version__
from ..errors import ConfigurationError
from . import build, export, plan, replay, serve

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the process's exit code."""
    options = parser().parse_args(arguments)
    try:
        return options.run(options)
    except ConfigurationError as error:
        print(f"tracker: {error}", file=sys.stderr)
        return 1


def parser() -> argparse.ArgumentParser:
    """The command line."""
    command = argparse.ArgumentParser(
        prog="tracker", description="Product analytics in Python, from the click to the chart."
    )
    command.add_argument("--version", action="version", version=f"tracker {__version__}")
    commands = command.add_subparsers(title="commands", metavar="COMMAND", required=True)
    serve.add_to(commands)
    replay.add_to(commands)
    export.add_to(commands)
    build.add_to(commands)
    plan.add_to(commands)
    return command
