"""Just enough MQTT 5 for the warden: end a session by taking it over, and ask which lists are in force.

Rules: this is no client library; messages go through `server.link`. It speaks to the server's own listener of the
broker, where a client may choose its id: a CONNECT with a seat's id closes that seat's session (MQTT 5.0,
[MQTT-3.1.4-3]). Measured behaviour: docs/adr/0006-broker-and-revocation.md. Every call opens one connection, waits no
longer than `timeout_s` for each step and closes it.

Usage::

    door = BrokerDoor(host, port, tls=context, timeout_s=3)
    door.accepts("warden/0f3a…")   # may the warden write there now?
    door.take_over(device)
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from server.fleet.errors import BrokerUnreachable

_CONNECT, _CONNACK, _PUBLISH_QOS1, _PUBACK, _DISCONNECT = 0x10, 0x20, 0x32, 0x40, 0xE0
_CLEAN_START: Final = 0x02
_PROTOCOL_LEVEL: Final = 5
_KEEPALIVE_S: Final = 15
_SUCCESS: Final = 0x00
_NO_SUBSCRIBERS: Final = 0x10
_NOT_AUTHORISED: Final = 0x87
_MAX_ANSWER_BYTES: Final = 4096


def warden_tls(*, ca: Path, certificate: Path, key: Path) -> ssl.SSLContext:
    """TLS 1.3 with the warden's certificate, trusting the site CA only."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_verify_locations(cafile=str(ca))
    context.load_cert_chain(str(certificate), str(key))
    return context


class BrokerDoor:
    """The server's listener of the broker, for single questions."""

    def __init__(self, host: str, port: int, *, tls: ssl.SSLContext, timeout_s: float) -> None:
        self._address: Final = (host, port)
        self._tls: Final = tls
        self._timeout_s: Final = timeout_s

    def take_over(self, client_id: str) -> None:
        """Become ``client_id`` for a moment, so that whoever was it is cut off; raises :class:`BrokerUnreachable`."""
        with self._session(client_id):
            pass

    def accepts(self, topic: str) -> bool:
        """Whether the access list in force lets the warden write to ``topic``; raises :class:`BrokerUnreachable`."""
        with self._session("warden") as connection:
            connection.sendall(_packet(_PUBLISH_QOS1, _text(topic) + b"\x00\x01" + b"\x00"))
            kind, body = _receive(connection)
            if kind != _PUBACK or body[:2] != b"\x00\x01":
                raise BrokerUnreachable
            # A PUBACK without a reason means success (MQTT 5.0 § 3.4.2.1).
            reason = body[2] if len(body) > 2 else _SUCCESS
            if reason not in {_SUCCESS, _NO_SUBSCRIBERS, _NOT_AUTHORISED}:
                raise BrokerUnreachable
            return reason != _NOT_AUTHORISED

    @contextmanager
    def _session(self, client_id: str) -> Iterator[ssl.SSLSocket]:
        try:
            with (
                socket.create_connection(self._address, timeout=self._timeout_s) as plain,
                self._tls.wrap_socket(plain, server_hostname=self._address[0]) as connection,
            ):
                connection.sendall(_packet(_CONNECT, _connect(client_id)))
                kind, body = _receive(connection)
                if kind != _CONNACK or len(body) < 2 or body[1] != _SUCCESS:
                    raise BrokerUnreachable
                yield connection
                connection.sendall(_packet(_DISCONNECT, b""))
        except OSError as exc:  # refused, reset, timed out, or TLS did not come about
            raise BrokerUnreachable from exc


def _connect(client_id: str) -> bytes:
    head = _text("MQTT") + bytes([_PROTOCOL_LEVEL, _CLEAN_START]) + _KEEPALIVE_S.to_bytes(2, "big")
    return head + b"\x00" + _text(client_id)


def _text(value: str) -> bytes:
    data = value.encode("utf-8")
    return len(data).to_bytes(2, "big") + data


def _packet(kind: int, body: bytes) -> bytes:
    length, size = b"", len(body)
    while True:
        size, digit = divmod(size, 128)
        length += bytes([digit | (0x80 if size else 0)])
        if not size:
            return bytes([kind]) + length + body


def _receive(connection: ssl.SSLSocket) -> tuple[int, bytes]:
    kind = _exactly(connection, 1)[0]
    size, shift = 0, 0
    while True:
        digit = _exactly(connection, 1)[0]
        size |= (digit & 0x7F) << shift
        shift += 7
        if not digit & 0x80:
            break
        if shift > 21:
            raise BrokerUnreachable
    if size > _MAX_ANSWER_BYTES:
        raise BrokerUnreachable
    return kind, _exactly(connection, size)


def _exactly(connection: ssl.SSLSocket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = connection.recv(size - len(data))
        if not part:
            raise ConnectionResetError("the broker closed the connection")
        data += part
    return data
