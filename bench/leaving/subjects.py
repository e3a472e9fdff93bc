"""What is measured: the tracker, and its peers from npm, each in the same page.

A page has one button. ``press(name)`` clicks it, and the SDK tracks an event of that name; ``ready``
is set once the SDK says that it is. Every page tracks its own view, as pages do.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[2]
PEERS = ROOT / "bench" / "peers"
BUNDLES = ROOT / ".cache" / "peers"
WRITE_KEY = "demo"

PAGE = """<!doctype html>
<meta charset="utf-8">
<title>A page to leave</title>
<link rel="icon" href="data:,">
<script>
  let pressed;
  const lab = {{ plane: {plane}, option: {option}, isReady: false, ready: () => (lab.isReady = true) }};
  const press = (name) => {{ pressed = name; document.querySelector("button").click(); return Date.now(); }};
  const leave = (name, url, ms) => {{
    press(name);
    if (ms) setTimeout(() => {{ location.href = url; }}, ms);
    else location.href = url;
  }};
  globalThis.lab = lab;
</script>
{body}
"""
BUTTON = '<button onclick="track(pressed)">Leave</button>'
# The line that docs/html.md has for calls made before the loader has loaded.
[QUEUE] = re.findall(
    r"^<script>\(t=>.*</script>$", (ROOT / "docs" / "html.md").read_text("utf-8"), re.MULTILINE
)
OURS = """<script>
  document.addEventListener("tracker:ready", lab.ready);
  const track = (name) => tracker.track(name + ".click");
</script>
{queue}
<script async src="{plane}/tracker.js" data-write-key="{key}" data-app="leave" data-debug></script>
<track-page name="leave">{button}</track-page>"""
PEER = """<script src="/bundle/{module}.js"></script>
{button}"""


@dataclass(frozen=True, slots=True)
class Subject:
    """One SDK with its options: ``module`` is the peer's in bench/peers, none for the tracker itself.

    ``replay_seconds`` is how long a returning visitor stays at least, once the page is ready: longer
    than the SDK waits before it sends again what an earlier page left.
    """

    name: str
    module: str = ""
    option: str = ""
    is_same_origin: bool = False
    replay_seconds: float = 14.0

    def html(self, plane: str) -> str:
        """Return a page whose SDK sends to ``plane``, the origin of its server."""
        parts = {"plane": plane, "key": WRITE_KEY, "queue": QUEUE, "module": self.module}
        body = (PEER if self.module else OURS).format(button=BUTTON, **parts)
        return PAGE.format(plane=json.dumps(plane), option=json.dumps(self.option), body=body)


SUBJECTS = (
    Subject("tracker", replay_seconds=4),
    Subject("tracker, same origin", is_same_origin=True, replay_seconds=4),
    Subject("RudderStack", "rudderstack"),
    Subject("RudderStack, beacon", "rudderstack", "beacon"),
    Subject("Segment", "segment"),
    Subject("Segment, keepalive", "segment", "keepalive"),
    Subject("PostHog", "posthog"),
    Subject("Snowplow", "snowplow"),
    Subject("Snowplow, keepalive", "snowplow", "keepalive"),
)


def versions() -> dict[str, str]:
    """Return the peers' exact versions by package."""
    return json.loads((PEERS / "package.json").read_text("utf-8"))["dependencies"]


@cache
def bundle(module: str) -> bytes:
    """Return a peer's script, installing the peers and bundling them first where that is to be done."""
    if not (PEERS / "node_modules").is_dir():
        if shutil.which("npm") is None:
            _stop("The peers come from npm, which is not installed: it comes with Node.js.")
        print("Installing the peers into bench/peers/node_modules", flush=True)
        _run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    script = BUNDLES / f"{module}.js"
    _run(
        str(ROOT / "node_modules" / ".bin" / "esbuild"),
        *(f"{module}.mjs", "--bundle", "--minify", "--format=iife", "--log-level=error"),
        *('--define:process.env.NODE_ENV="production"', f"--outfile={script}"),
    )
    return script.read_bytes()


def _run(*command: str) -> None:
    if subprocess.run(command, cwd=PEERS, check=False).returncode:
        _stop(f"This failed in bench/peers, for the reason above: {' '.join(command)}")


def _stop(message: str) -> NoReturn:
    raise SystemExit(f"error: {message}")
