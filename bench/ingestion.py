"""How many events a second does the collector acknowledge, durably, beside answering nothing at all?

    python3 build.py bench --only ingestion

One real ``tracker serve`` on a real disk; clients in another process keep 32 connections busy in turns:
with batches of 10 new events, each acknowledged only when it is on disk, and with ``GET /health``, the
least that the same server can do. Prints requests a second, the latency of a batch, the ratio round by
round, and what the collector's own process spends on each (its CPU time, from Linux' /proc). The clients
and the charts' process share the cores with it, so the rates are a floor; the CPU time is not.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import uuid
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.collector_process import CollectorProcess
from tests.unit.test_pipeline import ENVIRONMENT, FACT
from tracker.pipeline import message_from
from tracker.wire import decode_environment, decode_fact, encode_message

CONNECTIONS, EVENTS, SECONDS, ROUNDS = 32, 10, 3.0, 7
NO_LIMITS = "[limits]\nper_key = 0\nper_address = 0\n"


def message() -> dict[str, object]:
    """Return a typical click as the worker sends it."""
    return encode_message(message_from(decode_fact(FACT), decode_environment(ENVIRONMENT)))


class Load:
    """Requests of one kind over many connections, for a time."""

    def __init__(self, port: int, write_key: str) -> None:
        self._port = port
        self._target = f"/v1/batch?writeKey={write_key}"
        self._message = message()
        self.latencies: list[float] = []

    async def run(self, *, batches: bool) -> float:
        """Return the requests answered in a second; keep their latencies in seconds."""
        self.latencies = []
        started = perf_counter()
        until = started + SECONDS
        await asyncio.gather(*(self._client(until, batches=batches) for _ in range(CONNECTIONS)))
        return len(self.latencies) / (perf_counter() - started)

    async def _client(self, until: float, *, batches: bool) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        while perf_counter() < until:
            request = self._batch() if batches else b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
            started = perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
            answer = await reader.readexactly(length)
            self.latencies.append(perf_counter() - started)
            if batches and json.loads(answer).get("accepted") != EVENTS:
                raise RuntimeError(f"not all events were accepted: {answer.decode()}")
        writer.close()

    def _batch(self) -> bytes:
        events = [{**self._message, "messageId": str(uuid.uuid4())} for _ in range(EVENTS)]
        body = json.dumps({"batch": events, "sentAt": "2026-11-23T16:12:13.000Z"}).encode()
        head = f"POST {self._target} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode() + body


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process has used so far; see proc_pid_stat(5)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def measure(collector: CollectorProcess) -> None:
    """Alternate the two in each round, so that both meet the same noise."""
    load = Load(collector.port, collector.write_key)
    spent, answered = [0.0, 0.0], [0, 0]
    batches: list[float] = []
    nothing: list[float] = []
    latencies: list[float] = []
    for _ in range(ROUNDS):
        for kind, rates in enumerate((batches, nothing)):
            before = cpu_seconds(collector.pid)
            rates.append(await load.run(batches=rates is batches))
            spent[kind] += cpu_seconds(collector.pid) - before
            answered[kind] += len(load.latencies)
            latencies += load.latencies if rates is batches else ()
    ratio = median(ours / limit for ours, limit in zip(batches, nothing, strict=True))
    percentiles = quantiles(latencies, n=100)
    print(f"{'':<24}{'median':>8}{'min':>8}{'max':>8}   ({ROUNDS} rounds of {SECONDS:g} s)")
    for name, rates in (("batches a second", batches), ("GET /health a second", nothing)):
        print(f"{name:<24}{median(rates):>8.0f}{min(rates):>8.0f}{max(rates):>8.0f}")
    print(f"{'events a second':<24}{median(batches) * EVENTS:>8.0f}")
    print(f"batch, ms: p50 {percentiles[49] * 1000:.1f}, p99 {percentiles[98] * 1000:.1f}")
    micros = [seconds / count * 1e6 for seconds, count in zip(spent, answered, strict=True)]
    print(f"CPU of the collector, us: {micros[0]:.0f} a batch, {micros[1]:.0f} a /health")
    print(f"ratio of batches to /health: {ratio:.2f}")


def main() -> None:
    """Start a collector without rate limits, measure, and stop it."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "tracker.toml"
        config.write_text(NO_LIMITS)
        collector = CollectorProcess(Path(folder) / "data", arguments=("--config", str(config)))
        collector.start()
        try:
            asyncio.run(measure(collector))
        finally:
            collector.stop()


if __name__ == "__main__":
    main()
