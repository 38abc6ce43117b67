"""Which ports the room uses: the wished ones, or the next that are free.

Rules: a port counts as free when it can be bound on all addresses the room will use it on; the ports of one room are
chosen together, so that none is given out twice; wish 0 means any. Rooms that start together take turns (``turn``),
because a port is free until somebody listens on it.

Usage::

    with turn():
        choose({"http": 8080, "https": 8443})   # {"http": 8080, "https": 8444} when 8443 is taken
        ...                                     # start what listens there
"""

from __future__ import annotations

import contextlib
import secrets
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from deploy.demo.errors import NoFreePort

_TRIED: Final = 200
#: Linux gives ports from 32,768 up to outgoing connections, so one that is free now may not be at the start.
_BELOW_EPHEMERAL: Final = range(20_000, 32_000)
_ADDRESSES: Final = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::1"))  # noqa: S104 - asked, not kept

#: A name of the machine's (unix(7), abstract): gone with whoever holds it, whatever ends them, and free of any folder.
_TURN: Final = "\0phonghop-demo-ports"
_TURN_S: Final = 120.0
_LOOK_S: Final = 0.1


@contextmanager
def turn(wait_s: float = _TURN_S) -> Iterator[None]:
    """No other room of this machine chooses ports meanwhile; after ``wait_s`` seconds it goes on without the turn."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as held:
        deadline = time.monotonic() + wait_s
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                held.bind(_TURN)
                break
            time.sleep(_LOOK_S)
        yield


def choose(wishes: Mapping[str, int]) -> dict[str, int]:
    """A free port for each name; raises :class:`NoFreePort`."""
    found: dict[str, int] = {}
    for name, wish in wishes.items():
        found[name] = _next_free(wish, taken=frozenset(found.values()))
    return found


def _next_free(wish: int, *, taken: frozenset[int]) -> int:
    if wish == 0:
        return _any(taken)
    for port in range(wish, min(wish + _TRIED, 65_536)):
        if port not in taken and is_free(port):
            return port
    raise NoFreePort(wish)


def _any(taken: frozenset[int]) -> int:
    for _ in range(_TRIED):
        port = secrets.choice(_BELOW_EPHEMERAL)
        if port not in taken and is_free(port):
            return port
    raise NoFreePort(1)


def is_free(port: int) -> bool:
    """Whether nobody listens on ``port``."""
    return all(_can_bind(family, address, port) for family, address in _ADDRESSES)


def _can_bind(family: socket.AddressFamily, address: str, port: int) -> bool:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            # As the programs do: what a connection left in TIME_WAIT does not count.
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((address, port))
    except OSError:
        # A machine without IPv6 cannot bind there; then nobody else can either.
        return family is socket.AF_INET6 and not _has_ipv6()
    return True


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as trial:
            trial.bind(("::1", 0))
    except OSError:
        return False
    return True
