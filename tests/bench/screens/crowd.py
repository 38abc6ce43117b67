"""150 followers at the server: from the chair's turn of the page until each has heard, live and by asking.

Rules: every follower is a person of their own with a session of their own, because the server works out sections for
each; blocks of live followers and of asking ones alternate. The server's processor time is read from /proc.

Usage: ``crowd = Crowd(room, chair, size=150); crowd.block("live", turns=10)``
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from deploy.demo import people
from deploy.demo.client import Client
from deploy.demo.errors import Refused
from tests.bench.meter import Meter, children
from tests.bench.screens.following import Presenter, rested
from tests.support.broker import ENDS_WITH_US
from tests.support.poll import until
from tests.support.room_process import RunningRoom

_PROCESSES: Final = 2
_GAP_S: Final = 1.1
#: Time for the last turn to reach who asks once a second.
_LINGER_S: Final = 2.5


@dataclass
class Heard:
    """What the followers of one kind heard: milliseconds a follower and turn; messages, server's CPU, all seconds."""

    ms: list[float] = field(default_factory=list)
    last_ms: list[float] = field(default_factory=list)
    messages: int = 0
    turns: int = 0
    cpu_s: float = 0.0
    took_s: float = 0.0
    missed: int = 0


class Crowd:
    """``size`` accounts with sessions, made once."""

    def __init__(self, room: RunningRoom, chair: Presenter, *, size: int) -> None:
        self._room: Final = room
        self._chair: Final = chair
        self._cookies: Final = _sessions(room, size)
        self.heard: Final = {"live": Heard(), "poll": Heard()}

    def block(self, kind: str, *, pages: Sequence[int]) -> None:
        """Everybody follows in one way while the chair turns through ``pages``."""
        programs = [self._started(kind, at) for at in range(_PROCESSES)]
        try:
            for program in programs:
                _line(program)
            turns, used = self._turn(pages, self.heard[kind])
            self.heard[kind].cpu_s += used
            _account(self.heard[kind], turns, [log for program in programs for log in _ended(program)])
        finally:
            for program in programs:
                program.kill()
                program.wait()

    def _started(self, kind: str, at: int) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.bench.screens.followers", kind]
        command += [str(self._room.room.ports.http), self._chair.meeting]
        program = subprocess.Popen(
            [*ENDS_WITH_US, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        assert program.stdin is not None
        program.stdin.write(json.dumps(self._cookies[at::_PROCESSES]) + "\n")
        program.stdin.flush()
        return program

    def _turn(self, pages: Sequence[int], heard: Heard) -> tuple[list[tuple[float, int]], float]:
        pid = self._room.room.programs["server"].pid
        assert pid is not None
        rested(time.monotonic() + 1.0)
        meter, began = Meter({"server": [pid, *children(pid)]}), time.monotonic()
        turns = []
        for page in pages:
            turns.append(self._chair.shows(page))
            rested(time.monotonic() + _GAP_S)
        heard.took_s += time.monotonic() - began
        used = meter.stop()["server"].cpu_s
        rested(time.monotonic() + _LINGER_S)
        return turns, used


def _account(heard: Heard, turns: list[tuple[float, int]], logs: list[list[tuple[int, float]]]) -> None:
    heard.turns += len(turns)
    heard.messages += sum(len(log) for log in logs)
    for began, seq in turns:
        times = [next((at for got, at in log if got >= seq), None) for log in logs]
        there = [1000 * (at - began) for at in times if at is not None]
        heard.missed += len(times) - len(there)
        heard.ms += there
        if there:
            heard.last_ms.append(max(there))


def _line(program: subprocess.Popen[str]) -> Any:
    assert program.stdout is not None
    line = program.stdout.readline()
    assert line, "the followers have ended"
    return json.loads(line)


def _ended(program: subprocess.Popen[str]) -> list[list[tuple[int, float]]]:
    assert program.stdin is not None
    program.stdin.close()
    logs: list[list[tuple[int, float]]] = _line(program)
    return logs


def _sessions(room: RunningRoom, size: int) -> list[str]:
    """The cookies of ``size`` further secretaries: they may see every meeting."""
    cookies = []
    with room.sign_in(people.ADMIN) as admin:
        for number in range(size):
            account = {
                "username": f"theodoi{number}",
                "name": f"Người theo dõi {number} (demo)",
                "position": "Thư ký",
                "unit": "",
                "roles": ["secretary"],
                "password": people.PASSWORD.reveal().decode(),
                "one_time": False,
            }
            admin.post("/api/people", account, step=f"follower {number}")
            cookies.append(_cookie(room, str(account["username"])))
    return cookies


def _cookie(room: RunningRoom, username: str) -> str:
    def signed_in() -> Client | None:
        try:
            return Client(room.room.ports.http).signed_in(username, people.PASSWORD)
        except Refused as refused:
            # Many sign-ins from one address are slowed; here they are all ours.
            if refused.code != "too-many-tries":
                raise
            return None

    client = until(signed_in, timeout_s=60, every_s=0.5, what=f"a session of {username}")
    assert client is not None
    return client.cookie
