"""How many events a second does the collector acknowledge, durably, beside answering nothing at all?

    python3 build.py bench --only ingestion
    python3 bench/ingestion.py --against REVISION    # the same load on an earlier version too

One real ``tracker serve`` on a real disk with an empty store, and one whose store knows 5 million older
messages (``--against``: and one of another revision); clients in another process keep 32 connections busy,
of one collector at a time: with batches of 10 new events, each acknowledged only when it is on disk, and
with ``GET /health``, the least that the same server can do. Prints requests a second, the latency of a
batch, the ratios round by round, and what the collector's own process spends on each (its CPU time, from
Linux' /proc). The clients and the charts' process share the cores with it, so the rates are a floor; the
CPU time is not.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.collector_process import CollectorProcess
from tests.unit.test_pipeline import ENVIRONMENT, FACT
from tracker.collector.log.schema import FILE_NAME, connect, create_tables
from tracker.collector.log.seen import seen_key
from tracker.pipeline import message_from
from tracker.wire import decode_environment, decode_fact, encode_message, format_time

ROOT = Path(__file__).parent.parent
CONNECTIONS, EVENTS, SECONDS, ROUNDS = 32, 10, 2.0, 9
KNOWN = 5_000_000
NO_LIMITS = "[limits]\nper_key = 0\nper_address = 0\n"


def message() -> dict[str, object]:
    """Return a typical click as the worker sends it."""
    return encode_message(message_from(decode_fact(FACT), decode_environment(ENVIRONMENT)))


@dataclass
class Measured:
    """What one kind of request did to one collector, round by round."""

    name: str
    collector: CollectorProcess
    batches: bool = True
    rates: list[float] = field(default_factory=list[float])
    latencies: list[float] = field(default_factory=list[float])
    cpu: list[float] = field(default_factory=list[float])

    async def run(self) -> None:
        """Keep the connections busy for a time."""
        before, answered = cpu_seconds(self.collector.pid), len(self.latencies)
        started = perf_counter()
        await asyncio.gather(*(self._client(started + SECONDS) for _ in range(CONNECTIONS)))
        answered = len(self.latencies) - answered
        self.rates.append(answered / (perf_counter() - started))
        self.cpu.append((cpu_seconds(self.collector.pid) - before) / answered * 1e6)

    async def _client(self, until: float) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.collector.port)
        typical = message()
        while perf_counter() < until:
            request = self._batch(typical) if self.batches else _HEALTH
            started = perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
            answer = await reader.readexactly(length)
            self.latencies.append(perf_counter() - started)
            if self.batches and json.loads(answer).get("accepted") != EVENTS:
                raise RuntimeError(f"not all events were accepted: {answer.decode()}")
        writer.close()

    def _batch(self, typical: dict[str, object]) -> bytes:
        now = time.time_ns() // 1_000_000
        ids = [str(uuid.uuid4()) for _ in range(EVENTS)]
        at = [format_time(now - 300 * place) for place in range(EVENTS)]
        events = [
            {**typical, "messageId": name, "originalTimestamp": when}
            for name, when in zip(ids, at, strict=True)
        ]
        body = json.dumps({"batch": events, "sentAt": format_time(now)}).encode()
        target = f"/v1/batch?writeKey={self.collector.write_key}"
        head = f"POST {target} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode() + body


_HEALTH = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process has used so far; see proc_pid_stat(5)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def write_known(data: Path) -> None:
    """Make a store that knows ``KNOWN`` messages of the last months; their log is not needed."""
    data.mkdir(parents=True)
    first = time.time_ns() // 1_000_000 - KNOWN * 2000
    rows = ((seen_key(first + place * 2000, os.urandom(16)),) for place in range(KNOWN))
    with contextlib.closing(connect(data / FILE_NAME)) as connection:
        create_tables(connection)
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO seen VALUES (?)", rows)
        connection.execute("COMMIT")


def report(measured: list[Measured]) -> None:
    """Print the table, and the ratios to the first."""
    print(f"{ROUNDS} rounds of {SECONDS:g} s each; CPU: of the collector, for one request")
    print(f"{'':<36}{'a second':>9}{'min':>7}{'max':>7}{'p50 ms':>8}{'p99 ms':>8}{'CPU us':>8}")
    for each in measured:
        percentiles = quantiles(each.latencies, n=100)
        print(
            f"{each.name:<36}{median(each.rates):>9.0f}{min(each.rates):>7.0f}{max(each.rates):>7.0f}"
            f"{percentiles[49] * 1000:>8.1f}{percentiles[98] * 1000:>8.1f}{median(each.cpu):>8.0f}"
        )
    first = measured[0]
    print(f"events a second: {median(first.rates) * EVENTS:.0f}")
    for other in measured[1:]:
        rates, cpu = _ratio(first.rates, other.rates), _ratio(first.cpu, other.cpu)
        print(f"ratio to {other.name}: {rates:.2f} of its rate, {cpu:.2f} of its CPU")


def _ratio(ours: list[float], theirs: list[float]) -> float:
    return median(one / other for one, other in zip(ours, theirs, strict=True))


@contextlib.contextmanager
def running(folder: Path, data: Path, source: Path = ROOT) -> Iterator[CollectorProcess]:
    """Run the collector of a source tree over ``data``, without rate limits."""
    config = folder / "tracker.toml"
    config.write_text(NO_LIMITS)
    collector = CollectorProcess(data, arguments=("--config", str(config)))
    os.environ["PYTHONPATH"] = str(source)
    collector.start()
    try:
        yield collector
    finally:
        collector.stop()


def unpack(revision: str, folder: Path) -> Path:
    """Return a copy of the sources at that revision."""
    archive = folder / "source.tar"
    arguments = ("git", "-C", str(ROOT), "archive", "-o", str(archive), revision, "tracker")
    subprocess.run(arguments, check=True)
    subprocess.run(("tar", "-xf", str(archive), "-C", str(folder)), check=True)
    return folder


async def measure(measured: list[Measured]) -> None:
    """Alternate the kinds in each round, so that all meet the same noise."""
    for _ in range(ROUNDS):
        for each in measured:
            await each.run()


def main() -> None:
    """Start the collectors, measure, and stop them."""
    parser = argparse.ArgumentParser(description="Measure durable ingestion.")
    parser.add_argument("--against", metavar="REVISION", help="measure that version too")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        empty = stack.enter_context(running(folder, folder / "empty"))
        measured = [Measured("batches, empty store", empty)]
        write_known(folder / "known")
        known = stack.enter_context(running(folder, folder / "known"))
        measured.append(Measured(f"batches, {KNOWN:,} known messages", known))
        if arguments.against:
            source = unpack(arguments.against, folder)
            other = stack.enter_context(running(folder, folder / "other", source))
            measured.append(Measured(f"batches, version {arguments.against}", other))
        measured.append(Measured("GET /health", empty, batches=False))
        asyncio.run(measure(measured))
        report(measured)


if __name__ == "__main__":
    main()
