"""The keeper of the room's programs: what it starts again, what it passes on, and that it leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from deploy.demo import guard, ports
from deploy.demo.errors import NotReady
from deploy.demo.processes import Kept, Program, Programs, is_listening
from tests.support.poll import until


@dataclass
class Heard:
    """Hears what the programs say and what is reported of them."""

    lines: list[tuple[str, str]] = field(default_factory=list)
    reports: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def line(self, name: str, text: str) -> None:
        self.lines.append((name, text))

    def report(self, text: str, lines: Sequence[str]) -> None:
        self.reports.append((text, tuple(lines)))

    def said(self, name: str, text: str) -> bool:
        return (name, text) in self.lines


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-I", "-u", "-c", code)


def sh(code: str) -> tuple[str, ...]:
    return ("/bin/sh", "-c", code)


@pytest.fixture
def heard() -> Heard:
    return Heard()


def programs(tmp_path: Path, heard: Heard) -> Programs:
    return Programs(tmp_path, listener=heard, report=heard.report)


def pid_of(kept: Kept) -> int:
    until(lambda: kept.pid is not None)
    assert kept.pid is not None
    return kept.pid


def test_lines_come_one_by_one_and_into_the_file(tmp_path: Path, heard: Heard) -> None:
    with programs(tmp_path, heard) as room:
        room.add(Program("a", sh("printf 'một\\nhai\\n\\nba'; exec sleep 60")))
        until(lambda: heard.said("a", "hai"))
        assert not heard.said("a", "ba")
    assert heard.lines == [("a", "một"), ("a", "hai"), ("a", "ba")]
    assert (tmp_path / "log" / "a.log").read_text(encoding="utf-8") == "một\nhai\n\nba"


def test_a_program_that_fails_is_reported_and_started_again(tmp_path: Path, heard: Heard) -> None:
    with programs(tmp_path, heard) as room:
        room.add(Program("a", sh(f"echo hỏng; [ -e {tmp_path}/well ] && exec sleep 60; touch {tmp_path}/well; exit 7")))
        until(lambda: len(heard.lines) == 2)
        assert heard.reports[0][1] == ("hỏng",)
        assert "status 7" in heard.reports[0][0]
        assert room["a"].failures == 1


def test_a_program_that_is_not_there_is_a_failure_like_any_other(tmp_path: Path, heard: Heard) -> None:
    with programs(tmp_path, heard) as room:
        room.add(Program("a", ("/no/such/program",)))
        with pytest.raises(NotReady, match="No such file"):
            room.await_ready("a", timeout_s=10, failures=1)


def test_waiting_ends_early_when_a_program_keeps_failing(tmp_path: Path, heard: Heard) -> None:
    with programs(tmp_path, heard) as room:
        room.add(Program("a", sh("echo cổng bận; exit 1"), ready=lambda: False))
        with pytest.raises(NotReady, match="cổng bận"):
            room.await_ready("a", timeout_s=60, failures=2)


def test_stopping_asks_first_and_ends_by_force_what_does_not_listen(tmp_path: Path, heard: Heard) -> None:
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf'); time.sleep(60)"
    polite = "trap 'echo tạm biệt; exit 0' TERM; echo ready; while :; do sleep 0.05; done"
    with programs(tmp_path, heard) as room:
        room.add(Program("deaf", python(deaf), grace_s=0.3))
        room.add(Program("polite", sh(polite)))
        until(lambda: heard.said("deaf", "deaf") and heard.said("polite", "ready"))
        pids = [pid_of(room[name]) for name in room.names]
    assert heard.said("polite", "tạm biệt")
    assert not any(guard.group_lives(pid) for pid in pids)
    assert heard.reports == [], "what was asked to end has not failed"


def test_what_a_program_started_ends_with_it(tmp_path: Path, heard: Heard) -> None:
    with programs(tmp_path, heard) as room:
        room.add(Program("a", sh("sleep 60 & echo $!; wait")))
        until(lambda: heard.lines)
        leader, child = pid_of(room["a"]), int(heard.lines[0][1])
        os.kill(leader, signal.SIGKILL)
        until(lambda: len(heard.lines) == 2)
        assert not guard.group_lives(leader)
        assert child != leader


def test_kill_ends_the_group_and_start_brings_it_back(tmp_path: Path, heard: Heard) -> None:
    with programs(tmp_path, heard) as room:
        kept = room.add(Program("a", sh("echo up; exec sleep 60")))
        first = pid_of(kept)
        kept.kill()
        assert kept.pid is None
        assert not guard.group_lives(first)
        kept.start()
        assert pid_of(kept) != first
        assert heard.reports == []


def test_the_last_started_stops_first_and_those_of_one_stem_together(tmp_path: Path, heard: Heard) -> None:
    polite = "trap 'sleep 0.2; echo bye; exit 0' TERM; echo up; while :; do sleep 0.02; done"
    with programs(tmp_path, heard) as room:
        for name in ("broker", "seat-1", "seat-2"):
            room.add(Program(name, sh(polite)))
        until(lambda: len(heard.lines) == 3)
        threads = threading.active_count()
    order = [name for name, text in heard.lines if text == "bye"]
    assert order[-1] == "broker"
    assert sorted(order[:2]) == ["seat-1", "seat-2"]
    assert threading.active_count() < threads


ROOM = """
import sys
from pathlib import Path
from deploy.demo.processes import Program, Programs
class Say:
    def line(self, name, text):
        sys.stdout.write(f"{name} {text}\\n")
        sys.stdout.flush()
with Programs(Path(sys.argv[1]), listener=Say(), report=lambda text, lines: None) as room:
    room.add(Program("a", ("/bin/sh", "-c", "sleep 600 & echo $$ $!; wait")))
    room.add(Program("b", ("/bin/sh", "-c", "trap '' TERM; echo $$ $$; while :; do sleep 0.1; done")))
    sys.stdin.read()
"""


def started_room(folder: Path) -> tuple[subprocess.Popen[str], list[int]]:
    room = subprocess.Popen(
        (sys.executable, "-c", ROOM, str(folder)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[4],
        start_new_session=True,
    )
    assert room.stdout is not None
    groups = [int(room.stdout.readline().split()[1]) for _ in range(2)]
    return room, groups


def test_nothing_outlives_a_demo_that_was_killed(tmp_path: Path) -> None:
    room, groups = started_room(tmp_path)
    room.kill()
    room.communicate()
    until(lambda: not any(guard.group_lives(group) for group in groups), timeout_s=15)
    until(lambda: not list((tmp_path / "run").glob("*.pid")), timeout_s=15)


def test_what_a_killed_guard_left_behind_ends_at_the_next_start(tmp_path: Path, heard: Heard) -> None:
    room, groups = started_room(tmp_path)
    children = Path(f"/proc/{room.pid}/task/{room.pid}/children").read_text(encoding="ascii").split()
    watch = next(int(pid) for pid in children if b"guard.py" in Path(f"/proc/{pid}/cmdline").read_bytes())
    os.kill(watch, signal.SIGKILL)
    room.kill()
    room.communicate()
    assert all(guard.group_lives(group) for group in groups)
    with programs(tmp_path, heard):
        assert not any(guard.group_lives(group) for group in groups)


def test_a_number_that_belongs_to_somebody_else_is_left_alone(tmp_path: Path) -> None:
    stranger = subprocess.Popen(("sleep", "60"), start_new_session=True)
    try:
        guard.remember(tmp_path, "a", stranger.pid)
        path = tmp_path / "a.pid"
        pid, start, boot = path.read_text(encoding="ascii").split()
        path.write_text(f"{pid} {int(start) - 1} {boot}", encoding="ascii")
        assert guard.left_behind(tmp_path) == {}
        path.write_text(f"{pid} {start} another-boot", encoding="ascii")
        assert guard.left_behind(tmp_path) == {}
        guard.remember(tmp_path, "a", stranger.pid)
        assert guard.left_behind(tmp_path) == {"a": stranger.pid}
    finally:
        stranger.kill()
        stranger.wait()


def test_busy_ports_are_passed_over_and_none_is_given_twice() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        assert is_listening(port)
        found = ports.choose({"a": port, "b": port, "c": 0, "d": 0})
    assert port not in found.values()
    assert len(set(found.values())) == 4
    assert found["b"] > found["a"] > port
    assert not is_listening(found["a"])


def test_lines_of_no_interest_go_to_the_file_only(tmp_path: Path, heard: Heard) -> None:
    with programs(tmp_path, heard) as room:
        room.add(Program("a", sh("echo warden looks in; echo hello; exec sleep 60"), unsaid="warden"))
        until(lambda: heard.said("a", "hello"))
    assert heard.lines == [("a", "hello")]
    assert "warden looks in" in (tmp_path / "log" / "a.log").read_text(encoding="utf-8")
