"""Keeps the programs of the room running: starts them, passes on what they say, starts them again when they fail.

Rules: each program leads a process group of its own, so Ctrl-C reaches the demo alone and the order of stopping is the
demo's; when a program ends, the rest of its group is ended before anything else happens; a failed program is reported
with its last lines and started again after a wait that doubles. Nothing outlives the demo (``guard``).

Usage::

    with Programs(folder, listener=console) as programs:
        programs.add(Program("broker", ("mosquitto", "-c", "mosquitto.conf"), ready=lambda: is_listening(8883)))
        programs.await_ready("broker", timeout_s=10)
"""

from __future__ import annotations

import contextlib
import os
import re
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from deploy.demo import guard
from deploy.demo.console import Listener
from deploy.demo.errors import NotReady

_LAST_LINES: Final = 12
_LONGEST_LINE: Final = 8192
_TICK_S: Final = 0.1
_BEGIN_S: Final = 1.0
_FIRST_WAIT_S: Final = 0.5
_LONGEST_WAIT_S: Final = 30.0
#: One that ran for so long before it failed starts with the first wait again.
_SETTLED_S: Final = 20.0
_LARGEST_LOG_BYTES: Final = 8 * 1024 * 1024
_LISTEN: Final = "0A"
#: Told when a program has failed: what happened, and the last lines it said.
Report = Callable[[str, Sequence[str]], None]


@dataclass(frozen=True, slots=True)
class Program:
    """How to start one program.

    ``environ`` comes on top of the demo's own environment without ``PHONGHOP_*``; ``describe`` says, for who looks for
    a fault, what ``ready`` saw last. Lines that match ``unsaid`` (a regular expression) go to the file only.
    """

    name: str
    argv: tuple[str, ...]
    ready: Callable[[], bool] = field(default=lambda: True)
    environ: Mapping[str, str] = field(default_factory=dict)
    describe: Callable[[], str] = field(default=lambda: "")
    unsaid: str = r"(?!)"
    grace_s: float = 6.0


class Kept:
    """One program that is kept running by a thread of its own."""

    def __init__(self, program: Program, folder: Path, *, listener: Listener, report: Report) -> None:
        self.program: Final = program
        self.last_lines: Final[deque[str]] = deque(maxlen=_LAST_LINES)
        self.failures = 0
        self._folder: Final = folder
        self._listener: Final = listener
        self._report: Final = report
        self._stop = threading.Event()
        self._began = threading.Event()
        self._thread: threading.Thread | None = None
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The number of the process, None while there is none."""
        child = self._child
        return None if child is None or child.returncode is not None else child.pid

    def start(self) -> None:
        """Keep it running from now on; one that is kept already is left alone."""
        if self._thread is not None and self._thread.is_alive():
            return
        # New ones: Ctrl-C in the middle of clearing would leave them locked for whoever stops the program.
        self._stop, self._began = threading.Event(), threading.Event()
        self.failures = 0
        self._thread = threading.Thread(target=self._keep, name=f"keep-{self.program.name}", daemon=True)
        self._thread.start()

    def ask_to_end(self) -> None:
        """Ask it to end and do not start it again; returns at once."""
        self._stop.set()
        self._signal(signal.SIGTERM)

    def wait_ended(self, timeout_s: float) -> None:
        """Wait for its end; what is left after ``timeout_s`` is ended by force."""
        if not self._join(timeout_s):
            self._kill_group()
            self._join()

    def end_now(self) -> None:
        """End the whole group at once (``kill -9``) and do not start it again; returns without waiting."""
        self._stop.set()
        self._kill_group()

    def kill(self) -> None:
        """End the whole group at once and wait until it is gone; :meth:`start` brings it back."""
        self.end_now()
        self._join()

    def _join(self, timeout_s: float | None = None) -> bool:
        """Wait for the thread's end; whether it has ended."""
        # Ctrl-C while the thread was being started: it may begin a moment later, or never.
        if self._thread is None or not self._began.wait(_BEGIN_S):
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _keep(self) -> None:
        self._began.set()
        wait_s = _FIRST_WAIT_S
        while not self._stop.is_set():
            began = time.monotonic()
            status = self._run_once()
            if self._stop.is_set():
                return
            self.failures += 1
            if time.monotonic() - began > _SETTLED_S:
                wait_s = _FIRST_WAIT_S
            self._report(self._obituary(status, wait_s), tuple(self.last_lines))
            self._stop.wait(wait_s)
            wait_s = min(wait_s * 2, _LONGEST_WAIT_S)

    def _run_once(self) -> int:
        name, folder = self.program.name, self._folder
        self.last_lines.clear()
        try:
            child = self._spawn()
        except OSError as exc:
            self.last_lines.append(str(exc))
            return 127
        guard.remember(folder / "run", name, child.pid)
        with (folder / "log" / f"{name}.log").open("ab", buffering=0) as log:
            if self._stop.is_set():  # asked to end while it was being started
                self._signal(signal.SIGTERM)
            self._pass_on(child, log.write)
        self._kill_group()
        guard.forget(folder / "run", name)
        return child.wait()

    def _spawn(self) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(
            self.program.argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=own_environment() | dict(self.program.environ),
            start_new_session=True,
        )
        self._child = child
        return child

    def _pass_on(self, child: subprocess.Popen[bytes], write: Callable[[bytes], object]) -> None:
        """Pass on all the child says until it has ended; what its own children say afterwards is not waited for."""
        if child.stdout is None:
            return
        lines = Lines(self._heard)
        with child.stdout as pipe, selectors.DefaultSelector() as selector:
            os.set_blocking(pipe.fileno(), False)
            selector.register(pipe, selectors.EVENT_READ)
            ended, is_open = False, True
            while is_open and not ended:
                ended = child.poll() is not None
                if selector.select(0 if ended else _TICK_S):
                    is_open = self._drain(pipe.fileno(), lines, write)
            lines.end()
        child.wait()

    @staticmethod
    def _drain(handle: int, lines: Lines, write: Callable[[bytes], object]) -> bool:
        with contextlib.suppress(BlockingIOError):
            while data := os.read(handle, 65_536):
                lines.feed(data)
                with contextlib.suppress(OSError):  # a full disk must not stop the room
                    write(data)
            return False
        return True

    def _heard(self, text: str) -> None:
        self.last_lines.append(text)
        if re.search(self.program.unsaid, text) is None:
            self._listener.line(self.program.name, text)

    def _obituary(self, status: int, wait_s: float) -> str:
        how = f"tín hiệu · signal {-status}" if status < 0 else f"mã · status {status}"
        return (
            f"{self.program.name} đã dừng ({how}), khởi động lại sau {wait_s:g} giây"
            f" · ended, starting it again in {wait_s:g} s"
        )

    def _signal(self, number: int) -> None:
        child = self._child
        if child is not None and child.returncode is None:
            child.send_signal(number)

    def _kill_group(self) -> None:
        # The number cannot belong to anybody else: the group's leader is our child, and its members keep the number.
        if self._child is not None and guard.group_lives(self._child.pid):
            guard.signal_group(self._child.pid, signal.SIGKILL)


class Programs:
    """All programs of one room, in the order in which they were added; below ``folder``: ``run`` and ``log``."""

    def __init__(self, folder: Path, *, listener: Listener, report: Report) -> None:
        self._folder: Final = folder
        self._listener: Final = listener
        self._report: Final = report
        self._kept: Final[dict[str, Kept]] = {}
        self._guard: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        for name in ("run", "log"):
            (self._folder / name).mkdir(parents=True, exist_ok=True)
        run = self._folder / "run"
        end_left_behind(run)
        self._guard = subprocess.Popen(
            (sys.executable, "-I", str(Path(guard.__file__)), str(run)),
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop_all()
        if self._guard is not None and self._guard.stdin is not None:
            self._guard.stdin.close()
            self._guard.wait()

    def __getitem__(self, name: str) -> Kept:
        return self._kept[name]

    @property
    def names(self) -> tuple[str, ...]:
        """All names, in the order of starting."""
        return tuple(self._kept)

    def add(self, program: Program) -> Kept:
        """Start a program and keep it running."""
        _rotate(self._folder / "log" / f"{program.name}.log")
        kept = Kept(program, self._folder, listener=self._listener, report=self._report)
        self._kept[program.name] = kept
        kept.start()
        return kept

    def await_ready(self, *names: str, timeout_s: float, failures: int = 3) -> None:
        """Wait until all are ready; raises :class:`NotReady` when time is up or one has failed so often."""
        deadline = time.monotonic() + timeout_s
        for name in names:
            kept = self._kept[name]
            while kept.pid is None or not kept.program.ready():
                if kept.failures >= failures or time.monotonic() > deadline:
                    raise NotReady(name, tuple(filter(None, (*kept.last_lines, kept.program.describe()))))
                time.sleep(_TICK_S / 2)

    def kill_all(self) -> None:
        """End all at once; returns without waiting, so a signal handler may call it."""
        for kept in self._kept.values():
            kept.end_now()

    def stop_all(self) -> None:
        """Stop all, the last started first; those of one name stem (``seat-1``, ``seat-2``) together."""
        for stem in reversed(list(dict.fromkeys(name.partition("-")[0] for name in self._kept))):
            together = [kept for name, kept in self._kept.items() if name.partition("-")[0] == stem]
            for kept in together:
                kept.ask_to_end()
            deadline = time.monotonic() + max(kept.program.grace_s for kept in together)
            for kept in together:
                kept.wait_ended(max(0.0, deadline - time.monotonic()))


@dataclass
class Lines:
    """Cuts what a program writes into lines, and overlong lines into pieces."""

    heard: Callable[[str], None]
    _rest: bytes = b""

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        *whole, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > _LONGEST_LINE:
            whole.append(self._rest)
            self._rest = b""
        for line in whole:
            if line.strip():
                self.heard(line[:_LONGEST_LINE].decode("utf-8", errors="replace").rstrip("\r"))

    def end(self) -> None:
        """Nothing more comes."""
        self.feed(b"\n")


def own_environment() -> dict[str, str]:
    """The environment for the room's programs: the demo's own, without settings meant for another installation."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PHONGHOP_")}
    return kept | {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}


def end_left_behind(run: Path) -> None:
    """End what an earlier demo left running that could not end it itself."""
    guard.end_groups(list(guard.left_behind(run).values()))
    guard.left_behind(run)


def is_listening(port: int) -> bool:
    """Whether a program of this machine listens on a TCP port, asked without connecting to it (proc(5), net/tcp)."""
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(table).read_text("ascii").splitlines()[1:]:
                _, local, _, state, *_ = line.split()
                if state == _LISTEN and int(local.rpartition(":")[2], 16) == port:
                    return True
    return False


def _rotate(path: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        if path.stat().st_size > _LARGEST_LOG_BYTES:
            path.replace(path.with_suffix(".log.1"))
