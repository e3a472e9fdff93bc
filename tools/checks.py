"""Run every check and test, and sum them up: ``python -m tools.checks [--only KIND] [--runtime RUNTIME] [-- PYTEST…]``.

Kinds: build, format, lint, types, layers, web, unit, pyodide, dbt, browser. Each check's own output is shown as
it comes; a table of all of them ends the run, and after it the tests' count alone on its line.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from tools.console import CACHE, ROOT, BuildError, report
from tools.wheels import download_wheels, unpack

BIN = Path(sys.executable).parent
NODE_BIN = ROOT / "node_modules" / ".bin"
REPORTS = CACHE / "reports"
PYODIDE_SITE = CACHE / "pyodide-site-packages"
NEED_ASSETS = ("unit", "browser", "dbt")


@dataclass(frozen=True, slots=True)
class Check:
    """A command, the kind it belongs to and, when it runs tests, the JUnit file that counts them."""

    kind: str
    name: str
    command: list[str | Path]
    counts: Path | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a check; ``tests`` are the numbers that passed, failed and were skipped."""

    check: Check
    succeeded: bool
    seconds: float
    tests: tuple[int, int, int] = (0, 0, 0)


def all_checks(pytest_arguments: list[str], runtime: str) -> list[Check]:
    """Return the checks in the order in which a mistake shows soonest."""
    # What is said of the lean runtime cannot be true of assets without it.
    browser = "browser" if runtime == "lean" else "browser and not lean"
    web_tests = sorted((ROOT / "tests" / "web").rglob("*.test.*js"))
    ruff, pytest = (
        BIN / "ruff",
        [sys.executable, "-m", "pytest", "--durations=5", *pytest_arguments],
    )
    node_report, pyodide_report = REPORTS / "web.xml", REPORTS / "pyodide.xml"
    unit_report, browser_report = REPORTS / "unit.xml", REPORTS / "browser.xml"
    dbt_report = REPORTS / "dbt.xml"
    pyodide = ["node", "tests/pyodide/run.mjs", PYODIDE_SITE, pyodide_report, *pytest_arguments]
    return [
        Check(
            "build",
            "browser assets",
            [sys.executable, "-m", "tools.assets", "--runtime", runtime],
        ),
        Check("format", "ruff format", [ruff, "format", "--check", "--quiet", "."]),
        Check("format", "prettier", [NODE_BIN / "prettier", "--check", "--log-level=warn", "."]),
        Check("lint", "ruff check", [ruff, "check", "."]),
        Check("lint", "eslint", [NODE_BIN / "eslint", "."]),
        Check("layers", "import-linter", [BIN / "lint-imports", "--no-logo"]),
        Check("types", "pyright", [NODE_BIN / "pyright"]),
        *(
            Check("types", f"tsc {config}", [NODE_BIN / "tsc", "--project", config])
            for config in ("tsconfig.json", "tsconfig.sites.json", "tsconfig.node.json")
        ),
        Check(
            "web",
            "node --test",
            [
                *("node", "--test", "--test-reporter=spec", "--test-reporter-destination=stdout"),
                *("--test-reporter=junit", f"--test-reporter-destination={node_report}"),
                *(web_tests or ["tests/web"]),
            ],
            node_report,
        ),
        Check(
            "unit",
            "pytest",
            [*pytest, "tests", "-m", "not browser and not dbt", f"--junitxml={unit_report}"],
            unit_report,
        ),
        Check("pyodide", "pytest in Pyodide", [*pyodide], pyodide_report),
        Check(
            "dbt",
            "pytest with dbt",
            [*pytest, "tests", "-m", "dbt", f"--junitxml={dbt_report}"],
            dbt_report,
        ),
        Check(
            "browser",
            "pytest with Chromium",
            [*pytest, "tests", "-m", browser, f"--junitxml={browser_report}"],
            browser_report,
        ),
    ]


def run_check(check: Check) -> Result:
    """Run one check with its output shown. One that is meant to run tests and runs none has failed."""
    print(f"\n=== {check.name} ===", flush=True)
    if check.counts:
        check.counts.unlink(missing_ok=True)
    started = time.monotonic()
    code = subprocess.run(check.command, cwd=ROOT, check=False).returncode
    seconds = time.monotonic() - started
    if not check.counts:
        return Result(check, code == 0, seconds)
    tests = count_tests(check.counts)
    if not any(tests):
        print(f"{check.name} ran no test.", flush=True)
    return Result(check, code == 0 and any(tests) and not tests[1], seconds, tests)


def count_tests(junit: Path) -> tuple[int, int, int]:
    """Return how many tests of a JUnit file passed, failed and were skipped; none if there is no file."""
    if not junit.exists():
        return (0, 0, 0)
    cases = list(ET.parse(junit).iter("testcase"))
    failed = sum(1 for case in cases if _has(case, "failure", "error"))
    skipped = sum(
        1 for case in cases if _has(case, "skipped") and not _has(case, "failure", "error")
    )
    return (len(cases) - failed - skipped, failed, skipped)


def _has(case: ET.Element, *tags: str) -> bool:
    return any(case.find(tag) is not None for tag in tags)


def print_summary(results: list[Result]) -> None:
    """Print the table of results, then the tests' count on a line of its own."""
    print(f"\n{'check':<28}{'result':<10}{'tests':>8}{'seconds':>10}")
    for result in results:
        count = str(sum(result.tests)) if result.check.counts else ""
        verdict = "ok" if result.succeeded else "FAILED"
        print(f"{result.check.name:<28}{verdict:<10}{count:>8}{result.seconds:>10.1f}")
    passed, failed, skipped = (
        sum(numbers) for numbers in zip(*(r.tests for r in results), strict=True)
    )
    print(
        f"{'':<28}{'':<10}{passed + failed + skipped:>8}{sum(r.seconds for r in results):>10.1f}\n"
    )
    print(
        f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""),
        flush=True,
    )


def main(arguments: list[str]) -> int:
    """Run what the command line asks for; return 0 when all of it succeeded."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", metavar="KIND")
    parser.add_argument("--runtime", default="lean")
    parser.add_argument("pytest", nargs="*")
    options = parser.parse_args(arguments)
    checks = all_checks(options.pytest, options.runtime)
    kinds = list(dict.fromkeys(check.kind for check in checks))
    if options.only and options.only not in kinds:
        return report(
            BuildError(f"There is no kind of check {options.only!r}; there are {', '.join(kinds)}.")
        )
    REPORTS.mkdir(parents=True, exist_ok=True)
    wanted = {options.only, "build"} if options.only in NEED_ASSETS else {options.only}
    chosen = [check for check in checks if not options.only or check.kind in wanted]
    try:
        if any(check.kind == "pyodide" for check in chosen):
            unpack(download_wheels(ROOT / "tools" / "pyodide-tests.txt"), PYODIDE_SITE)
    except BuildError as error:
        return report(error)
    results = [run_check(check) for check in chosen]
    print_summary(results)
    return 0 if all(result.succeeded for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
