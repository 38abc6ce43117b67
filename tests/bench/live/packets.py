"""The few packets of MQTT 5 that a measured seat sends and hears (OASIS MQTT 5.0, chapters 2 and 3).

Rules: bytes in, values out; no socket. Everything is QoS 1, as the seat's own link has it (``edge/link/mqtt.py``).

Usage::

    sock.send(connect("d-…", keepalive_s=15, receive_maximum=8, will="u/d-…/gone"))
    for packet in packets(received): ...          # what is whole is taken from the buffer
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

CONNACK: Final = 2
PUBLISH: Final = 3
PUBACK: Final = 4
SUBACK: Final = 9
PING: Final = b"\xc0\x00"
#: left with its last will, as the seat does (3.14.2.1)
DISCONNECT: Final = b"\xe0\x01\x04"
_CONTINUES: Final = 0x80
_VERSION: Final = 5
#: clean start, a will of QoS 1
_FLAGS: Final = 0b0000_1110
_RECEIVE_MAXIMUM: Final = 0x21
#: no retained messages on subscribing
_OPTIONS: Final = b"\x21"
_QOS: Final = 0b110


class Packet(NamedTuple):
    """Its kind, and what stands after the fixed header; ``flags`` are the lower half of the first byte."""

    kind: int
    flags: int
    body: bytes


class Published(NamedTuple):
    """A message that was heard; ``number`` is to be acknowledged, None with QoS 0."""

    topic: str
    number: int | None
    payload: bytes


def connect(client: str, *, keepalive_s: int, receive_maximum: int, will: str) -> bytes:
    """CONNECT."""
    head = _text("MQTT") + bytes((_VERSION, _FLAGS)) + _number(keepalive_s)
    properties = bytes((3, _RECEIVE_MAXIMUM)) + _number(receive_maximum)
    return _packet(0x10, head + properties + _text(client) + b"\x00" + _text(will) + _number(0))


def subscribe(filters: Iterable[str]) -> bytes:
    """SUBSCRIBE, with the number 1."""
    return _packet(0x82, _number(1) + b"\x00" + b"".join(_text(each) + _OPTIONS for each in filters))


def publish(topic: str, payload: bytes, *, number: int) -> bytes:
    """PUBLISH."""
    return _packet(0x32, _text(topic) + _number(number) + b"\x00" + payload)


def acknowledge(number: int) -> bytes:
    """PUBACK."""
    return b"\x40\x02" + _number(number)


def published(packet: Packet) -> Published:
    """What a PUBLISH says."""
    body = packet.body
    at = 2 + int.from_bytes(body[:2], "big")
    topic, number = body[2:at].decode(), None
    if packet.flags & _QOS:
        number, at = int.from_bytes(body[at : at + 2], "big"), at + 2
    size, at = _length(body, at) or (0, at)
    return Published(topic, number, body[at + size :])


def packets(buffer: bytearray) -> Iterator[Packet]:
    """Take the whole packets from the beginning of ``buffer``."""
    while len(buffer) > 1 and (found := _length(buffer, 1)) is not None:
        size, at = found
        if len(buffer) < at + size:
            return
        packet = Packet(buffer[0] >> 4, buffer[0] & 0x0F, bytes(buffer[at : at + size]))
        del buffer[: at + size]
        yield packet


def _length(data: bytes | bytearray, at: int) -> tuple[int, int] | None:
    """A variable byte integer and the place after it; None when it is not whole (1.5.5)."""
    value, shift = 0, 0
    while at < len(data):
        value |= (data[at] & ~_CONTINUES) << shift
        at += 1
        if not data[at - 1] & _CONTINUES:
            return value, at
        shift += 7
    return None


def _packet(first: int, body: bytes) -> bytes:
    size, length = len(body), bytearray()
    while True:
        size, digit = divmod(size, 128)
        length.append(digit | (_CONTINUES if size else 0))
        if not size:
            return bytes((first,)) + bytes(length) + body


def _number(value: int) -> bytes:
    return value.to_bytes(2, "big")


def _text(text: str) -> bytes:
    data = text.encode()
    return _number(len(data)) + data
