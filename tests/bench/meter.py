"""What a group of processes used while something went on: processor time, memory, bytes written.

Rules: read from /proc (proc(5)), so the measured programs do nothing for it. Processor time has the kernel's resolution
of 10 ms. "Written" counts what went through write(2), TLS included: files and sockets alike.

Usage::

    meter = Meter({"server": [pid], "seats": pids})
    ...
    used = meter.stop()["server"].cpu_s
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Used:
    """What one group used; ``peak_mib`` is the sum of the processes' own peaks since the meter was started."""

    cpu_s: float
    peak_mib: float
    written: int


class Meter:
    """Begins to measure when it is made. Processes must live until :meth:`stop`."""

    def __init__(self, groups: Mapping[str, Iterable[int]]) -> None:
        self._groups: Final = {name: tuple(pids) for name, pids in groups.items()}
        for pids in self._groups.values():
            for pid in pids:
                _forget_peak(pid)
        self._before: Final = self._read()

    def stop(self) -> dict[str, Used]:
        """What each group used since the beginning."""
        after = self._read()
        return {
            name: Used(used.cpu_s - self._before[name].cpu_s, used.peak_mib, used.written - self._before[name].written)
            for name, used in after.items()
        }

    def _read(self) -> dict[str, Used]:
        return {
            name: Used(sum(map(_cpu_s, pids)), sum(map(_peak_mib, pids)), sum(map(_written, pids)))
            for name, pids in self._groups.items()
        }


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


def _cpu_s(pid: int) -> float:
    # The name, in parentheses, may hold anything; utime and stime are the 12th and 13th field after it.
    after_name = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / _TICKS


def _peak_mib(pid: int) -> float:
    return _field(Path(f"/proc/{pid}/status"), "VmHWM:") / 1024


def _written(pid: int) -> int:
    return _field(Path(f"/proc/{pid}/io"), "wchar:")


def _field(path: Path, name: str) -> int:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith(name):
            return int(line.split()[1])
    return 0


def _forget_peak(pid: int) -> None:
    # Not everywhere allowed; then the peak is that of the whole life of the process.
    with contextlib.suppress(OSError):
        Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")
