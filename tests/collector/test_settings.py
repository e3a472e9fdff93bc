"""What the collector is told, and by whom first."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from tracker import cli
from tracker.cli.loading import load_plan
from tracker.cli.serve import settings_from
from tracker.collector.datadir import DataDirectory
from tracker.collector.ingestion.keys import WriteKey
from tracker.collector.settings import Settings, is_loopback, read_settings
from tracker.errors import ConfigurationError
from tracker.plan import Plan
from tracker.privacy import Action, PagePolicy, Policy, TraitsPolicy

FILE = """
[serve]
port = 9000
data = "/var/lib/tracker"

[[write_keys]]
name = "webapp"
key = "k1"
allowed_origins = ["https://App.example.com/"]

[limits]
per_key = 0
per_address = 12.5
"""


def _settings(environment: dict[str, str], *arguments: str) -> Settings:
    options = cli.parser().parse_args(["serve", *arguments])
    return settings_from(options, environment)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a configuration file."""
    path = tmp_path / "tracker.toml"
    path.write_text(FILE, encoding="utf-8")
    return path


def test_a_file_names_keys_and_their_origins(file: Path) -> None:
    settings = read_settings(file, load_plan)
    assert settings.write_keys == (
        WriteKey("webapp", "k1", frozenset({"https://app.example.com"})),
    )
    assert (settings.port, settings.host) == (9000, "127.0.0.1")
    assert (settings.limits.per_key, settings.limits.per_address) == (0, 12.5)


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(file: Path) -> None:
    environment = {"TRACKER_WRITE_KEYS": "e1, e2", "TRACKER_ADMIN_PASSWORD": "secret"}
    settings = _settings(environment, "--config", str(file), "--port", "1", "--demo")
    assert (settings.port, settings.demo, settings.admin_password) == (1, True, "secret")
    assert [(key.name, key.key) for key in settings.write_keys] == [
        ("default", "e1"),
        ("default-2", "e2"),
    ]
    settings = _settings(environment, "--write-key", "c1", "--admin-password", "other")
    assert [key.key for key in settings.write_keys] == ["c1"]
    assert settings.admin_password == "other"
    assert "other" not in repr(settings)


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("port = 1", "'port'"),
        ("[serve]\nport = '1'", "serve.port must be of type int"),
        ("[serve]\ndemo = 1", "serve.demo must be of type bool"),
        ("[serve]\nprot = 1", "'prot'"),
        ("[write_keys]\nname = 'a'", "[[write_keys]]"),
        ("[[write_keys]]\nname = 'a'", "needs a name and a key"),
        ("[[write_keys]]\nname='a'\nkey='1'\n[[write_keys]]\nname='a'\nkey='2'", "same name twice"),
        ("[[write_keys]]\nname='a'\nkey='1'\nallowed_origins='x'", "list of origins"),
        ("[[write_keys]]\nname='a'\nkey='1'\nallowed_origins=['x']", "list of origins"),
        (
            "[[write_keys]]\nname='a'\nkey='1'\nallowed_origins=['https://x.example/app']",
            "list of origins",
        ),
        ("[limits]\nper_key = -1", "0 or more"),
        ("[limits]\nper_key = true", "0 or more"),
        ("[serve]\nplan = 1", "serve.plan must be of type str"),
        (
            "[serve]\nplan = 'no_such_module:plan'",
            'serve.plan: there is no module "no_such_module"',
        ),
        (
            "[[write_keys]]\nname='a'\nkey='1'\nplan='nowhere.json'",
            "write_keys[0].plan: nowhere.json",
        ),
        ("[privacy]\npage_facts = 'title'", "privacy.page_facts must be of type list"),
        ("[privacy]\npage_facts = ['titel']", "privacy: PagePolicy.allow: unknown ['titel']"),
        ("[privacy]\ntraits = [1]", "privacy.traits must be a list of names"),
        ("[privacy]\nanonymise = true", "'anonymise'"),
        ("[privacy]\nactions = { email = 'drop' }", '"redact", "refuse", "allow"'),
        ("[privacy]\nactions = { emial = 'refuse' }", "privacy: Policy.actions: unknown ['emial']"),
        ("[", "not TOML"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, text: str, mend: str) -> None:
    path = tmp_path / "tracker.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        read_settings(path, load_plan)
    assert mend in str(caught.value)
    assert str(path) in str(caught.value)


def _plan_file(folder: Path, name: str, **fields: Any) -> Path:
    path = folder / f"{name}.json"
    path.write_text(json.dumps(Plan(name, **fields).to_json()), encoding="utf-8")
    return path


def test_the_command_line_s_plan_wins_over_the_file_s_and_a_key_s_own_over_both(
    tmp_path: Path,
) -> None:
    shared, own, other = (_plan_file(tmp_path, name) for name in ("shared", "own", "other"))
    file = tmp_path / "tracker.toml"
    file.write_text(
        f"[serve]\nplan = '{shared}'\n[[write_keys]]\nname = 'a'\nkey = '1'\nplan = '{own}'\n"
        "[[write_keys]]\nname = 'b'\nkey = '2'\n"
    )
    settings = _settings({}, "--config", str(file))
    assert settings.plan == Plan("shared")
    assert [key.plan for key in settings.write_keys] == [Plan("own"), None]
    settings = _settings({}, "--config", str(file), "--plan", str(other))
    assert settings.plan == Plan("other")
    assert settings.write_keys[0].plan == Plan("own")


def test_a_plan_is_a_module_s_too_and_one_that_breaks_its_rules_says_which(tmp_path: Path) -> None:
    settings = _settings({}, "--plan", "examples.lightdash_like.plan:plan")
    assert settings.plan is not None
    assert settings.plan.rules.app == "acme"
    broken = tmp_path / "broken_plan.py"
    broken.write_text("from tracker.plan import Plan\nplan = Plan('acme', events=['Clicked'])\n")
    with pytest.raises(ConfigurationError, match="Clicked"):
        _settings({}, "--plan", f"{broken}:plan")


def test_the_file_says_what_the_privacy_guard_lets_pass(tmp_path: Path) -> None:
    path = tmp_path / "tracker.toml"
    path.write_text(
        "[privacy]\npage_facts = ['title']\ntraits = ['plan_name']\nanonymize = true\n"
        "actions = { email = 'refuse', sql = 'allow' }\n"
    )
    assert read_settings(path, load_plan).privacy == Policy(
        PagePolicy(frozenset({"hostname", "title"})),
        TraitsPolicy(frozenset({"plan_name"}), anonymize=True),
        {"email": Action.REFUSE, "sql": Action.ALLOW},
    )
    path.write_text("")
    assert read_settings(path, load_plan).privacy == Policy()


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No such file"):
        read_settings(tmp_path / "none.toml", load_plan)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "[::1]", "localhost"])
def test_loopback_hosts_are_recognised(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.168.0.1", "t.example.com"])
def test_any_other_host_can_be_reached_by_others(host: str) -> None:
    assert not is_loopback(host)


def test_a_made_key_is_kept_for_the_next_start_and_for_its_owner_alone(tmp_path: Path) -> None:
    directory = DataDirectory(tmp_path / "new" / "data")
    key = directory.write_key()
    assert len(key) >= 24
    assert directory.write_key() == key
    mode = (directory.path / "write-key").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    assert stat.S_IMODE(directory.path.stat().st_mode) == 0o700
    directory.close()


def test_a_key_that_was_half_written_when_the_collector_was_killed_is_made_anew(
    tmp_path: Path,
) -> None:
    (tmp_path / "write-key.new").write_text("ha")
    directory = DataDirectory(tmp_path)
    assert len(directory.write_key()) >= 24
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lock", "write-key"]
    directory.close()


def test_a_data_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="--data"):
        DataDirectory(tmp_path / "file" / "data")
