"""Commands inside a computer that starts from the image, over its second serial line, for this test alone.

Rules: the unit that listens comes in the computer's firmware tables as a credential (systemd.system-credentials(7),
``systemd.extra-unit.*``): the image is the one that seats get. One line each way, base64: a command of the shell, and
what it said.

Usage::

    qemu.start([…, *unit_words()]); look = Look(qemu.connected(path)); look.run("systemctl is-active nftables")
"""

from __future__ import annotations

import base64
import contextlib
import socket
import time
from typing import Final

_INSIDE: Final = """
import base64, subprocess, termios, tty, os
line = os.open("/dev/ttyS1", os.O_RDWR | os.O_NOCTTY)
tty.setraw(line)
os.write(line, b"\\n!ready\\n")
rest = b""
while True:
    rest += os.read(line, 4096)
    while b"\\n" in rest:
        asked, _, rest = rest.partition(b"\\n")
        if not asked.strip():
            continue
        done = subprocess.run(base64.b64decode(asked).decode(), shell=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        left = memoryview(b"=" + base64.b64encode(done.stdout) + b"\\n")
        while left:
            left = left[os.write(line, left):]
"""
_NAME: Final = "looking"
_UNIT: Final = """[Unit]
Description=a test looks in
DefaultDependencies=no
[Service]
ExecStart=/usr/bin/python3 -Ic "exec(__import__('base64').b64decode('{program}'))"
Restart=always
"""
_WANTED: Final = f"[Unit]\nWants={_NAME}.service\n"
#: An imitated computer on a busy machine: what a real one does in a second may take it half a minute.
_PATIENT: Final = """[Service]
Environment=PHONGHOP_SEAT_PAGE_PATIENCE_S=200
Environment=PHONGHOP_SEAT_SCREEN_WATCH_S=60
"""
#: The same for a new slot.
_TRIAL: Final = """[Timer]
OnBootSec=
OnBootSec=1200
"""
#: No answer looks like it.
_READY: Final = b"!ready"
_ANSWER: Final = b"="


def unit_words() -> list[str]:
    """Words for QEMU."""
    unit = _UNIT.format(program=base64.b64encode(_INSIDE.encode()).decode())
    found = []
    credentials = (
        (f"systemd.extra-unit.{_NAME}.service", unit),
        ("systemd.unit-dropin.sysinit.target", _WANTED),
        ("systemd.unit-dropin.phonghop-seat.service", _PATIENT),
        ("systemd.unit-dropin.phonghop-trial.timer", _TRIAL),
    )
    for name, text in credentials:
        content = base64.b64encode(text.encode()).decode()
        found += ["-smbios", f"type=11,value=io.systemd.credential.binary:{name}={content}"]
    return found


class Look:
    """The other end of the line."""

    def __init__(self, line: socket.socket) -> None:
        self._line: Final = line
        self._rest = b""
        self._is_there = False

    def run(self, command: str, *, timeout_s: float) -> str:
        """What it says; raises AssertionError when there is no answer in time.

        A computer that starts again meanwhile is asked again: nothing is asked that may not be done twice.
        """
        deadline = time.monotonic() + timeout_s
        while not self._is_there:
            self._is_there = self._read(deadline).endswith(_READY)
        while True:
            self._line.sendall(base64.b64encode(command.encode()) + b"\n")
            while not (answer := self._read(deadline)).startswith(_ANSWER) and not answer.endswith(_READY):
                continue
            if not answer.endswith(_READY):
                return base64.b64decode(answer.removeprefix(_ANSWER)).decode(errors="replace")

    def again(self) -> None:
        """The computer is about to start again: what it says before its unit listens is not for us."""
        self._is_there = False

    def close(self) -> None:
        """Hang up."""
        with contextlib.suppress(OSError):
            self._line.close()

    def _read(self, deadline: float) -> bytes:
        while b"\n" not in self._rest:
            left = deadline - time.monotonic()
            assert left > 0, "nobody answers inside"
            self._line.settimeout(left)
            try:
                piece = self._line.recv(65_536)
            except TimeoutError as late:
                raise AssertionError("nobody answers inside") from late
            assert piece, "the line has ended"
            self._rest += piece
        found, _, self._rest = self._rest.partition(b"\n")
        return found.strip()
