"""Has the card service started again when it no longer hears of its USB ports (``edge/card/hearing.py``).

Rules (G67): the agent has no right to start anything. It touches a file in its own folder, which a unit of systemd
watches (``deploy/systemd/phonghop-pcscd.path``); nothing of the file is read there. Where there is no systemd, a
command of the settings is run instead. Both may fail, which is logged and changes nothing else. A thread of its own:
the one that speaks with cards may be held up by the very service.

Usage::

    watchdog = Watchdog(TouchFile(run_dir / DEAF_FILE))
    watchdog.start(); watchdog.heard(event); watchdog.stop()
"""

from __future__ import annotations

import logging
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from edge.card.hearing import Hearing, Look, observe
from edge.card.watching import CardEvent, ReadersChanged, ServiceGone

#: Below the agent's runtime folder; the unit names the whole path.
DEAF_FILE: Final = "pcscd-deaf"
_DEVICES: Final = Path("/sys/bus/usb/devices")
#: Smart card (CCID), as the USB consortium numbers the kinds of interfaces.
_SMART_CARD: Final = "0b"
_LOOK_S: Final = 1.0
_STOP_S: Final = 2.0
_LOG: Final = logging.getLogger("phonghop.card")


def ccid_devices(folder: Path = _DEVICES) -> frozenset[str]:
    """The smart card interfaces in USB ports, each with its device's number; none where there is no USB."""
    found = set()
    for path in folder.glob("*:*/bInterfaceClass"):
        try:
            if path.read_text(encoding="ascii").strip() == _SMART_CARD:
                interface = path.parent.name
                number = (folder / interface.partition(":")[0] / "devnum").read_text(encoding="ascii").strip()
                found.add(f"{interface}#{number}")
        except (OSError, ValueError):
            # Pulled out between two lines.
            continue
    return frozenset(found)


class Watchdog:
    """One thread; :meth:`heard` is called by the monitor's."""

    def __init__(
        self,
        ask: Callable[[], None],
        *,
        devices: Callable[[], frozenset[str]] = ccid_devices,
        look_s: float = _LOOK_S,
    ) -> None:
        self._ask: Final = ask
        self._devices: Final = devices
        self._look_s: Final = look_s
        self._lock: Final = threading.Lock()
        self._readers: frozenset[str] = frozenset()
        self._in_use = False
        self._came = False
        self._hearing = Hearing()
        self._stopping: Final = threading.Event()
        self._thread: Final = threading.Thread(target=self._run, name="card-watchdog", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End; a command that runs is not waited for."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(_STOP_S)

    def heard(self, event: CardEvent) -> None:
        """What the service told."""
        with self._lock:
            match event:
                case ReadersChanged(readers):
                    self._came |= not self._readers.issuperset(readers)
                    self._readers = frozenset(readers)
                case ServiceGone():
                    self._readers = frozenset()
                case _:
                    return

    def holds(self, *, in_use: bool) -> None:
        """Whether a token is held, told by whoever holds it."""
        self._in_use = in_use

    def look(self, *, now_s: float) -> bool:
        """One look; whether the service was asked to be started again."""
        with self._lock:
            readers, came, self._came = len(self._readers), self._came, False
        devices = self._devices()
        self._hearing, is_deaf = observe(self._hearing, Look(devices, readers, self._in_use, came), now_s=now_s)
        if is_deaf:
            _LOG.warning("%d devices, %d readers: the card service is to be started again", len(devices), readers)
            try:
                self._ask()
            except (OSError, ValueError, subprocess.SubprocessError) as exc:
                _LOG.error("the card service cannot be started again from here: %s", type(exc).__name__)
        return is_deaf

    def _run(self) -> None:
        while not self._stopping.wait(self._look_s):
            self.look(now_s=time.monotonic())
