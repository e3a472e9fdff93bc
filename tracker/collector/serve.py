"""``tracker serve``: the collector on a socket, from the first line it prints to a clean end."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import resource
import signal
import socket
import sys
from collections.abc import Generator
from types import FrameType

import uvicorn

from tracker.errors import ConfigurationError

from .app import DEMO_KEY, Collector
from .protocol import protocol_class
from .settings import Settings

_BACKLOG = 2048
_SHUTDOWN_SECONDS = 5
"""What requests under way have to end in. Docker kills after 10, and the log is to be closed too."""


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM; what was acknowledged is on disk whatever happens.

    Raises ``ConfigurationError`` when it cannot start.
    """
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(message)s")
    _allow_connections()
    with contextlib.closing(_bind(settings.host, settings.port)) as listener:
        collector = Collector(settings)
        try:
            port: int = listener.getsockname()[1]
            _Server(configuration(collector), collector, port).run(sockets=[listener])
        finally:
            collector.close()


def configuration(collector: Collector) -> uvicorn.Config:
    """How uvicorn runs a collector: one process, its fastest parts, and our limits."""
    return uvicorn.Config(
        collector,
        http=protocol_class(),
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        log_level="error",
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=65,
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
    )


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, collector: Collector, port: int) -> None:
        super().__init__(config)
        self._collector = collector
        self._port = port

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(welcome(self._collector, self._port), flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Live views never end by themselves; the others are given time to.
        self._collector.live.close()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """End cleanly at a signal; uvicorn's own would then kill the process with it."""
        loop = asyncio.get_running_loop()
        signals = (signal.SIGINT, signal.SIGTERM)
        for number in signals:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in signals:
                loop.remove_signal_handler(number)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - uvicorn's
        """Stop; at the second Ctrl-C without waiting for anybody."""
        if self.should_exit and sig == signal.SIGINT:
            self.force_exit = True
        self.should_exit = True


def _allow_connections() -> None:
    """Take as many open files as the system lets us have: each connection is one.

    The usual soft limit of 1024 is there for programs that use select(2).
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # Some systems have a hard limit of infinity and refuse it as a soft one.
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def welcome(collector: Collector, port: int) -> str:
    """What a person needs to know once it runs."""
    settings = collector.settings
    url = f"http://{_shown(settings.host)}:{port}"
    key = collector.write_keys[0]
    app = collector.planned_app or "my_app"
    lines = [f"The collector runs. Data: {settings.data.resolve()}", ""]
    if settings.demo:
        lines.append(f"  Demo   {url}/demo/")
    lines.append(f"  Admin  {url}/admin/")
    if not settings.loopback and settings.admin_password is None:
        lines.append("         closed: others can reach this address; set TRACKER_ADMIN_PASSWORD")
    lines += [f"  Plan   {text}" for text in _plans(collector)]
    tag = f'src="{url}/tracker.js" data-write-key="{key.key}" data-app="{app}"'
    lines += ["", "Paste this into a page to track it:", ""]
    lines += [f"  <script async {tag}></script>", ""]
    if collector.made_key:
        lines += [
            f"The write key was made for this data, and is kept in {collector.key_file.resolve()}",
            "",
        ]
    lines.append("Ctrl-C stops it.")
    return "\n".join(lines)


def _plans(collector: Collector) -> list[str]:
    """The plans that the sources are held to, each once; that of the demo is the demo's alone."""
    keys = (key for key in collector.write_keys if key.key != DEMO_KEY)
    plans = [key.plan or collector.settings.plan for key in keys]
    named = [f"{plan.rules.app} {plan.rules.version} ({plan.hash})" for plan in plans if plan]
    return list(dict.fromkeys(named))


def _shown(host: str) -> str:
    """The host as a browser on this machine can open it."""
    if host in ("0.0.0.0", "::", ""):  # noqa: S104 - compared, not bound
        return "127.0.0.1"
    return f"[{host.strip('[]')}]" if ":" in host else host


def _bind(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (socket.gaierror, OverflowError) as error:
        message = f"The host {host!r} or port {port} cannot be listened on; see --host and --port."
        raise ConfigurationError(message) from error
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            message = f"Port {port} on {host} is busy; stop its user or name another with --port."
        else:
            reason = error.strerror
            message = f"{host}:{port} cannot be listened on: {reason}. See --host and --port."
        raise ConfigurationError(message) from error
    return listener
