"""Each way to a browser, on machines that have no other: a PATH with only what the test puts there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser_finder import Machine, NoBrowserError, find_browser, launch_arguments

APT_GET = """\
#!/bin/sh
echo "$@" >> "{directory}/apt.log"
if [ "$1" = install ]; then printf '#!/bin/sh\\n' > {directory}/chromium; /bin/chmod +x {directory}/chromium; fi
exit {code}
"""


def program(path: Path, text: str = "#!/bin/sh\n") -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


def machine(directory: Path, *, is_root: bool = False, **environ: str) -> Machine:
    """Return a machine whose PATH is ``directory`` and where Playwright has downloaded nothing."""
    alone = {
        "PATH": str(directory),
        "PLAYWRIGHT_BROWSERS_PATH": str(directory / "playwright"),
        "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1",
    }
    return Machine(environ=alone | environ, is_root=is_root)


def playwrights_own(browsers: Machine) -> Path:
    """Return where Playwright would keep its Chromium there, as it says itself."""
    script = (
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as p: print(p.chromium.executable_path)"
    )
    command = [sys.executable, "-c", script]
    environ = dict(browsers.environ)
    return Path(subprocess.check_output(command, env=environ, text=True).strip())


def test_the_named_one_wins(tmp_path: Path) -> None:
    program(tmp_path / "chromium")
    named = program(tmp_path / "elsewhere" / "my-chrome")

    assert find_browser(machine(tmp_path, TRACKER_BROWSER=named)) == named


def test_naming_one_that_is_not_there_is_an_error_even_beside_another(tmp_path: Path) -> None:
    program(tmp_path / "chromium")

    with pytest.raises(NoBrowserError, match=r"TRACKER_BROWSER names 'netscape'.*unset it"):
        find_browser(machine(tmp_path, TRACKER_BROWSER="netscape"))


def test_then_one_on_the_path(tmp_path: Path) -> None:
    chrome = program(tmp_path / "google-chrome")

    assert find_browser(machine(tmp_path)) == chrome


def test_then_the_one_that_playwright_has(tmp_path: Path) -> None:
    bare = machine(tmp_path, is_root=True)
    downloaded = program(playwrights_own(bare))

    assert find_browser(bare) == downloaded


def test_then_the_distributions_package_for_root(tmp_path: Path) -> None:
    program(tmp_path / "apt-get", APT_GET.format(directory=tmp_path, code=0))

    assert find_browser(machine(tmp_path, is_root=True)) == str(tmp_path / "chromium")
    assert (tmp_path / "apt.log").read_text().splitlines() == [
        "update -qq",
        "install --yes -qq --no-install-recommends chromium",
    ]


@pytest.mark.parametrize("is_root", [True, False])
def test_with_none_it_says_exactly_what_to_do(tmp_path: Path, *, is_root: bool) -> None:
    """Root's apt-get fails here; for anyone else it is not even tried."""
    program(tmp_path / "apt-get", APT_GET.format(directory=tmp_path, code=1))

    with pytest.raises(NoBrowserError, match=r"sudo apt-get install chromium.*TRACKER_BROWSER"):
        find_browser(machine(tmp_path, is_root=is_root))
    assert (tmp_path / "apt.log").exists() is is_root


@pytest.mark.parametrize("is_root", [True, False])
def test_the_sandbox_is_off_for_root_alone(tmp_path: Path, *, is_root: bool) -> None:
    program(tmp_path / "chromium")

    arguments = launch_arguments(machine(tmp_path, is_root=is_root))

    assert arguments["chromium_sandbox"] is not is_root
    assert "--disable-background-networking" in arguments["args"]
