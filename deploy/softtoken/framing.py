"""One command's bytes taken apart, and an answer cut into the pieces a host takes (ISO/IEC 7816-4, 5.1).

Rules: short and extended lengths; pieces of a chain are collected; an answer longer than asked for waits for
GET RESPONSE. A host that sends half a command is told 6700.

Usage: `request = parse(apdu)`; `answers.give(data, request.le)`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from deploy.softtoken.status import Refused, Status

_SHORT_ANSWER: Final = 256
_EXTENDED_ANSWER: Final = 65_536
_LONGEST_CHAIN: Final = 16 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """A command. ``le``: how many bytes the host takes at once."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = field(repr=False)
    le: int = _SHORT_ANSWER

    @property
    def where(self) -> int:
        """P1 and P2 as one number."""
        return self.p1 << 8 | self.p2


def parse(apdu: bytes) -> Request:
    """Take a command apart; refuses with 6700."""
    if len(apdu) < 4:
        raise Refused(Status.WRONG_LENGTH)
    cla, ins, p1, p2 = apdu[:4]
    data, le = _body(apdu[4:])
    return Request(cla, ins, p1, p2, data, le)


def _body(body: bytes) -> tuple[bytes, int]:
    if not body:
        return b"", _SHORT_ANSWER
    if len(body) == 1:
        return b"", body[0] or _SHORT_ANSWER
    if body[0] == 0 and len(body) >= 3:
        return _extended(body[1:])
    size, rest = body[0], body[1:]
    if len(rest) not in {size, size + 1}:
        raise Refused(Status.WRONG_LENGTH)
    return rest[:size], (rest[size] or _SHORT_ANSWER) if len(rest) > size else _SHORT_ANSWER


def _extended(body: bytes) -> tuple[bytes, int]:
    number = int.from_bytes(body[:2], "big")
    if len(body) == 2:
        return b"", number or _EXTENDED_ANSWER
    rest = body[2:]
    if len(rest) not in {number, number + 2}:
        raise Refused(Status.WRONG_LENGTH)
    le = int.from_bytes(rest[number:], "big") if len(rest) > number else _EXTENDED_ANSWER
    return rest[:number], le or _EXTENDED_ANSWER


class Chain:
    """Pieces of one long command."""

    def __init__(self) -> None:
        self._head: tuple[int, int] | None = None
        self._data = b""

    def add(self, request: Request) -> None:
        """Keep a piece."""
        head = (request.ins, request.where)
        if self._head not in {None, head}:
            self.forget()
        self._head = head
        self._data += request.data
        if len(self._data) > _LONGEST_CHAIN:
            self.forget()
            raise Refused(Status.WRONG_LENGTH)

    def whole(self, request: Request) -> Request:
        """The last piece with all before it."""
        before = self._data if self._head == (request.ins, request.where) else b""
        self.forget()
        return Request(request.cla, request.ins, request.p1, request.p2, before + request.data, request.le)

    def forget(self) -> None:
        """Begin anew."""
        self._head, self._data = None, b""


class Answers:
    """The rest of an answer that waits for GET RESPONSE."""

    def __init__(self) -> None:
        self._rest = b""

    def give(self, data: bytes, le: int) -> bytes:
        """The first piece with its status word."""
        piece, self._rest = data[:le], data[le:]
        status = Status.MORE | min(len(self._rest), 0xFF) if self._rest else Status.OK
        return piece + int(status).to_bytes(2, "big")

    def more(self, le: int) -> bytes:
        """The next piece; refuses when none waits."""
        if not self._rest:
            raise Refused(Status.NOT_NOW)
        return self.give(self._rest, le)

    def forget(self) -> None:
        """Any other command throws it away."""
        self._rest = b""
