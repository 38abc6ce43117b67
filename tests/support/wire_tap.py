"""Everything that travels through a room's broker, written down by clients that the broker itself lets in.

Rules: the broker's access list is not touched. On the server's listener a certificate of the link authority may bear
any name, and has the rights of that name: one client hears what the server hears, one for each terminal what that
terminal and its room hear. Together that is every topic there is (W10–W13).

Usage::

    with tapped(room) as tap: ...
    tap.messages    # [(topic, payload), …]
"""

from __future__ import annotations

import datetime as dt
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec

from server.pki import profiles
from server.pki.authority import Authority, private_pem
from server.pki.files import pem, read_certificate, read_key
from tests.support.broker import Client
from tests.support.poll import until
from tests.support.room_process import RunningRoom
from wire.ids import DeviceId, RoomId
from wire.topics import SERVER_FILTER, device_filters

_SERVER: Final = "server"


@dataclass(frozen=True)
class WireTap:
    """What the clients heard so far; a message to the whole room was heard by each terminal's."""

    clients: tuple[Client, ...]

    @property
    def messages(self) -> list[tuple[str, bytes]]:
        """Topics and payloads, those of each client in the order in which they came."""
        return [message for client in self.clients for message in client.messages]


@contextmanager
def tapped(room: RunningRoom, folder: Path, devices: list[DeviceId]) -> Iterator[WireTap]:
    """Listens until the block ends; ``folder`` is for the certificates."""
    site = RoomId(room.furnished.room)
    wanted = {_SERVER: (SERVER_FILTER,)} | {str(device): device_filters(device, site) for device in devices}
    with ExitStack() as stack:
        yield WireTap(tuple(stack.enter_context(_hearing(room, folder, who)) for who in wanted.items()))


@contextmanager
def _hearing(room: RunningRoom, folder: Path, who: tuple[str, tuple[str, ...]]) -> Iterator[Client]:
    name, filters = who
    client = Client(f"tap-{name}", _certified(room.room.folder.path("server", "pki"), folder, name))
    client.open(room.room.ports.link)
    try:
        until(lambda: client.is_connected, what=f"{name} is connected")
        answers = client.subscribe(*filters)
        assert all(answer.startswith("Granted") for answer in answers), answers
        yield client
    finally:
        client.close()


def _certified(pki: Path, folder: Path, name: str) -> ssl.SSLContext:
    authority = Authority(read_key(pki / "link-ca.key"), read_certificate(pki / "link-ca.pem"))
    key = ec.generate_private_key(ec.SECP256R1())
    window = profiles.Window.starting(dt.datetime.now(dt.UTC), 1)
    certificate, private = folder / f"tap-{name}.pem", folder / f"tap-{name}.key"
    certificate.write_bytes(pem(authority.issue(profiles.client(name, window=window), key=key.public_key())))
    private.write_bytes(private_pem(key).reveal())
    context = ssl.create_default_context(cafile=str(pki / "ca.pem"))
    context.load_cert_chain(certificate, private)
    return context
