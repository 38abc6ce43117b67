"""How the machine of a seat is (W170, W190): what IT reads of it, and nothing else depends on.

Usage::

    Machine(booted_s=3600, temperature_c=54).to_value()
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Any, Final, Self

from wire.errors import BadField
from wire.fields import Fields

#: The halves of the card a seat can start from.
SLOTS: Final = frozenset({"A", "B"})
#: Why a store was made anew, or a part given up (W195): sealed under another key, its head was damaged, or its files.
LOSSES: Final = frozenset({"key", "header", "files"})
#: Why a store waits for IT (W195): this is not its key, its head is torn, its files cannot be mended; ``files``: the
#: partition's key opens them, and the store key opens none of what is in them.
SHUT: Final = frozenset({"key", "torn", "unmended", "files"})
#: Of what a loss, or a question about a store, is known by.
STORE_ID_BYTES: Final = 8
_MAC: Final = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}", re.ASCII)
_FAULT: Final = re.compile(r"[a-z0-9-]{1,40}", re.ASCII)
_YEARS_S: Final = 10 * 366 * 86_400
_YEARS_MS: Final = 100 * 366 * 86_400_000


@dataclass(frozen=True, slots=True)
class Machine:
    """``None`` and an empty word: this machine cannot tell.

    ``painted_s``: how long ago the page painted last, or the agent began without one; ``clock_off_ms``: how far the
    machine's own clock is ahead of the server's; ``image``: the version of the image it runs, ``slot`` which of its two
    halves, ``compatible`` which images it takes; ``is_dark``: its screen is dark; ``mac`` the address of its wired
    card, ``subnet`` the network that it is in, and ``wakes`` whether the card can switch the machine on (W190);
    ``store_lost``: one of ``LOSSES``, and ``store_loss`` which it is, until it was heard; ``store_shut``: the question
    of a store that waits for IT, and ``store_why`` one of ``SHUT``; ``store_fault``: what keeps a store from opening
    that only failed. Of a seat that has a store, neither question nor fault: it is open (W195).
    """

    booted_s: int
    temperature_c: int | None = None
    under_voltage: bool | None = None
    memory_free_mb: int | None = None
    painted_s: int | None = None
    clock_off_ms: int | None = None
    image: str = ""
    slot: str = ""
    compatible: str = ""
    is_dark: bool | None = None
    mac: str = ""
    subnet: str = ""
    wakes: bool | None = None
    store_lost: str = ""
    store_loss: str = ""
    store_shut: str = ""
    store_why: str = ""
    store_fault: str = ""

    def to_value(self) -> dict[str, Any]:
        """As JSON; what cannot be told is left out."""
        value = {
            "booted_s": self.booted_s,
            "temperature_c": self.temperature_c,
            "under_voltage": self.under_voltage,
            "memory_free_mb": self.memory_free_mb,
            "painted_s": self.painted_s,
            "clock_off_ms": self.clock_off_ms,
            "image": self.image or None,
            "slot": self.slot or None,
            "compatible": self.compatible or None,
            "dark": self.is_dark,
            "mac": self.mac or None,
            "subnet": self.subnet or None,
            "wakes": self.wakes,
            "store_lost": self.store_lost or None,
            "store_loss": self.store_loss or None,
            "store_shut": self.store_shut or None,
            "store_why": self.store_why or None,
            "store_fault": self.store_fault or None,
        }
        return {name: each for name, each in value.items() if each is not None}

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Read and check; raises :class:`wire.errors.BadField`."""

        def number(name: str, low: int, high: int) -> int | None:
            return fields.number(name, low=low, high=high) if fields.has(name) else None

        machine = cls(
            booted_s=fields.number("booted_s", high=_YEARS_S),
            temperature_c=number("temperature_c", -100, 300),
            under_voltage=fields.flag("under_voltage") if fields.has("under_voltage") else None,
            memory_free_mb=number("memory_free_mb", 0, 1 << 30),
            painted_s=number("painted_s", 0, _YEARS_S),
            clock_off_ms=number("clock_off_ms", -_YEARS_MS, _YEARS_MS),
            image=fields.text("image", limit=64) if fields.has("image") else "",
            slot=fields.choice("slot", SLOTS) if fields.has("slot") else "",
            compatible=fields.text("compatible", limit=64) if fields.has("compatible") else "",
            is_dark=fields.flag("dark") if fields.has("dark") else None,
            mac=_mac(fields) if fields.has("mac") else "",
            subnet=_subnet(fields) if fields.has("subnet") else "",
            wakes=fields.flag("wakes") if fields.has("wakes") else None,
            store_lost=fields.choice("store_lost", LOSSES) if fields.has("store_lost") else "",
            store_loss=fields.hex("store_loss", size=STORE_ID_BYTES) if fields.has("store_loss") else "",
            store_shut=fields.hex("store_shut", size=STORE_ID_BYTES) if fields.has("store_shut") else "",
            store_why=fields.choice("store_why", SHUT) if fields.has("store_why") else "",
            store_fault=_fault(fields) if fields.has("store_fault") else "",
        )
        fields.end()
        return machine


def _mac(fields: Fields) -> str:
    text = fields.text("mac", limit=17)
    if _MAC.fullmatch(text) is None:
        raise BadField("machine.mac", "is not the address of a network card")
    return text


def _fault(fields: Fields) -> str:
    text = fields.text("store_fault", limit=40)
    if _FAULT.fullmatch(text) is None:
        raise BadField("machine.store_fault", "is not a word of a-z, 0-9 and -")
    return text


def _subnet(fields: Fields) -> str:
    text = fields.text("subnet", limit=18)
    try:
        network = ipaddress.IPv4Network(text)
    except ValueError:
        raise BadField("machine.subnet", "is not a network") from None
    if str(network) != text:
        raise BadField("machine.subnet", "is not written as networks are")
    return text
