"""``tracker plan``: checks a tracking plan, and makes of it what other tools read."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import PlanError
from .loading import NoPlan, load_plan
from .serve import Commands

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..plan import Plan

_TEXT = """\
Check a tracking plan, and make of it what other tools read.

  tracker plan check  --plan acme.plan:plan
  tracker plan types  --plan acme.plan:plan -o src/tracking.d.ts
  tracker plan schema --plan acme.plan:plan -o plan.schema.json
  tracker plan docs   --plan acme.plan:plan -o TRACKING.md
  tracker plan dbt    --plan acme.plan:plan -o dbt/acme_events
  tracker plan json   --plan acme.plan:plan -o plan-1.4.0.json
  tracker plan diff   plan-1.4.0.json acme.plan:plan

A plan is named as package.module:name, as path/to/file.py:name, or as the file that
`tracker plan json` wrote; without :name, the name is plan.

The exit code is 0 when all is well, 1 when something was found (a rule that is broken, a breaking
change), and 2 when the command could not do its work.
"""


def add_to(commands: Commands) -> None:
    """Add the command and its own commands to the command line."""
    plan = commands.add_parser(
        "plan",
        help="check a tracking plan, and make types, schema, docs and dbt models of it",
        description=_TEXT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    own = plan.add_subparsers(title="commands", metavar="COMMAND", required=True)
    check = _add(own, "check", "check the plan, and messages against it", _check)
    check.add_argument(
        "--messages",
        metavar="FILE",
        help="also check recorded messages, a JSON object on each line; - reads standard input",
    )
    types = _add(own, "types", "TypeScript declarations of the client's events", _types)
    types.add_argument(
        "--values",
        action="store_true",
        help="instead, a TypeScript module with the names as constants",
    )
    types.add_argument(
        "--react-module",
        default="*/react.js",
        metavar="NAME",
        help="how the application imports the React binding (default: %(default)s)",
    )
    _add(own, "schema", "JSON Schema 2020-12 of the messages", _schema)
    _add(own, "docs", "a catalogue in Markdown", _docs)
    _add(own, "json", "the plan itself as JSON, to compare it or to bake it into a build", _json)
    dbt = _add(own, "dbt", "a dbt project over the events, with Lightdash metrics", _dbt)
    dbt.add_argument(
        "--over",
        choices=("parquet", "warehouse"),
        default="parquet",
        help="read the messages themselves from Parquet with dbt-duckdb, or the tables that Segment "
        "or RudderStack loaded into a warehouse (default: %(default)s)",
    )
    dbt.add_argument("--client-app", metavar="NAME", help="default: the plan's app and _webapp")
    dbt.add_argument("--server-app", metavar="NAME", help="default: the plan's app and _server")
    diff = own.add_parser("diff", help="what changed between two plans, and what breaks")
    diff.add_argument("old", metavar="OLD", help="the plan that open pages have")
    diff.add_argument("new", metavar="NEW", help="the plan that the collector is to have")
    diff.set_defaults(run=_guarded(_diff))


def _add(
    commands: Commands, name: str, text: str, run: Callable[[argparse.Namespace, Plan], int]
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=text, description=f"Write {text}.")
    if name == "check":
        command.description = f"{text.capitalize()}."
    else:
        where = (
            "a folder, made if need be" if name == "dbt" else "a file (default: standard output)"
        )
        command.add_argument(
            "-o",
            "--out",
            type=Path,
            required=name == "dbt",
            metavar="PATH",
            help=f"where to: {where}",
        )
    command.add_argument(
        "--plan", required=True, metavar="PLAN", help="module:name, file.py:name or file.json"
    )
    command.set_defaults(run=_guarded(lambda options: run(options, load_plan(options.plan))))
    return command


def _guarded(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """Say what is wrong with a plan, or with the command line, by the exit code too."""

    def guarded(options: argparse.Namespace) -> int:
        try:
            return run(options)
        except NoPlan as error:
            print(f"tracker: {error}", file=sys.stderr)
            return 2
        except PlanError as error:
            print(f"tracker: the plan breaks its rules:\n{error}", file=sys.stderr)
            return 1
        except OSError as error:
            print(f"tracker: {error}", file=sys.stderr)
            return 2

    return guarded


def _check(options: argparse.Namespace, plan: Plan) -> int:
    from ..plan_exports.review import messages_reviewed, summary

    print(summary(plan))
    if options.messages is None:
        return 0
    if options.messages == "-":
        lines = sys.stdin.read().splitlines()
    else:
        lines = Path(options.messages).read_text("utf-8").splitlines()
    text, good = messages_reviewed(plan, lines)
    print(text)
    return 0 if good else 1


def _types(options: argparse.Namespace, plan: Plan) -> int:
    from ..plan_exports.typescript import declarations, values

    text = values(plan) if options.values else declarations(plan, react_module=options.react_module)
    return _write(options.out, text)


def _schema(options: argparse.Namespace, plan: Plan) -> int:
    from ..plan_exports.json_schema import schema

    return _write(options.out, _indented(schema(plan)))


def _docs(options: argparse.Namespace, plan: Plan) -> int:
    from ..plan_exports.markdown import catalogue

    return _write(options.out, catalogue(plan))


def _json(options: argparse.Namespace, plan: Plan) -> int:
    return _write(options.out, _indented(plan.to_json()))


def _dbt(options: argparse.Namespace, plan: Plan) -> int:
    from ..plan_exports.dbt import project

    files = project(
        plan,
        over=options.over,
        client_app=options.client_app,
        server_app=options.server_app,
    )
    for name, text in files.items():
        _write(options.out / name, text)
    print(f"Wrote {len(files)} files into {options.out}.")
    return 0


def _diff(options: argparse.Namespace) -> int:
    from ..plan_exports.changes import report

    text, compatible = report(load_plan(options.old), load_plan(options.new))
    print(text)
    return 0 if compatible else 1


def _indented(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _write(out: Path | None, text: str) -> int:
    if out is None:
        sys.stdout.write(text)
    else:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, "utf-8")
    return 0
