"""The spool's own promises, without a network: what is written is found again, by one process."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.server.service import ROOT
from tracker.errors import ConfigurationError
from tracker.server.spool import Spool, SpoolFull

if TYPE_CHECKING:
    from pathlib import Path

ROOMY = 1024 * 1024


def text(message_id: str, padding: int = 0) -> str:
    return f'{{"messageId":"{message_id}","padding":"{"é" * padding}"}}'


def spool_in(directory: Path, max_bytes: int = ROOMY, destination: str = "here") -> Spool:
    return Spool(directory, max_bytes, destination)


def die(spool: Spool) -> None:
    """Let go of the spool's file as the end of a process does, with nothing tidied up."""
    assert spool._file is not None
    spool._file.close()
    spool._file = None


def left_in(directory: Path, max_bytes: int = ROOMY) -> list[str]:
    """Return the ids that the next process finds."""
    next_one = spool_in(directory, max_bytes)
    taken, _ = next_one.take_over()
    assert [each for each, _ in taken] == [each for each, _ in dict(taken).items()]
    die(next_one) if taken else next_one.close()
    return [each for each, _ in taken]


def files(directory: Path) -> list[Path]:
    return sorted(directory.glob("*.spool"))


def test_the_next_process_finds_what_a_dead_one_left(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    for message_id in ("a", "b", "c"):
        spool.add(message_id, text(message_id))
    spool.settle(["b"])
    die(spool)
    taken, dropped = spool_in(tmp_path).take_over()
    assert taken == [("a", text("a")), ("c", text("c"))]
    assert dropped == 0


def test_what_was_taken_over_survives_the_next_end_too(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    spool.add("a", text("a"))
    die(spool)
    assert left_in(tmp_path) == ["a"]
    assert left_in(tmp_path) == ["a"]
    assert len(files(tmp_path)) == 1


def test_nobody_takes_a_living_processs_messages(tmp_path: Path) -> None:
    living, other = spool_in(tmp_path), spool_in(tmp_path)
    living.add("a", text("a"))
    assert other.has_others()
    assert other.take_over() == ([], 0)
    living.settle(["a"])
    living.close()
    assert files(tmp_path) == []


def test_of_many_that_look_at_once_one_takes_it(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    for number in range(200):
        spool.add(f"id-{number}", text(f"id-{number}", 50))
    die(spool)
    code = (
        "import sys; from pathlib import Path; from tracker.server.spool import Spool\n"
        "spool = Spool(Path(sys.argv[1]), 1 << 20, 'here'); sys.stdin.read()\n"
        "print(len(spool.take_over()[0]), flush=True); import signal; signal.pause()"
    )  # each lives until all have looked: what the dead had would be anybody's
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", code, tmp_path],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.close()
    counts = [int(racer.stdout.readline()) for racer in racers if racer.stdout]
    for racer in racers:
        racer.kill()
        racer.wait()
        assert racer.stdout is not None
        racer.stdout.close()
    assert sorted(counts) == [0, 0, 0, 200]


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    directory = tmp_path / "made" / "spool"
    spool = spool_in(directory)
    spool.add("a", text("a"))
    assert [stat.S_IMODE(path.stat().st_mode) for path in files(directory)] == [0o600]
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700


@pytest.mark.parametrize("cut", range(1, 12))
def test_a_torn_last_line_costs_only_itself(tmp_path: Path, cut: int) -> None:
    spool = spool_in(tmp_path)
    spool.add("a", text("a"))
    spool.add("b", text("b", 3))
    die(spool)
    (path,) = files(tmp_path)
    os.truncate(path, path.stat().st_size - cut)
    # Without its newline alone the line is whole: every byte of the message is there.
    assert left_in(tmp_path) == (["a", "b"] if cut == 1 else ["a"])


@pytest.mark.parametrize(
    "rubbish", [b"\0\0\0\n", b"\xff\xfe\n", b"[1, {}]\n", b'{"no": "id"}\n', b"[" * 9999 + b"\n"]
)
def test_rubbish_between_lines_costs_nothing_else(tmp_path: Path, rubbish: bytes) -> None:
    spool = spool_in(tmp_path)
    spool.add("a", text("a"))
    (path,) = files(tmp_path)
    with path.open("ab") as file:
        file.write(rubbish)
    spool.add("b", text("b"))
    die(spool)
    assert left_in(tmp_path) == ["a", "b"]


def test_a_write_that_fails_halfway_leaves_the_lines_before_and_after_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = spool_in(tmp_path)
    spool.add("a", text("a"))
    write = os.write

    def full(descriptor: int, data: bytes) -> int:
        if len(data) > 10:
            return write(descriptor, data[:10])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(OSError, match="No space"):
            spool.add("torn", '{"id": 4567890}')
    spool.add("b", text("b"))
    die(spool)
    assert left_in(tmp_path) == ["a", "b"]


def test_it_is_empty_once_everything_is_settled(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    for number in range(100):
        spool.add(f"id-{number}", text(f"id-{number}"))
    (path,) = files(tmp_path)
    spool.settle(f"id-{number}" for number in range(100))
    assert path.stat().st_size == 0


def test_what_is_settled_makes_room_even_if_it_is_never_empty(tmp_path: Path) -> None:
    """A busy service always has one message under way: the file must not grow for ever."""
    spool = spool_in(tmp_path, 20_000)
    spool.add("id-0", text("id-0", 100))
    for number in range(1, 1000):
        spool.add(f"id-{number}", text(f"id-{number}", 100))
        spool.settle([f"id-{number - 1}"])
    assert sum(path.stat().st_size for path in files(tmp_path)) <= 20_000
    die(spool)
    assert left_in(tmp_path) == ["id-999"]


def test_it_takes_no_more_than_its_bytes_and_keeps_what_it_has(tmp_path: Path) -> None:
    spool = spool_in(tmp_path, 1000)
    line = len(text("id-0", 20).encode()) + 1
    kept = 1000 // line
    for number in range(kept):
        spool.add(f"id-{number}", text(f"id-{number}", 20))
    with pytest.raises(SpoolFull):
        spool.add("id-x", text("id-x", 20))
    assert files(tmp_path)[0].stat().st_size <= 1000
    spool.settle(["id-0", "id-1", "id-2"])
    spool.add("later", text("later"))
    die(spool)
    assert left_in(tmp_path, 1000) == [*(f"id-{number}" for number in range(3, kept)), "later"]


def test_dead_processes_files_are_bounded_too_and_the_oldest_go(tmp_path: Path) -> None:
    for number in range(6):
        spool = spool_in(tmp_path, 1000)
        spool.add(f"id-{number}", text(f"id-{number}", 400))
        (path,) = {spool._file.path} if spool._file else set()
        os.utime(path, (number, number))
        die(spool)
    busy = spool_in(tmp_path, 1000)
    busy.add("mine", text("mine", 200))
    taken, dropped = busy.take_over()
    assert taken == []
    assert dropped == 5
    die(busy)
    # Each file is about 830 bytes: one of them, the newest, is within the bound.
    assert sorted(left_in(tmp_path, 5000)) == ["id-5", "mine"]


def test_those_who_send_elsewhere_are_left_alone(tmp_path: Path) -> None:
    spool = spool_in(tmp_path, destination="https://one.example.com key-1")
    spool.add("a", text("a"))
    die(spool)
    other = spool_in(tmp_path, destination="https://one.example.com key-2")
    assert other.take_over() == ([], 0)
    assert "key-1" not in files(tmp_path)[0].name


def test_links_and_pipes_in_the_directory_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text(text("a") + "\n")
    directory = tmp_path / "spool"
    probe = spool_in(directory)
    probe.add("b", text("b"))
    (path,) = files(directory)
    path.with_name("1" + path.name).symlink_to(outside)
    os.mkfifo(path.with_name("2" + path.name))
    die(probe)
    assert left_in(directory) == ["b"]
    assert outside.read_text() == text("a") + "\n"


def test_a_directory_that_cannot_be_used_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="spool"):
        spool_in(tmp_path / "file")
