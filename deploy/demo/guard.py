"""Ends the room's programs when the demo that started them is gone, whatever ended it.

Rules: every program leads a process group of its own, and a file ``<name>.pid`` says which (number, start time, boot),
so that a number the system has given to somebody else since is never touched. A group is asked to end (SIGTERM), then
ended (SIGKILL). The guard is a process of its own whose standard input is a pipe from the demo: its end is the demo's
end, even by ``kill -9``.

Usage: ``python -I guard.py <folder of the .pid files>``; inside the demo: ``remember``, ``forget``, ``end_groups``.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from pathlib import Path
from typing import Final

GRACE_S: Final = 4.0
_TICK_S: Final = 0.05
_STATE, _GROUP, _STARTED = 2, 4, 21  # fields of /proc/<pid>/stat, counted from 0 (proc(5))


def remember(folder: Path, name: str, pid: int) -> None:
    """Note that ``pid`` leads the group of the program ``name``."""
    draft = folder / f".{name}.pid"
    draft.write_text(f"{pid} {started(pid)} {_boot()}\n", encoding="ascii")
    draft.replace(folder / f"{name}.pid")


def forget(folder: Path, name: str) -> None:
    """The group of ``name`` is gone."""
    (folder / f"{name}.pid").unlink(missing_ok=True)


def group_lives(group: int) -> bool:
    """Whether any process of the group runs; one that has ended and waits to be collected does not."""
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            fields = _stat(int(entry.name))
            if fields and fields[_GROUP] == str(group) and fields[_STATE] not in "ZX":
                return True
    return False


def end_groups(groups: list[int], *, grace_s: float = GRACE_S) -> None:
    """Ask the groups to end, wait, end what is left, and wait until the system has done so."""
    for group in groups:
        signal_group(group, signal.SIGTERM)
    left = _left_after(grace_s, groups)
    for group in left:
        signal_group(group, signal.SIGKILL)
    _left_after(grace_s, left)


def _left_after(wait_s: float, groups: list[int]) -> list[int]:
    deadline = time.monotonic() + wait_s
    left = [group for group in groups if group_lives(group)]
    while left and time.monotonic() < deadline:
        time.sleep(_TICK_S)
        left = [group for group in left if group_lives(group)]
    return left


def signal_group(group: int, number: int) -> None:
    """Send a signal to all of a group; one that is gone is fine."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)


def left_behind(folder: Path) -> dict[str, int]:
    """The groups in ``folder`` that still run, by name; files of groups that do not are removed."""
    found = {}
    for path in sorted(folder.glob("*.pid")):
        try:
            pid, start, boot = path.read_text(encoding="ascii").split()
        except (OSError, ValueError):
            pid, start, boot = "0", "", ""
        ours = boot == _boot() and started(int(pid)) in {start, ""} and group_lives(int(pid))
        if ours:
            found[path.stem] = int(pid)
        else:
            path.unlink(missing_ok=True)
    return found


def started(pid: int) -> str:
    """When a process started, in clock ticks since the boot; empty when there is none."""
    fields = _stat(pid)
    return fields[_STARTED] if fields else ""


def _stat(pid: int) -> list[str]:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    # The second field is the program's name in brackets and may hold blanks and brackets itself.
    head, _, tail = text.rpartition(")")
    return [head.partition(" ")[0], "", *tail.split()]


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return "-"


def main(folder: Path) -> None:
    """Wait for the end of the demo, then end what it left."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # the demo decides when; a Ctrl-C reaches it, not us
    while sys.stdin.buffer.read(4096):
        continue
    end_groups(list(left_behind(folder).values()))
    left_behind(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
