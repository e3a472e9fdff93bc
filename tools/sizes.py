"""What visitors download: how much of it there may be, and the table that the build prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.console import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tools.compress import Sizes

# Bytes of brotli, by the role of the file in the manifest.
BUDGETS = {
    "loader": 3072,  # every page that is tracked waits for it
    "delivery": 4608,  # comes when the loader has run, on the main thread too
    "worker": 10_000,
    "glue": 70_000,
    "wasm": 260_000,
    "picture": 1_200_000,
    "cold": 2_150_000,
    "library": 2_100_000,
}
FIRST_VISIT = "a first visit"
FIRST_VISIT_ROLES = ("loader", "delivery", "worker", "glue", "wasm", "picture")
FIRST_VISIT_BUDGET = 1_500_000


def budgets(sizes: Mapping[str, Sizes], files: Mapping[str, str]) -> Iterator[tuple[str, int, int]]:
    """Yield what has a budget, its bytes, and the budget: files by their paths, and the first visit's sum."""
    for role, budget in BUDGETS.items():
        if role in files:
            yield files[role], sizes[files[role]]["brotli"], budget
    if set(FIRST_VISIT_ROLES) <= files.keys():
        total = sum(sizes[files[role]]["brotli"] for role in FIRST_VISIT_ROLES)
        yield FIRST_VISIT, total, FIRST_VISIT_BUDGET


def check_budgets(sizes: Mapping[str, Sizes], files: Mapping[str, str]) -> None:
    """Raise a BuildError that names the first file over its budget."""
    for path, size, budget in budgets(sizes, files):
        if size > budget:
            raise BuildError(
                f"{path} has {size:,} bytes of brotli, {size - budget:,} more than the {budget:,} it may have "
                "(tools/sizes.py): visitors wait for it. Make what it is made from smaller."
            )


def print_sizes(sizes: Mapping[str, Sizes], files: Mapping[str, str]) -> None:
    """Print what a visitor downloads, by file, and beside it the budget."""
    allowed = {path: (size, budget) for path, size, budget in budgets(sizes, files)}
    print(f"\n  {'asset':<56}{'raw':>12}{'gzip':>12}{'brotli':>12}{'budget':>12}")
    for path in sorted(sizes, key=lambda path: (path.count("/"), path)):
        size = sizes[path]
        _, budget = allowed.get(path, (0, 0))
        limit = f"{budget:,}" if budget else ""
        print(f"  {path:<56}{size['raw']:>12,}{size['gzip']:>12,}{size['brotli']:>12,}{limit:>12}")
    if FIRST_VISIT in allowed:
        total, budget = allowed[FIRST_VISIT]
        print(f"\n  {FIRST_VISIT:<80}{total:>12,}{budget:>12,}")
    print()
