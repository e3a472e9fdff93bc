"""What a collector is told: by the command line, by the environment, by ``tracker.toml``.

    [serve]
    host = "127.0.0.1"
    port = 8700
    data = "/var/lib/tracker"
    demo = false
    plan = "acme.plan:plan"                       # or path/to/plan.py:plan, or plan.json

    [[write_keys]]
    name = "webapp"                               # stored with each message; the key itself is not
    key = "…"
    allowed_origins = ["https://app.example.com"] # of pages; left out: any
    plan = "acme.webapp:plan"                     # of this key alone; left out: that of [serve]

    [privacy]                                     # what the guard lets pass; see docs/privacy.md
    page_facts = ["title"]                        # beside the host name and what the plan allows
    traits = ["plan_name"]                        # of those that name or reach a person
    anonymize = false                             # true: none of them, whatever is allowed
    actions = { email = "refuse" }                # "redact" (the default), "refuse" or "allow"

    [limits]                                      # requests a second; 0: no limit
    per_key = 5000
    per_address = 500

Each entry may be left out.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any, TypeAlias, cast

from tracker.errors import ConfigurationError
from tracker.plan import Plan
from tracker.privacy import Action, PagePolicy, Policy, TraitsPolicy

from .ingestion.dedupe import DEFAULT_WINDOW
from .ingestion.keys import WriteKey

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8700
DEFAULT_DATA = Path("tracker-data")

# With a path, it would be compared with what browsers send, and never be the same.
_ORIGIN = re.compile(r"https?://[^/?#@\s]+/?")

LoadPlan: TypeAlias = Callable[[str], Plan]
"""Finds the plan of a name such as ``acme.plan:plan``; raises ``ConfigurationError``."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Requests a second, 0 for no limit, and the ids that retries are recognised by."""

    per_key: float = 5000
    per_address: float = 500
    window: int = DEFAULT_WINDOW


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that ``serve`` needs. No write keys: it makes one and keeps it in ``data``.

    ``plan`` is that of the keys that have none of their own; ``privacy`` is every key's.
    """

    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    data: Path = DEFAULT_DATA
    demo: bool = False
    write_keys: tuple[WriteKey, ...] = ()
    admin_password: str | None = field(default=None, repr=False)
    plan: Plan | None = None
    privacy: Policy = field(default_factory=Policy)
    limits: Limits = field(default_factory=Limits)

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the collector."""
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Whether a host to listen on is this machine's own; a name other than localhost is not."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def named_keys(keys: list[str]) -> tuple[WriteKey, ...]:
    """Keys of the command line or the environment: their sources are default, default-2, …."""
    return tuple(
        WriteKey("default" if index == 0 else f"default-{index + 1}", key)
        for index, key in enumerate(dict.fromkeys(key.strip() for key in keys if key.strip()))
    )


def read_settings(path: Path, load_plan: LoadPlan) -> Settings:
    """Read ``tracker.toml``, and import the plans that it names.

    Raises ``ConfigurationError`` that names the entry and the mend.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise ConfigurationError(f"{path} is not TOML: {error}.") from error
    return _Reader(path, load_plan).settings(document)


class _Reader:
    def __init__(self, path: Path, load_plan: LoadPlan) -> None:
        self._path = path
        self._load_plan = load_plan

    def settings(self, document: Mapping[str, Any]) -> Settings:
        self._only(document, "the file", {"serve", "write_keys", "limits", "privacy"})
        serve = self._table(document, "serve", {"host", "port", "data", "demo", "plan"})
        limits = self._table(document, "limits", {"per_key", "per_address", "window"})
        defaults, most = Settings(), Limits()
        return Settings(
            host=self._value(serve, "serve.host", str, defaults.host),
            port=self._value(serve, "serve.port", int, defaults.port),
            data=Path(self._value(serve, "serve.data", str, str(defaults.data))),
            demo=self._value(serve, "serve.demo", bool, defaults.demo),
            write_keys=self._keys(document.get("write_keys", [])),
            plan=self._plan(serve, "serve.plan"),
            privacy=self._privacy(document),
            limits=Limits(
                per_key=self._number(limits, "limits.per_key", most.per_key),
                per_address=self._number(limits, "limits.per_address", most.per_address),
                window=self._value(limits, "limits.window", int, most.window),
            ),
        )

    def _keys(self, entries: Any) -> tuple[WriteKey, ...]:
        if not isinstance(entries, list):
            raise self._wrong("write_keys", "must be tables: write [[write_keys]]")
        keys: list[WriteKey] = []
        for index, entry in enumerate(cast("list[Any]", entries)):
            at = f"write_keys[{index}]"
            if not isinstance(entry, dict):
                raise self._wrong(at, "must be a table with name and key")
            table = cast("dict[str, Any]", entry)
            self._only(table, at, {"name", "key", "allowed_origins", "plan"})
            name = self._value(table, f"{at}.name", str, "")
            key = self._value(table, f"{at}.key", str, "")
            if not name or not key:
                raise self._wrong(at, "needs a name and a key")
            origins = self._origins(table, f"{at}.allowed_origins")
            keys.append(WriteKey(name, key, origins, self._plan(table, f"{at}.plan")))
        for what in ("name", "key"):
            values = [getattr(key, what) for key in keys]
            if len(set(values)) < len(values):
                raise self._wrong("write_keys", f"has the same {what} twice")
        return tuple(keys)

    def _origins(self, table: Mapping[str, Any], at: str) -> frozenset[str]:
        origins = table.get("allowed_origins", [])
        if not isinstance(origins, list) or not all(
            isinstance(origin, str) and _ORIGIN.fullmatch(origin)
            for origin in cast("list[Any]", origins)
        ):
            raise self._wrong(at, 'must be a list of origins such as "https://app.example.com"')
        return frozenset(origin.lower().rstrip("/") for origin in cast("list[str]", origins))

    def _plan(self, table: Mapping[str, Any], at: str) -> Plan | None:
        named = self._value(table, at, str, "")
        if not named:
            return None
        try:
            return self._load_plan(named)
        except ConfigurationError as error:
            raise ConfigurationError(f"{self._path}: {at}: {error}") from error

    def _privacy(self, document: Mapping[str, Any]) -> Policy:
        table = self._table(document, "privacy", {"page_facts", "traits", "anonymize", "actions"})
        facts = self._texts(table, "privacy.page_facts")
        traits = self._texts(table, "privacy.traits")
        actions = self._value(table, "privacy.actions", dict, {})
        try:
            return Policy(
                PagePolicy(PagePolicy().allow | facts),
                TraitsPolicy(traits, self._value(table, "privacy.anonymize", bool, default=False)),
                {rule: Action(action) for rule, action in actions.items()},
            )
        except ConfigurationError as error:
            raise ConfigurationError(f"{self._path}: privacy: {error}") from error
        except ValueError:
            choices = ", ".join(f'"{action}"' for action in Action)
            raise self._wrong("privacy.actions", f"must name {choices} for each rule") from None

    def _texts(self, table: Mapping[str, Any], at: str) -> frozenset[str]:
        texts = cast("list[Any]", self._value(table, at, list, []))
        if not all(isinstance(text, str) for text in texts):
            raise self._wrong(at, "must be a list of names")
        return frozenset(texts)

    def _table(self, document: Mapping[str, Any], name: str, known: set[str]) -> dict[str, Any]:
        table = document.get(name, {})
        if not isinstance(table, dict):
            raise self._wrong(name, f"must be a table: write [{name}]")
        self._only(cast("dict[str, Any]", table), name, known)
        return cast("dict[str, Any]", table)

    def _only(self, table: Mapping[str, Any], at: str, known: set[str]) -> None:
        unknown = sorted(set(table) - known)
        if unknown:
            raise self._wrong(at, f"has unknown {unknown[0]!r}; it may have {sorted(known)}")

    def _value(self, table: Mapping[str, Any], at: str, kind: type[Any], /, default: Any) -> Any:
        value = table.get(at.rpartition(".")[2], default)
        if type(value) is not kind:
            raise self._wrong(at, f"must be of type {kind.__name__}")
        return value

    def _number(self, table: Mapping[str, Any], at: str, default: float) -> float:
        value = table.get(at.rpartition(".")[2], default)
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise self._wrong(at, "must be a number, 0 or more")
        return value

    def _wrong(self, at: str, message: str) -> ConfigurationError:
        return ConfigurationError(f"{self._path}: {at} {message}.")
