"""Where measured programs run: on the loopback, or each seat on a host of its own behind a shaped link.

Rules: a shaped room is network namespaces on one bridge, every port limited both ways (tc-tbf(8)); it needs root and is
removed when it is left. Programs end with the measuring process (``setpriv --pdeathsig``).

Usage::

    with ShapedRoom(seats=20, mbit=100) as room:
        room.start_seat(3, ["curl", …])
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Any, Final, Self

from tests.support.broker import ENDS_WITH_US

_LOOPBACK: Final = "127.0.0.1"
_BURST: Final = "64kb"
_LATENCY: Final = "50ms"


class Loopback:
    """Everything on this machine's loopback."""

    address = _LOOPBACK

    def start_server(self, argv: Sequence[str], **pipes: Any) -> subprocess.Popen[bytes]:
        """Start a program beside the server."""
        return subprocess.Popen([*ENDS_WITH_US, *argv], **pipes)

    def start_seat(self, number: int, argv: Sequence[str], **pipes: Any) -> subprocess.Popen[bytes]:
        """Start a program of a seat."""
        return subprocess.Popen([*ENDS_WITH_US, *argv], **pipes)

    def left_server(self) -> int:
        """Bytes that have left the server's port; not known on the loopback."""
        return 0


class ShapedRoom:
    """A switch, a server and seats, each with a port of ``mbit`` Mbit/s."""

    address = "10.213.0.1"

    def __init__(self, *, seats: int, mbit: int) -> None:
        self._mbit: Final = mbit
        self._stem: Final = f"phb{os.getpid()}"
        self._hosts: Final = [f"{self._stem}-{number}" for number in range(seats + 1)]
        self._switch: Final = f"{self._stem}-sw"

    def __enter__(self) -> Self:
        try:
            _ip("netns", "add", self._switch)
            _ip("-n", self._switch, "link", "add", "br0", "type", "bridge")
            _ip("-n", self._switch, "link", "set", "br0", "up")
            for number, host in enumerate(self._hosts):
                self._plug_in(number, host)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for name in (*self._hosts, self._switch):
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)

    def start_server(self, argv: Sequence[str], **pipes: Any) -> subprocess.Popen[bytes]:
        """Start a program on the server's host."""
        return self._start(0, argv, pipes)

    def start_seat(self, number: int, argv: Sequence[str], **pipes: Any) -> subprocess.Popen[bytes]:
        """Start a program on the host of a seat, counted from 0."""
        return self._start(number + 1, argv, pipes)

    def left_server(self) -> int:
        """Bytes that have left the server's port."""
        shown = subprocess.run(
            ["ip", "-n", self._hosts[0], "-j", "-s", "link", "show", "dev", "eth0"], check=True, capture_output=True
        )
        return int(json.loads(shown.stdout)[0]["stats64"]["tx"]["bytes"])

    def _start(self, host: int, argv: Sequence[str], pipes: dict[str, Any]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(["ip", "netns", "exec", self._hosts[host], *ENDS_WITH_US, *argv], **pipes)

    def _plug_in(self, number: int, host: str) -> None:
        port = f"p{number}"
        _ip("netns", "add", host)
        _ip("-n", self._switch, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", host)
        _ip("-n", self._switch, "link", "set", port, "master", "br0", "up")
        _ip("-n", host, "addr", "add", f"10.213.0.{number + 1}/24", "dev", "eth0")
        for device in ("lo", "eth0"):
            _ip("-n", host, "link", "set", device, "up")
        for space, device in ((self._switch, port), (host, "eth0")):
            shape = ("root", "tbf", "rate", f"{self._mbit}mbit", "burst", _BURST, "latency", _LATENCY)
            subprocess.run(["tc", "-n", space, "qdisc", "add", "dev", device, *shape], check=True)


Place = Loopback | ShapedRoom


def module(name: str, *words: str) -> list[str]:
    """The command of a module of this folder."""
    return [sys.executable, "-m", f"tests.bench.{name}", *words]


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)
