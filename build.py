#!/usr/bin/env python3
"""The one entry for people who work on the tracker: serve it, test it, build it, measure it.

Needs Python 3.11, Node 20.19 with npm, and git; everything else goes into .venv, node_modules and
.cache, beside this file. Run `python3 build.py COMMAND --help` for a command's options.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit("error: build.py needs Python 3.11 or newer; this is " + sys.version.split()[0] + ".")

import argparse
import os
import subprocess
from pathlib import Path
from typing import NoReturn

from tools import environment
from tools.console import ROOT, BuildError, report

COMMANDS = """\
commands:
  serve   build what changed, then run the collector with its demo and admin site
  test    run every check and test, or one kind of them; the last line counts the tests
  build   build the browser assets and the distribution wheel into dist/
  bench   run the benchmarks in bench/, each a question of its own
"""


def serve(options: argparse.Namespace) -> NoReturn:
    """Build, then become ``tracker serve``: it prints the addresses and stops with Ctrl+C."""
    build_assets(options.runtime)
    tracker = environment.VENV / "bin" / "tracker"
    address = ["--host", options.host, "--port", str(options.port)]
    os.execv(tracker, [tracker, "serve", "--demo", *address, "--data", options.data])


def test(options: argparse.Namespace) -> int:
    """Build what changed, then run the checks: the build's, the linters', the tests'."""
    environment.check_program("git")
    only = ["--only", options.only] if options.only else []
    runtime = ["--runtime", options.runtime]
    return python("-m", "tools.checks", *only, *runtime, "--", *options.pytest)


def build(options: argparse.Namespace) -> int:
    """Build the assets and the wheel."""
    return python("-m", "tools.assets", "--wheel", "--runtime", options.runtime)


def bench(options: argparse.Namespace) -> int:
    """Run each benchmark, or those whose name contains ``--only``, with the arguments after a ``--``."""
    benchmarks = [
        path for path in sorted((ROOT / "bench").glob("[a-z]*.py")) if options.only in path.stem
    ]
    if not benchmarks:
        raise BuildError(f"No benchmark in bench/ has {options.only!r} in its name.")
    build_assets(options.runtime)
    return max(python(path, *options.argument) for path in benchmarks)


def build_assets(runtime: str) -> None:
    """Build the browser assets; a failure has explained itself and ends the program."""
    if exit_code := python("-m", "tools.assets", "--quiet", "--runtime", runtime):
        sys.exit(exit_code)


def python(*arguments: str | Path) -> int:
    """Run the environment's Python here, its output shown; return its exit code."""
    return subprocess.run([environment.PYTHON, *arguments], cwd=ROOT, check=False).returncode


def main() -> int:
    """Do what the command line says and return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=COMMANDS, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True, help="one of those below")

    command = commands.add_parser("serve", description=serve.__doc__)
    command.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: %(default)s)"
    )
    command.add_argument(
        "--port", default=8700, type=int, help="port to listen on (default: %(default)s)"
    )
    command.add_argument(
        "--data", default=ROOT / ".data", type=Path, help="folder of the store (default: .data)"
    )
    command.set_defaults(run=serve)

    command = commands.add_parser(
        "test", description=test.__doc__, epilog="See tools/checks.py for the kinds."
    )
    command.add_argument(
        "--only",
        metavar="KIND",
        help="build, format, lint, types, layers, web, unit, pyodide, dbt or browser",
    )
    command.add_argument(
        "pytest", nargs="*", metavar="-- ARGUMENT", help="arguments for pytest, after a --"
    )
    command.set_defaults(run=test)

    command = commands.add_parser("build", description=build.__doc__)
    command.set_defaults(run=build)

    command = commands.add_parser("bench", description=bench.__doc__)
    command.add_argument(
        "--only", default="", metavar="NAME", help="only benchmarks whose name contains NAME"
    )
    command.add_argument(
        "argument", nargs="*", metavar="-- ARGUMENT", help="arguments for the benchmark, after a --"
    )
    command.set_defaults(run=bench)

    for command in commands.choices.values():
        command.add_argument(
            "--runtime",
            choices=("lean", "stock"),
            default="lean",
            help="what visitors boot: the lean Python (made in minutes once, and again where the tracker's "
            "Python changed), or Pyodide as published (made in seconds; default: %(default)s)",
        )
    options = parser.parse_args()
    try:
        environment.prepare()
        return options.run(options)
    except BuildError as error:
        return report(error)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
