"""What the demo says: one line at a time, each with the program it comes from, and the same lines in files.

Rules: one line is one line, whatever a program prints (control characters are shown, not obeyed); colours only on a
terminal that wants them; a closed terminal stops nothing; a program's own file holds its lines as they came.

Usage::

    console = Console.on(sys.stdout)
    console.say("Máy chủ đang chạy · the server runs")
    console.line("broker", "mosquitto version 2.0.11 running")
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol, Self, TextIO

#: ANSI colours of the prefixes, given out in the order in which programs first speak.
_COLOURS: Final = (36, 35, 33, 32, 34, 96, 95, 93)
_NAME_WIDTH: Final = 8
_CONTROL: Final = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|[\x00-\x08\x0a-\x1f\x7f-\x9f]")
#: Programs put their own time first; ours is enough.
_OWN_TIME: Final = re.compile(
    r"^(?:\[?\d{4}[-/]\d\d[-/]\d\d[T ])?\d\d:\d\d:\d\d(?:[.,]\d+)?(?: ?(?:Z|[+-]\d\d:?\d\d))?\]?:? ?"
)


class Sink(Protocol):
    """Takes text."""

    def write(self, text: str, /) -> int:
        """Take it."""
        ...

    def flush(self) -> None:
        """Let it out."""
        ...


class Listener(Protocol):
    """Hears every line of every program."""

    def line(self, name: str, text: str) -> None:
        """Program ``name`` has said ``text``."""
        ...


@dataclass
class Console:
    """Writes to one stream; safe to use from many threads."""

    stream: Sink
    colour: bool = False
    muted: bool = False
    _given: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def on(cls, stream: TextIO) -> Self:
        """A console with colours if ``stream`` is a terminal that shows them."""
        plain = os.environ.get("NO_COLOR") or os.environ.get("TERM", "dumb") == "dumb"
        return cls(stream, colour=stream.isatty() and not plain)

    def say(self, text: str = "") -> None:
        """Text of the demo itself, as it is."""
        self._write(f"{text}\n")

    def step(self, text: str) -> None:
        """Something the demo begins to do."""
        self._write(f"{self.bold('▸')} {text}\n")

    def done(self, text: str, began: float) -> None:
        """Something the demo has done, with the time it took since ``began`` (``time.monotonic``)."""
        self._write(f"{self._paint('✓', 32)} {text} {self._paint(f'({time.monotonic() - began:.1f} s)', 2)}\n")

    def fault(self, text: str, lines: Sequence[str] = ()) -> None:
        """Something that went wrong, with the last lines of the program it happened to."""
        told = "".join(f"  {self._paint('│', 31)} {one_line(line)}\n" for line in lines)
        self._write(f"{self._paint('✗', 31)} {text}\n{told}")

    def line(self, name: str, text: str) -> None:
        """A line of a program; while ``muted``, only its file has it."""
        if self.muted:
            return
        with self._lock:
            colour = self._given.setdefault(name, _COLOURS[len(self._given) % len(_COLOURS)])
        clock = self._paint(time.strftime("%H:%M:%S"), 2)
        prefix = self._paint(f"{name:<{_NAME_WIDTH}}", colour)
        self._write(f"{clock} {prefix} {one_line(text)}\n")

    def bold(self, text: str) -> str:
        """``text`` in bold, on a terminal."""
        return self._paint(text, 1)

    def _paint(self, text: str, number: int) -> str:
        return f"\x1b[{number}m{text}\x1b[0m" if self.colour else text

    def _write(self, text: str) -> None:
        with self._lock:
            try:
                self.stream.write(text)
                self.stream.flush()
            except (OSError, ValueError):
                self.stream = _Nowhere()  # the terminal is gone; the files go on


def one_line(text: str) -> str:
    """``text`` without its own time stamp and without anything a terminal would obey."""
    clean = _CONTROL.sub(lambda found: "" if found.group().startswith("\x1b[") else "·", text.rstrip())
    return _OWN_TIME.sub("", clean, count=1)


class _Nowhere:
    """Takes what nobody can read any more."""

    def write(self, text: str, /) -> int:
        return len(text)

    def flush(self) -> None:
        return None
