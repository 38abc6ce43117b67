"""A card put into a reader of ``vpcd``, pulled out again, and made to fail.

Rules: vpcd listens, the card connects; each message is two bytes of length and a body, and a body of one byte is power
or reset. vpcd writes a length and its body apart, which Nagle and delayed acknowledgement turn into 48 ms a command:
``TCP_QUICKACK`` is set before every read. What a test wants to go wrong is in :class:`Faults`, read at each command.

Usage::

    inserted = Inserted(card, port)
    inserted.insert()
    inserted.pull()
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from deploy.softtoken.card import Card, atr

_OFF, _ON, _RESET, _ATR = 0, 1, 2, 4
_AUTHENTICATE: Final = 0x87
_CHAINED: Final = 0x10
_CONNECT_S: Final = 5.0


@dataclass
class Faults:
    """What goes wrong from now on.

    ``die_at``: the instruction in whose middle the card is gone. ``garble``: changes every answer that holds a
    signature. ``answer``: answers in the card's place (None: the card does). ``delay_s``: how long a signature takes.
    """

    die_at: int | None = None
    garble: Callable[[bytes], bytes] | None = None
    answer: Callable[[bytes], bytes | None] | None = None
    delay_s: float = 0.0


class Inserted:
    """One card and one reader's port; in and out as often as wanted, by one thread."""

    def __init__(self, card: Card, port: int, *, answer_to_reset: bytes | None = None) -> None:
        self.card = card
        self.faults = Faults()
        self.commands = 0
        self._atr: Final = answer_to_reset or atr()
        self._port: Final = port
        self._line: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._pulled: Final = threading.Event()

    @property
    def is_in(self) -> bool:
        """Whether it is in the reader and answers."""
        return self._thread is not None and self._thread.is_alive()

    def insert(self) -> None:
        """Put it in; raises ``OSError`` when no reader is there."""
        if self.is_in:
            return
        self.pull()
        self.card.reset()
        self._pulled.clear()
        self._line = socket.create_connection(("127.0.0.1", self._port), timeout=_CONNECT_S)
        self._line.settimeout(None)
        self._line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._thread = threading.Thread(target=self._answer_until_out, args=(self._line,), daemon=True)
        self._thread.start()

    def pull(self) -> None:
        """Pull it out, in the middle of whatever it does."""
        self._pulled.set()
        if self._line is not None:
            with contextlib.suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)
            self._line.close()
            self._line = None
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(_CONNECT_S)
        self._thread = None

    def _answer_until_out(self, line: socket.socket) -> None:
        with contextlib.suppress(OSError, EOFError):
            while True:
                body = _read(line, int.from_bytes(_read(line, 2), "big"))
                answer = self._control(body[0]) if len(body) == 1 else self._command(body)
                if answer is None:
                    continue
                if not answer:
                    break
                line.sendall(len(answer).to_bytes(2, "big") + answer)
        with contextlib.suppress(OSError):
            line.close()

    def _control(self, what: int) -> bytes | None:
        if what == _ATR:
            return self._atr
        self.card.reset()
        return None

    def _command(self, apdu: bytes) -> bytes:
        """The answer; nothing when the card is to die here."""
        self.commands += 1
        ins = apdu[1] if len(apdu) > 1 else 0
        if ins == self.faults.die_at:
            return b""
        signs = ins == _AUTHENTICATE and not apdu[0] & _CHAINED
        if signs and self.faults.delay_s and self._pulled.wait(self.faults.delay_s):
            return b""
        if self.faults.answer is not None:
            instead = self.faults.answer(apdu)
            if instead is not None:
                return instead
        answer = self.card.transmit(apdu)
        return self.faults.garble(answer) if signs and self.faults.garble is not None else answer


def _read(line: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        piece = line.recv(size - len(data))
        if not piece:
            raise EOFError
        data += piece
    return data
