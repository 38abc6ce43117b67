"""A USB port of a virtual machine into which tokens go: reader and card are one device.

Rules: each plug is another device on another line, because one that is taken out lets go of its line a little later.

Usage::

    port = TokenPort(qemu, bus="xhci.0")
    qemu.start([…, *port.words()])
    port.plug(card); port.unplug()
"""

from __future__ import annotations

import socket
import time
from typing import Final

from deploy.softtoken.card import Card
from tests.support.qemu import Qemu
from tests.usb.vscard import UsbCard

_LINES: Final = 3


class TokenPort:
    """One token at a time."""

    def __init__(self, machine: Qemu, *, bus: str) -> None:
        self._machine: Final = machine
        self._bus: Final = bus
        self._ports: list[int] = []
        self._plugged = 0
        self._card: UsbCard | None = None

    def words(self) -> list[str]:
        """What QEMU is told at its start; nothing is plugged in then."""
        self.let_go()
        self._plugged = 0
        self._ports = [_free_port() for _ in range(_LINES)]
        found = []
        for number, port in enumerate(self._ports):
            found += ["-chardev", f"socket,id=card{number},host=127.0.0.1,port={port},server=on,wait=off"]
        return found

    def plug(self, card: Card) -> UsbCard:
        """A token goes in."""
        self._plugged += 1
        line, reader = self._plugged % _LINES, f"reader{self._plugged}"
        self._machine.order("device_add", driver="usb-ccid", id=reader, bus=self._bus)
        self._machine.order("device_add", driver="ccid-card-passthru", chardev=f"card{line}", bus=f"{reader}.0")
        self._card = plugged = UsbCard(card, self._ports[line])
        plugged.insert()
        return plugged

    def unplug(self) -> float:
        """It goes out; the moment on this machine's clock. The line is closed first, which nobody inside notices."""
        had = self._card is not None
        self.let_go()
        at = time.monotonic()
        if had:
            self._machine.order("device_del", id=f"reader{self._plugged}")
        return at

    def let_go(self) -> None:
        """Close the card's own line; the machine may be off."""
        card, self._card = self._card, None
        if card is not None:
            card.pull()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
