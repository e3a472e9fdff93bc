"""``tracker serve``: the collector."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from .extras import need_collector
from .loading import load_plan

if TYPE_CHECKING:
    from ..collector.settings import Settings

# Its own name for what add_subparsers() gives is private.
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # pyright: ignore[reportPrivateUsage]

_TEXT = """\
Take events, store them durably, and serve the tracker, the charts and the demo.

Everything can also be said in a configuration file (--config tracker.toml), where write keys have
names and allowed origins:

  [[write_keys]]
  name = "webapp"
  key = "..."
  allowed_origins = ["https://app.example.com"]
  plan = "acme.plan:plan"

  [privacy]
  page_facts = ["title"]

What pages and services send is held to the plan, and the privacy guard removes what must not be
tracked, before anything is written; docs/collector.md says how, and lists all settings.

The command line wins over the environment, and the environment over the file.
"""


def add_to(commands: Commands) -> None:
    """Add the command to the command line."""
    serve = commands.add_parser(
        "serve",
        help="run the collector with its charts",
        description=_TEXT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = serve.add_argument
    add("--host", help="address to listen on (default: 127.0.0.1, this machine only)")
    add("--port", type=_port, help="port to listen on; 0 takes a free one (default: 8700)")
    add("--data", metavar="DIR", help="where events are stored (default: ./tracker-data)")
    add("--demo", action="store_true", help="also serve the demo site under /demo/")
    add(
        "--write-key",
        action="append",
        metavar="KEY",
        help="a key that may write; can be repeated, or set TRACKER_WRITE_KEYS=KEY,KEY "
        "(default: one is made and kept in the data directory)",
    )
    add(
        "--admin-password",
        metavar="PASSWORD",
        help="opens the admin pages on addresses that others can reach; rather set "
        "TRACKER_ADMIN_PASSWORD, since other users of this machine can read command lines",
    )
    add(
        "--plan",
        metavar="PLAN",
        help="the tracking plan that messages are held to: module:name, file.py:name or file.json "
        "(default: none, nothing is unplanned)",
    )
    add("--config", metavar="FILE", help="read settings from a TOML file")
    serve.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    need_collector()
    from ..collector.serve import serve

    serve(settings_from(options, os.environ))
    return 0


def settings_from(options: argparse.Namespace, environment: Mapping[str, str]) -> Settings:
    """The settings of ``tracker serve``; raises ``ConfigurationError``."""
    from ..collector.settings import Settings, named_keys, read_settings

    settings = read_settings(Path(options.config), load_plan) if options.config else Settings()
    keys = options.write_key or environment.get("TRACKER_WRITE_KEYS", "").split(",")
    password = options.admin_password or environment.get("TRACKER_ADMIN_PASSWORD") or None
    return replace(
        settings,
        host=settings.host if options.host is None else options.host,
        port=settings.port if options.port is None else options.port,
        data=settings.data if options.data is None else Path(options.data),
        demo=settings.demo or options.demo,
        write_keys=named_keys(keys) or settings.write_keys,
        admin_password=password,
        plan=load_plan(options.plan) if options.plan else settings.plan,
    )


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return port
