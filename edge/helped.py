"""Has done what the agent may not do itself: it touches a file that a unit of systemd watches, or runs a command.

Rules: the agent has no right to start anything; nothing of the file is read (``deploy/systemd/phonghop-pcscd.path``,
``phonghop-restart.path``, ``phonghop-poweroff.path``). Where there is no systemd, a command of the settings is run
instead.

Usage: ``TouchFile(run_dir / RESTART_FILE)()``
"""

from __future__ import annotations

import logging
import shlex
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Final

#: Below the agent's runtime folder; the unit names the whole path.
RESTART_FILE: Final = "restart"
POWER_OFF_FILE: Final = "power-off"
_COMMAND_S: Final = 20.0
#: As the units of systemd wait, so that the agent's answer is out before the machine goes.
_REST_S: Final = 1.0
_LOG: Final = logging.getLogger("phonghop.seat")


class TouchFile:
    """Asks by writing a file that a unit of systemd watches."""

    def __init__(self, path: Path) -> None:
        self._path: Final = path

    def __call__(self) -> None:
        """Raises ``OSError``."""
        self._path.write_bytes(b"")


class RunCommand:
    """Asks by a command of the settings, such as ``sudo -n service pcscd restart``; no shell reads it."""

    def __init__(self, command: str) -> None:
        self._words: Final = shlex.split(command)

    def __call__(self) -> None:
        """Raises ``OSError`` or ``subprocess.SubprocessError``."""
        subprocess.run(  # noqa: S603 - the words are those of the machine's own settings
            self._words, check=True, timeout=_COMMAND_S, stdin=subprocess.DEVNULL, capture_output=True
        )


class RunSoon:
    """The same after a short rest, for what ends this very machine: who asked is answered before (W171, W191)."""

    def __init__(self, command: str, *, rest_s: float = _REST_S) -> None:
        self._program: Final = shlex.split(command)[0]
        self._run: Final = RunCommand(command)
        self._rest_s: Final = rest_s

    def __call__(self) -> None:
        """Raises ``OSError``: there is no such program. What it answers is in the log alone."""
        if shutil.which(self._program) is None:
            raise FileNotFoundError(self._program)
        timer = threading.Timer(self._rest_s, self._do)
        timer.daemon = True
        timer.start()

    def _do(self) -> None:
        try:
            self._run()
        except (OSError, subprocess.SubprocessError) as exc:
            _LOG.warning("what was to end this machine failed: %s", exc)
