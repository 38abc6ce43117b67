"""How this machine is: heat, current, memory, which image it runs, whether its page still paints (W170, D4), and how
it is switched on from afar (W190).

Rules: read when the seat says how it is, four times a minute; what a machine does not have is left out, and whatever
cannot be read stops nothing. The page says that it has painted, from any thread; whoever keeps a screen alive asks
here when that was.

Usage::

    vitals = Vitals(clock)
    vitals.painted()                          # the page's thread
    machine = vitals.read(ahead=ports.ahead)
"""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from edge.clock import Clock
from wire.messages import Machine

_MIB_IN_KIB: Final = 1024
_MILLI: Final = 1000
_NONSENSE_C: Final = 150
#: Twenty characters of version and date; more is not ours.
_IMAGE: Final = re.compile(r'^IMAGE_VERSION="?([0-9A-Za-z.+~_-]{1,64})"?$', re.ASCII | re.MULTILINE)
_SLOT: Final = re.compile(r"\bphonghop\.slot=([AB])\b", re.ASCII)
#: What an updater of this machine installs, in its own file (RAUC).
_COMPATIBLE: Final = re.compile(r"^compatible=([0-9A-Za-z._-]{1,64})$", re.ASCII | re.MULTILINE)
_MAC: Final = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}", re.ASCII)
_FREE: Final = re.compile(r"^MemAvailable:\s+([0-9]+) kB$", re.ASCII | re.MULTILINE)


class Vitals:
    """Reads the kernel's files under ``root``."""

    def __init__(self, clock: Clock, *, root: Path = Path("/")) -> None:
        self._clock: Final = clock
        self._root: Final = root
        self._began_s: Final = clock.monotonic_s()
        self._painted_s: float | None = None
        self._store: dict[str, Any] = {}
        cmdline, release = self._text("proc/cmdline"), self._text("etc/os-release")
        self._slot: Final = _first(_SLOT, cmdline)
        self._image: Final = _first(_IMAGE, release)
        self._compatible: Final = _first(_COMPATIBLE, self._text("etc/rauc/system.conf"))

    @property
    def slot(self) -> str:
        """``A`` or ``B``; empty on a machine without slots."""
        return self._slot

    @property
    def image(self) -> str:
        """The version of the image; empty where there is none."""
        return self._image

    def painted(self) -> None:
        """The page has painted just now."""
        self._painted_s = self._clock.monotonic_s()

    def store(self, *, lost: str = "", loss: str = "", shut: str = "", why: str = "", fault: str = "") -> None:
        """What IT has to know of the store from now on, as in :class:`wire.messages.Machine`; nothing, if nothing."""
        self._store = {"store_lost": lost, "store_loss": loss, "store_shut": shut, "store_why": why}
        self._store["store_fault"] = fault

    @property
    def painted_ago_s(self) -> float | None:
        """How long ago the page painted last; None: not since this program started."""
        at_s = self._painted_s
        return None if at_s is None else max(0.0, self._clock.monotonic_s() - at_s)

    def read(self, *, ahead: dt.timedelta | None) -> Machine:
        """Everything now; ``ahead``: how far the server's clock is ahead of this; None: not heard yet."""
        # Never painted counts from the start of this program: a screen that stays dark is one that stands still.
        painted_s = self.painted_ago_s
        if painted_s is None:
            painted_s = self._clock.monotonic_s() - self._began_s
        return Machine(
            booted_s=int(self._clock.monotonic_s()),
            temperature_c=self._temperature(),
            under_voltage=self._under_voltage(),
            memory_free_mb=self._memory(),
            painted_s=int(painted_s),
            clock_off_ms=None if ahead is None else -round(ahead / dt.timedelta(milliseconds=1)),
            image=self._image,
            slot=self._slot,
            compatible=self._compatible,
            **self._store,
            **self._card(),
        )

    def _temperature(self) -> int | None:
        """The hottest of what the kernel measures, in whole degrees."""
        told = self._numbers("sys/class/thermal", "thermal_zone*/temp")
        # A zone that is not measured gives nought or nonsense.
        found = [degrees for each in told if 0 < (degrees := each / _MILLI) < _NONSENSE_C]
        return round(max(found)) if found else None

    def _under_voltage(self) -> bool | None:
        """Whether a Raspberry Pi gets too little current; other machines do not say."""
        for name in self._files("sys/class/hwmon", "hwmon*/name"):
            if _content(name).strip() == "rpi_volt":
                return {"0": False, "1": True}.get(_content(name.with_name("in0_lcrit_alarm")).strip())
        return None

    def _memory(self) -> int | None:
        free = _first(_FREE, self._text("proc/meminfo"))
        return int(free) // _MIB_IN_KIB if free else None

    def _card(self) -> dict[str, Any]:
        """The wired card that is in use: its address, its network, whether it is set to wake the machine.

        Of several the one with a network, else one with a cable in it, else the first.
        """
        found: list[tuple[bool, bool, dict[str, Any]]] = []
        for address in self._files("sys/class/net", "*/address"):
            folder, mac = address.parent, _content(address).strip()
            is_ether = _content(folder / "type").strip() == "1" and not _is_there(folder / "wireless")
            if is_ether and _is_there(folder / "device") and _MAC.fullmatch(mac) is not None:
                subnet, has_cable = self._subnet(folder.name), _content(folder / "carrier").strip() == "1"
                said = {"mac": mac, "subnet": subnet, "wakes": self._wakes(folder)}
                found.append((bool(subnet), has_cable, said))
        return max(found, key=lambda each: each[:2], default=(False, False, {}))[2]

    def _wakes(self, card: Path) -> bool:
        # A Raspberry Pi has no circuit that listens while it is off, whatever its driver says.
        if "Raspberry Pi" in self._text("proc/device-tree/model"):
            return False
        return _content(card / "device/power/wakeup").strip() == "enabled"

    def _subnet(self, card: str) -> str:
        """The network that needs no router (``proc/net/route``: little end first, as these processors have it)."""
        for line in self._text("proc/net/route").splitlines()[1:]:
            words = line.split()
            with contextlib.suppress(ValueError, IndexError, struct.error):
                if words[0] == card and int(words[2], 16) == 0 and int(words[7], 16) not in {0, 0xFFFFFFFF}:
                    address, mask = (ipaddress.IPv4Address(struct.pack("<L", int(words[at], 16))) for at in (1, 7))
                    network = ipaddress.IPv4Network(f"{address}/{mask}")
                    # What a card gives itself where nobody gives it an address is no network of the house.
                    if not network.is_link_local:
                        return str(network)
        return ""

    def _numbers(self, folder: str, pattern: str) -> Iterator[int]:
        for file in self._files(folder, pattern):
            with contextlib.suppress(ValueError):
                yield int(_content(file))

    def _files(self, folder: str, pattern: str) -> list[Path]:
        try:
            return sorted((self._root / folder).glob(pattern))
        except OSError:
            return []

    def _text(self, name: str) -> str:
        return _content(self._root / name)


def _content(file: Path) -> str:
    # A sensor that is there and does not answer gives an error of the device, not of the file.
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _is_there(file: Path) -> bool:
    try:
        return file.exists()
    except OSError:
        return False


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return "" if found is None else found[1]
