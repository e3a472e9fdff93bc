"""``python -m tools.runtime [--pin]``: build the lean runtime and print where it is, and its sizes."""

import json
import sys

from tools.console import ROOT, BuildError, report
from tools.runtime import pinned
from tools.runtime.build import build_runtime


def main(arguments: list[str]) -> int:
    """Build, and say what came of it; return the exit code."""
    if "--pin" in arguments:
        print(json.dumps(pinned.hashes(), indent=4))
        return 0
    try:
        folder = build_runtime()
    except BuildError as error:
        return report(error)
    print(f"\n  {folder.relative_to(ROOT)}")
    files = json.loads((folder / "manifest.json").read_text("utf-8"))["files"]
    for role, file in files.items():
        print(f"  {role:<10}{file['name']:<32}{file['bytes']:>12,}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
