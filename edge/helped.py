"""Has done what the agent may not do itself: it touches a file that a unit of systemd watches, or runs a command.

Rules: the agent has no right to start anything; nothing of the file is read (``deploy/systemd/phonghop-pcscd.path``,
``phonghop-restart.path``, ``phonghop-poweroff.path``). Where there is no systemd, a command of the settings is run
instead.

Usage: ``TouchFile(run_dir / RESTART_FILE)()``
"""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path
from typing import Final

#: Below the agent's runtime folder; the unit names the whole path.
RESTART_FILE: Final = "restart"
POWER_OFF_FILE: Final = "power-off"
#: The light behind the panel is to shine, or not (recipe/root/usr/lib/phonghop/panel-light).
LIGHT_FILE: Final = "light"
DARK_FILE: Final = "dark"
_COMMAND_S: Final = 20.0


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
