"""Build what browsers load into ``tracker/collector/assets``: ``python -m tools.assets [--wheel] [--runtime stock]``.

Runs in ``.venv`` (``build.py`` sees to that). The same sources give the same bytes, and unchanged
sources give nothing to do. With ``--wheel`` the distribution wheel follows, into ``dist/``. The worker
boots the lean Python, or with ``--runtime stock`` Pyodide as it is published.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from examples.lightdash_like.plan import plan
from tools.compress import compress_tree, compressed
from tools.console import CACHE, ROOT, BuildError, report, run, step
from tools.runtime.build import build_runtime
from tools.runtime.pinned import PYODIDE
from tools.sizes import check_budgets, print_sizes
from tools.wheels import (
    BROWSER_FILES,
    build_browser_wheel,
    build_distribution_wheel,
    download_wheels,
)

ASSETS = ROOT / "tracker" / "collector" / "assets"
RUNTIMES = ("lean", "stock")
LOADER = "tracker.js"
REACT = "react.js"
PYODIDE_FILES = (
    "pyodide.mjs",
    "pyodide.asm.mjs",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "pyodide-lock.json",
)
INPUTS = (
    *("web/**/*", "tools/**/*", "examples/lightdash_like/*.py", *BROWSER_FILES),
    *("pyproject.toml", "package.json", "package-lock.json", "LICENSE"),
)


def build_assets(runtime: str = "lean") -> dict[str, Any]:
    """Build the assets unless nothing changed; return the manifest.

    It says which ``runtime`` the worker boots, under ``files`` the paths of what has a role, and under
    ``sizes`` the bytes of every file.

    Raises:
        BuildError: a tool failed, or a file is over its budget (the assets are there, but the next run builds them again).
    """
    stamp = CACHE / "assets-made-from"
    made_from = _digest_of_inputs(runtime)
    if stamp.exists() and stamp.read_text() == made_from and (ASSETS / "manifest.json").exists():
        return read_manifest()
    staging = CACHE / "assets"
    shutil.rmtree(staging, ignore_errors=True)
    (staging / "assets").mkdir(parents=True)
    with ThreadPoolExecutor(1) as beside:
        # The lean runtime is made on one core; Pyodide's own files keep another one busy meanwhile.
        beside.submit(lambda: [compressed(PYODIDE / name) for name in PYODIDE_FILES])
        lean = _copy_lean(staging) if runtime == "lean" else None
        with step("Building the browser assets"):
            files = _lay_out(staging, lean)
    with step("Compressing the assets"):
        sizes = compress_tree(staging)
    manifest = {"runtime": runtime, "files": files, "sizes": sizes}
    (staging / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
    _replace(ASSETS, staging)
    check_budgets(sizes, files)
    stamp.write_text(made_from)
    return manifest


def read_manifest() -> dict[str, Any]:
    """Return what the last build wrote down."""
    return json.loads((ASSETS / "manifest.json").read_text("utf-8"))


def _lay_out(staging: Path, lean: dict[str, str] | None) -> dict[str, str]:
    """Put everything uncompressed into ``staging``; return the manifest's named files."""
    version = json.loads((PYODIDE / "package.json").read_text("utf-8"))["version"]
    pyodide = f"assets/pyodide-{version}"
    (staging / pyodide).mkdir()
    for name in PYODIDE_FILES:
        shutil.copyfile(PYODIDE / name, staging / pyodide / name)

    wheels = staging / "assets" / "wheels"
    tools = [path.relative_to(staging).as_posix() for path in _copy_tools(wheels)]
    wheel = build_browser_wheel(CACHE / "browser-wheel")
    folder = wheels / hashlib.sha256(wheel.read_bytes()).hexdigest()[:8]
    folder.mkdir()
    tracker = Path(shutil.copyfile(wheel, folder / wheel.name)).relative_to(staging).as_posix()
    # For Python in the page itself, under an address that can be written down.
    (staging / "python").mkdir()
    shutil.copyfile(wheel, staging / "python" / wheel.name)

    # As it is: for people to take into their own build, or to import under its address.
    shutil.copyfile(ROOT / "web" / REACT, staging / REACT)

    python = {"lean": lean, "pyodide": f"{pyodide}/", "wheel": tracker, "micropip": tools}
    options = {"out": str(staging), "version": wheel.name.split("-")[1], "python": python}
    built: dict[str, str] = json.loads(run(["node", "web/build.mjs", json.dumps(options)]))
    # What a static host answers where the collector answers by the write key.
    _write_json(staging / "plan.json", {"plan": None, "privacy": None})
    _write_json(staging / "demo" / "plan.json", plan.to_json())
    stock = {"pyodide": f"{pyodide}/pyodide.mjs", "wheel": tracker}
    return {"loader": LOADER, **built, **(lean or {}), **stock}


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, separators=(",", ":")), "utf-8")


def _copy_lean(staging: Path) -> dict[str, str]:
    """Put the lean runtime's files into ``staging``; return their paths by role."""
    built = build_runtime()
    target = staging / "assets" / "python"
    target.mkdir()
    files = json.loads((built / "manifest.json").read_text("utf-8"))["files"]
    for file in files.values():
        shutil.copyfile(built / file["name"], target / file["name"])
    return {role: f"assets/python/{file['name']}" for role, file in files.items()}


def _copy_tools(directory: Path) -> list[Path]:
    directory.mkdir()
    wheels = download_wheels(ROOT / "tools" / "pyodide-runtime.txt")
    return [Path(shutil.copyfile(wheel, directory / wheel.name)) for wheel in wheels]


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


def _digest_of_inputs(runtime: str) -> str:
    digest = hashlib.sha256(runtime.encode())
    paths = {path for pattern in INPUTS for path in ROOT.glob(pattern) if path.is_file()}
    for path in sorted(paths):
        if "__pycache__" in path.parts:
            continue
        content = path.read_bytes()
        digest.update(f"{path.relative_to(ROOT)}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def main(arguments: list[str]) -> int:
    """Build, and say what came of it; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runtime", choices=RUNTIMES, default=RUNTIMES[0])
    parser.add_argument("--wheel", action="store_true")
    parser.add_argument("--quiet", action="store_true", help="without the sizes")
    options = parser.parse_args(arguments)
    try:
        manifest = build_assets(options.runtime)
        if not options.quiet:
            print_sizes(manifest["sizes"], manifest["files"])
        if options.wheel:
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
