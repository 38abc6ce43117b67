"""Tags and lengths as the card reads and writes them (ISO/IEC 7816-4, 5.2.2): just what a PIV card needs.

Usage: `fields = read(data)`; `write(0x7C, write(0x82, signature))`.
"""

from __future__ import annotations

from deploy.softtoken.status import Refused, Status


def write(tag: int, value: bytes) -> bytes:
    """Tag, shortest length, value."""
    head = tag.to_bytes(max(1, (tag.bit_length() + 7) // 8), "big")
    size = len(value)
    if size < 0x80:
        return head + bytes([size]) + value
    if size < 0x100:
        return head + bytes([0x81, size]) + value
    return head + b"\x82" + size.to_bytes(2, "big") + value


def read(data: bytes) -> dict[int, bytes]:
    """Values by tag; a host that writes something else is told so (6A80)."""
    found: dict[int, bytes] = {}
    rest = data
    try:
        while rest:
            tag, rest = rest[0], rest[1:]
            if tag & 0x1F == 0x1F:
                tag, rest = (tag << 8) | rest[0], rest[1:]
            size, rest = rest[0], rest[1:]
            if size > 0x80:
                digits = size & 0x7F
                size, rest = int.from_bytes(rest[:digits], "big"), rest[digits:]
            if size > len(rest):
                raise Refused(Status.WRONG_DATA)
            found[tag], rest = rest[:size], rest[size:]
    except IndexError as exc:
        raise Refused(Status.WRONG_DATA) from exc
    return found
