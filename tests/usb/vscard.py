"""A card in the smart card reader of a virtual machine: the card's side of QEMU's VSCard protocol.

Rules: :class:`Stream` and :func:`frame` are pure; each message is three numbers of four bytes, big-endian (type,
reader, length), and a body. The card connects to the machine's socket, says hello, adds itself as a reader and then has
an answer to reset. The machine says nothing of resets and of power, so the card forgets its PIN only when it is put in.
Close the line before the reader is taken from the machine.

Source: QEMU, docs/ccid.txt and libcacard's vscard_common.h (numbers of the messages).

Usage::

    card = UsbCard(Card(contents), port)
    card.insert(); ...; card.pull()
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, NamedTuple

from deploy.softtoken.card import Card

#: T=0 with historical bytes "PHONGH": QEMU's check of an answer to reset refuses T=1 with a check byte.
ATR: Final = bytes.fromhex("3b6600ff") + b"PHONGH"
_HEAD: Final = struct.Struct(">III")
_MAGIC: Final = b"VSCD"
_VERSION: Final = 2
_UNDEFINED_READER: Final = 0xFFFF_FFFF
_LONGEST: Final = 64 * 1024 + 64
_CONNECT_S: Final = 5.0


class Kind(IntEnum):
    """Messages that are used here."""

    INIT = 1
    ERROR = 2
    READER_ADD = 3
    READER_REMOVE = 4
    ATR = 5
    CARD_REMOVE = 6
    APDU = 7


class Message(NamedTuple):
    """One message; ``kind`` stays a number, for the machine may know more of them."""

    kind: int
    reader: int
    body: bytes


class VscardError(Exception):
    """The other side does not speak the protocol."""


def frame(message: Message) -> bytes:
    """Its bytes."""
    return _HEAD.pack(message.kind, message.reader, len(message.body)) + message.body


def hello() -> Message:
    """The first message: magic, version, no special capabilities."""
    return Message(Kind.INIT, _UNDEFINED_READER, _MAGIC + struct.pack(">II", _VERSION, 0))


@dataclass(slots=True)
class Stream:
    """Bytes in pieces of any size in, whole messages out; raises :class:`VscardError` for one that is too long."""

    _rest: bytes = field(default=b"", repr=False)

    def feed(self, data: bytes) -> list[Message]:
        """Take the next bytes."""
        self._rest += data
        found = []
        while len(self._rest) >= _HEAD.size:
            kind, reader, length = _HEAD.unpack_from(self._rest)
            if length > _LONGEST:
                raise VscardError(f"a message of {length} bytes")
            end = _HEAD.size + length
            if len(self._rest) < end:
                break
            found.append(Message(kind, reader, self._rest[_HEAD.size : end]))
            self._rest = self._rest[end:]
        return found


class UsbCard:
    """One card on a line to a machine's reader; ``answer`` may answer in its place, or nothing: dead in mid-command."""

    def __init__(self, card: Card, port: int) -> None:
        self.card = card
        self.commands = 0
        self.answer: Callable[[bytes], bytes | None] | None = None
        self._port: Final = port
        self._reader: int | None = None
        self._line: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._lock: Final = threading.Lock()

    def insert(self) -> None:
        """Connect and put the card in; raises ``OSError`` when no machine listens."""
        self.card.reset()
        self._reader = None
        self._line = socket.create_connection(("127.0.0.1", self._port), timeout=_CONNECT_S)
        self._line.settimeout(None)
        self._line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._thread = threading.Thread(target=self._serve, args=(self._line,), daemon=True)
        self._thread.start()
        self._send(hello())

    def swap(self, card: Card) -> None:
        """This card out and another in at once, as fast as the machine takes it."""
        self._tell(Kind.CARD_REMOVE)
        self.card = card
        card.reset()
        self._tell(Kind.ATR, ATR)

    def pull(self) -> None:
        """Hang up."""
        line, self._line = self._line, None
        if line is not None:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(_CONNECT_S)
        self._thread = None

    def _serve(self, line: socket.socket) -> None:
        stream = Stream()
        with contextlib.suppress(OSError):
            while data := line.recv(65_536):
                for message in stream.feed(data):
                    self._hear(message)

    def _hear(self, message: Message) -> None:
        if message.kind == Kind.INIT:
            self._send(Message(Kind.READER_ADD, _UNDEFINED_READER, b"phonghop"))
        elif message.kind == Kind.ERROR and not any(message.body):
            # "No error" answers everything; the first is for the reader, and only now is there a place for a card.
            if self._reader is None:
                self._reader = message.reader
                self._tell(Kind.ATR, ATR)
        elif message.kind == Kind.APDU:
            self.commands += 1
            answer = self.card.transmit(message.body) if self.answer is None else self._instead(message.body)
            if answer:
                self._tell(Kind.APDU, answer)

    def _instead(self, apdu: bytes) -> bytes:
        found = None if self.answer is None else self.answer(apdu)
        return self.card.transmit(apdu) if found is None else found

    def _tell(self, kind: Kind, body: bytes = b"") -> None:
        self._send(Message(kind, self._reader or 0, body))

    def _send(self, message: Message) -> None:
        line = self._line
        if line is not None:
            with self._lock, contextlib.suppress(OSError):
                line.sendall(frame(message))
