"""Build what browsers load into ``tracker/collector/assets``: ``python -m tools.assets [--wheel]``.

Runs in ``.venv`` (``build.py`` sees to that). The same sources give the same bytes, and unchanged
sources give nothing to do. With ``--wheel`` the distribution wheel follows, into ``dist/``.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from pathlib import Path
from typing import Any

from examples.lightdash_like.plan import plan
from tools.compress import Sizes, compress_tree
from tools.console import CACHE, ROOT, BuildError, report, run, step
from tools.wheels import build_browser_wheel, build_distribution_wheel, download_wheels

ASSETS = ROOT / "tracker" / "collector" / "assets"
LOADER = "tracker.js"
REACT = "react.js"
# Bytes of brotli. Every page that is tracked waits for the first; the second comes when it has run.
LOADER_BUDGET = 3072
DELIVERY_BUDGET = 4608
PYODIDE = ROOT / "node_modules" / "pyodide"
PYODIDE_FILES = (
    "pyodide.mjs",
    "pyodide.asm.mjs",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "pyodide-lock.json",
)
INPUTS = (
    *(
        "web/**/*",
        "tracker/*.py",
        "tracker/browser/**/*.py",
        "tracker/plan/*.py",
        "tracker/privacy/*.py",
        "examples/lightdash_like/*.py",
        "tools/*",
        "pyproject.toml",
        "LICENSE",
    ),
    *("package.json", "package-lock.json"),
)


def build_assets() -> dict[str, Sizes]:
    """Build the assets unless nothing changed; return the sizes of all files.

    Raises:
        BuildError: a tool failed, or the loader is over its budget (the assets are there, but the next run builds them again).
    """
    stamp = CACHE / "assets-made-from"
    made_from = _digest_of_inputs()
    if stamp.exists() and stamp.read_text() == made_from and (ASSETS / "manifest.json").exists():
        return read_manifest()["sizes"]
    staging = CACHE / "assets"
    shutil.rmtree(staging, ignore_errors=True)
    (staging / "assets").mkdir(parents=True)
    with step("Building the browser assets"):
        files = _lay_out(staging)
    with step("Compressing the assets"):
        sizes = compress_tree(staging)
    manifest = {"files": files, "sizes": sizes}
    (staging / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
    _replace(ASSETS, staging)
    for path, budget in budgets(files).items():
        _check_budget(path, sizes[path]["brotli"], budget)
    stamp.write_text(made_from)
    return sizes


def read_manifest() -> dict[str, Any]:
    """Return what the last build wrote down: ``files`` by what they are, and ``sizes`` by path."""
    return json.loads((ASSETS / "manifest.json").read_text("utf-8"))


def _lay_out(staging: Path) -> dict[str, str]:
    """Put everything uncompressed into ``staging``; return the manifest's named files."""
    version = json.loads((PYODIDE / "package.json").read_text("utf-8"))["version"]
    pyodide = f"assets/pyodide-{version}"
    (staging / pyodide).mkdir()
    for name in PYODIDE_FILES:
        shutil.copyfile(PYODIDE / name, staging / pyodide / name)

    wheels = [
        f"assets/wheels/{path.name}" for path in _copy_runtime_wheels(staging / "assets" / "wheels")
    ]
    wheel = build_browser_wheel(CACHE / "browser-wheel")
    folder = f"assets/wheels/{hashlib.sha256(wheel.read_bytes()).hexdigest()[:8]}"
    (staging / folder).mkdir()
    shutil.copyfile(wheel, staging / folder / wheel.name)
    wheels.append(f"{folder}/{wheel.name}")
    # For Python in the page itself, under an address that can be written down.
    (staging / "python").mkdir()
    shutil.copyfile(wheel, staging / "python" / wheel.name)

    # As it is: for people to take into their own build, or to import under its address.
    shutil.copyfile(ROOT / "web" / REACT, staging / REACT)

    options = {
        "out": str(staging),
        "version": wheel.name.split("-")[1],
        "pyodide": pyodide,
        "wheels": wheels,
    }
    built: dict[str, str] = json.loads(run(["node", "web/build.mjs", json.dumps(options)]))
    # What a static host answers where the collector answers by the write key.
    _write_json(staging / "plan.json", {"plan": None, "privacy": None})
    _write_json(staging / "demo" / "plan.json", plan.to_json())
    return {"loader": LOADER, **built, "pyodide": f"{pyodide}/pyodide.mjs", "wheel": wheels[-1]}


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, separators=(",", ":")), "utf-8")


def _copy_runtime_wheels(directory: Path) -> list[Path]:
    directory.mkdir()
    wheels = download_wheels(ROOT / "tools" / "pyodide-runtime.txt")
    return [Path(shutil.copyfile(wheel, directory / wheel.name)) for wheel in wheels]


def budgets(files: dict[str, str]) -> dict[str, int]:
    """Return how many bytes of brotli a file may have, by path, for those of the manifest's ``files`` that have a limit."""
    return {files["loader"]: LOADER_BUDGET, files["delivery"]: DELIVERY_BUDGET}


def _check_budget(path: str, size: int, budget: int) -> None:
    if size > budget:
        raise BuildError(
            f"{path} has {size} bytes of brotli, {size - budget} more than the {budget} it may have: every page that is "
            "tracked loads it. Make web/tracker.js or web/delivery.js, or what they import, smaller."
        )


def _replace(target: Path, source: Path) -> None:
    """Make ``target`` what ``source`` is, file by file, so that a collector serving it never misses one."""
    wanted = {path.relative_to(source) for path in source.rglob("*") if path.is_file()}
    for name in sorted(wanted):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).replace(target / name)
    for path in sorted(target.rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
        elif path.is_file() and path.relative_to(target) not in wanted:
            path.unlink()


def _digest_of_inputs() -> str:
    digest = hashlib.sha256()
    paths = {path for pattern in INPUTS for path in ROOT.glob(pattern) if path.is_file()}
    for path in sorted(paths):
        if "__pycache__" in path.parts:
            continue
        content = path.read_bytes()
        digest.update(f"{path.relative_to(ROOT)}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def print_sizes(sizes: dict[str, Sizes], files: dict[str, str]) -> None:
    """Print the size table: what a visitor downloads, by file, and the budgets."""
    print(f"\n  {'asset':<52}{'raw':>12}{'gzip':>12}{'brotli':>12}")
    for path in sorted(sizes, key=lambda path: (path.count("/"), path)):
        size = sizes[path]
        print(f"  {path:<52}{size['raw']:>12,}{size['gzip']:>12,}{size['brotli']:>12,}")
    print()
    for path, budget in budgets(files).items():
        size = sizes[path]["brotli"]
        print(
            f"  {path} has {size:,} of its {budget:,} bytes of brotli; {budget - size:,} are left."
        )
    print()


def main(arguments: list[str]) -> int:
    """Build, and say what came of it; return the exit code."""
    try:
        sizes: Any = build_assets()
        if "--quiet" not in arguments:
            print_sizes(sizes, read_manifest()["files"])
        if "--wheel" in arguments:
            wheel = build_distribution_wheel(ROOT / "dist")
            print(f"  {wheel.relative_to(ROOT)} ({wheel.stat().st_size / 1e6:.1f} MB)")
            print(
                f"  To serve without Node: pip install '{wheel.relative_to(ROOT)}[collector]' && tracker serve"
            )
    except BuildError as error:
        return report(error)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
