"""Commands to a card and its answers (ISO/IEC 7816-4), over a function that carries one APDU there and back.

Rules: pure. Long data goes by command chaining (CLA bit 0x10), long answers come by ``61xx`` and GET RESPONSE, a wrong
Le is corrected once by ``6Cxx``. Status words are the caller's business; only an answer that is no answer is refused
here. The bytes of every command are overwritten after they were sent; a command's ``repr`` never shows its data.

Usage::

    answer = exchange(handle.transmit, Command(0x00, 0xCB, p1=0x3F, p2=0xFF, data=b"...", le=0))
    if answer.sw == OK: answer.data
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from edge.card.errors import AnswerGarbled

#: Carries one APDU to the card; gives data and the two bytes of the status word.
Transmit = Callable[[bytearray], bytes]

OK: Final = 0x9000
SHORT_DATA: Final = 255
EXTENDED_DATA: Final = 65_535
#: No object of a token is near this; an answer beyond it is an attack or a broken card.
MAX_ANSWER: Final = 64 * 1024
_CHAINED: Final = 0x10
_GET_RESPONSE: Final = 0xC0
_MORE: Final = 0x61
_WRONG_LE: Final = 0x6C


@dataclass(frozen=True, slots=True)
class Command:
    """One command. ``le``: wanted length of the answer's data, 0 for "all there is", None when none is wanted.

    ``once`` forbids sending the same bytes twice, whatever the card answers: for a PIN.
    """

    cla: int
    ins: int
    p1: int = field(default=0, kw_only=True)
    p2: int = field(default=0, kw_only=True)
    data: bytes | bytearray = field(default=b"", kw_only=True, repr=False)
    le: int | None = field(default=None, kw_only=True)
    once: bool = field(default=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Answer:
    """Data and status word."""

    data: bytes = field(repr=False)
    sw: int


def exchange(transmit: Transmit, command: Command, *, extended: bool = False) -> Answer:
    """Send a command whole and collect the whole answer; raises :class:`AnswerGarbled`.

    ``extended`` sends long data in one piece: only for cards and readers known to take it.
    """
    answer = Answer(b"", OK)
    for piece in _pieces(command, extended=extended):
        answer = _send(transmit, piece, extended=extended)
        if answer.sw != OK:
            return answer
    return answer


def _pieces(command: Command, *, extended: bool) -> Iterator[Command]:
    size = EXTENDED_DATA if extended else SHORT_DATA
    data = command.data
    while len(data) > size:
        yield Command(
            command.cla | _CHAINED,
            command.ins,
            p1=command.p1,
            p2=command.p2,
            data=data[:size],
            once=command.once,
        )
        data = data[size:]
    yield Command(command.cla, command.ins, p1=command.p1, p2=command.p2, data=data, le=command.le, once=command.once)


def _send(transmit: Transmit, command: Command, *, extended: bool) -> Answer:
    answer = _carry(transmit, command, extended=extended)
    if answer.sw >> 8 == _WRONG_LE and not command.once:
        corrected = Command(
            command.cla, command.ins, p1=command.p1, p2=command.p2, data=command.data, le=answer.sw & 0xFF
        )
        answer = _carry(transmit, corrected, extended=False)
    collected = bytearray(answer.data)
    while answer.sw >> 8 == _MORE:
        more = Command(command.cla & ~_CHAINED & 0xFF, _GET_RESPONSE, le=answer.sw & 0xFF)
        answer = _carry(transmit, more, extended=False)
        if answer.sw >> 8 == _WRONG_LE:
            answer = _carry(transmit, Command(more.cla, _GET_RESPONSE, le=answer.sw & 0xFF), extended=False)
        if answer.sw >> 8 == _MORE and not answer.data:
            raise AnswerGarbled("a card that promises more and gives nothing")
        collected += answer.data
        if len(collected) > MAX_ANSWER:
            raise AnswerGarbled(f"an answer of more than {MAX_ANSWER} bytes")
    return Answer(bytes(collected), answer.sw)


def _carry(transmit: Transmit, command: Command, *, extended: bool) -> Answer:
    sent = encode(command, extended=extended)
    try:
        got = transmit(sent)
    finally:
        sent[:] = bytes(len(sent))
    if len(got) < 2:
        raise AnswerGarbled("an answer without a status word")
    return Answer(bytes(got[:-2]), int.from_bytes(got[-2:], "big"))


def encode(command: Command, *, extended: bool = False) -> bytearray:
    """The bytes of one command, short or extended (ISO/IEC 7816-4, 5.1); raises ``ValueError`` for what cannot be."""
    lc, le = len(command.data), command.le
    long = extended and (lc > SHORT_DATA or (le is not None and le == 0) or (le or 0) > 256)
    if lc > (EXTENDED_DATA if long else SHORT_DATA) or (not long and (le or 0) > 256):
        raise ValueError("too long for one command")
    out = bytearray((command.cla, command.ins, command.p1, command.p2))
    if long:
        out += b"\0"
    if lc:
        out += lc.to_bytes(2 if long else 1, "big")
        out += command.data
    if le is not None:
        out += (le & 0xFFFF).to_bytes(2, "big") if long else bytes((le & 0xFF,))
    return out


def for_t0(apdu: bytearray) -> bytearray:
    """The same short command as the protocol T=0 takes it: one with data carries no Le (ISO/IEC 7816-3, 12.2.4)."""
    if len(apdu) > 6 and apdu[4] and len(apdu) == 6 + apdu[4]:
        return apdu[:-1]
    return apdu
