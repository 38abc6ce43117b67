"""PC/SC: the only file that imports pyscard, and of it only the functions of ``smartcard.scard`` (2.0.5 and 2.3.1).

Rules: a card is taken exclusively and its handle is held as long as the session lasts; on every way out the card is
reset, because the PIN's state belongs to the card and not to the program. A handle that saw a removal, a reset or a
restart of the service never revives: connect again. pyscard's own ``CardMonitor`` and ``CardConnection`` are not used:
the first hides swaps, loops without end at 16 readers and dies with the service; the second disconnects when it is
collected, which resets whoever holds the card by then.

Usage::

    with Context.open() as context:
        with context.connect("Reader 00 00") as handle:
            handle.transmit(bytearray.fromhex("00a4040009a00000030800001000"))
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Final, NamedTuple, Self

from smartcard import scard

from edge.card.apdu import for_t0
from edge.card.errors import (
    AccessDenied,
    CardAbsent,
    CardMute,
    CardRemoved,
    CardReset,
    CardShared,
    ReaderDead,
    ReaderError,
    ReaderGone,
    ServiceAbsent,
    WaitCancelled,
)

#: pcsc-lite's name for "tell me when a reader comes"; its upper half counts the readers known.
PNP: Final = "\\\\?PnP?\\Notification"
#: pcsc-lite takes no more in one wait (PCSCLITE_MAX_READERS_CONTEXTS).
MAX_WAITED: Final = 16
_MASK: Final = 0xFFFF_FFFF
_NO_READERS: Final = {scard.SCARD_E_NO_READERS_AVAILABLE & _MASK}
_TIMEOUT: Final = scard.SCARD_E_TIMEOUT & _MASK

_ERRORS: Final[dict[int, type[ReaderError]]] = {
    number & _MASK: kind
    for number, kind in {
        scard.SCARD_E_NO_SERVICE: ServiceAbsent,
        scard.SCARD_E_SERVICE_STOPPED: ServiceAbsent,
        # What an old context or handle is after the service was started again.
        scard.SCARD_E_INVALID_HANDLE: ServiceAbsent,
        scard.SCARD_F_COMM_ERROR: ServiceAbsent,
        scard.SCARD_W_SECURITY_VIOLATION: AccessDenied,
        scard.SCARD_E_NO_ACCESS: AccessDenied,
        scard.SCARD_E_UNKNOWN_READER: ReaderGone,
        scard.SCARD_E_READER_UNAVAILABLE: ReaderGone,
        scard.SCARD_E_NO_READERS_AVAILABLE: ReaderGone,
        scard.SCARD_E_NO_SMARTCARD: CardAbsent,
        scard.SCARD_W_REMOVED_CARD: CardRemoved,
        scard.SCARD_W_UNRESPONSIVE_CARD: CardMute,
        scard.SCARD_W_UNPOWERED_CARD: CardMute,
        scard.SCARD_W_UNSUPPORTED_CARD: CardMute,
        scard.SCARD_E_PROTO_MISMATCH: CardMute,
        scard.SCARD_E_SHARING_VIOLATION: CardShared,
        scard.SCARD_W_RESET_CARD: CardReset,
        scard.SCARD_E_CANCELLED: WaitCancelled,
    }.items()
}


class ReaderState(NamedTuple):
    """A reader as one wait left it. ``flags``: SCARD_STATE_* below, the count of ins and outs in the upper 16 bits."""

    reader: str
    flags: int
    atr: bytes = b""


class Context:
    """A connection to the service, for one thread; only :meth:`cancel` may be called from another."""

    def __init__(self, number: int) -> None:
        self._number: Final = number
        self._open = True
        self._lock: Final = threading.Lock()

    @classmethod
    def open(cls) -> Context:
        """Connect to the service; raises ServiceAbsent, AccessDenied."""
        result, number = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
        _check(result)
        return cls(number)

    def readers(self) -> tuple[str, ...]:
        """The names of the readers; never a key for anything: they change with the USB port. Raises ReaderGone."""
        try:
            result, names = scard.SCardListReaders(self._number, [])
        except (SystemError, UnicodeDecodeError) as exc:
            # The service gives bytes that are no name while a reader goes, and pyscard reads them as one.
            raise ReaderGone from exc
        if result & _MASK in _NO_READERS:
            return ()
        _check(result)
        return tuple(names)

    def wait(self, known: Sequence[ReaderState], *, timeout_ms: int) -> tuple[ReaderState, ...] | None:
        """Wait until a reader differs from ``known``; None when none did in time. Raises WaitCancelled, others."""
        asked = [(state.reader, state.flags) for state in known]
        result, states = scard.SCardGetStatusChange(self._number, timeout_ms, asked)
        if result & _MASK == _TIMEOUT:
            return None
        _check(result)
        return tuple(ReaderState(reader, flags & _MASK, bytes(atr)) for reader, flags, atr in states)

    def cancel(self) -> None:
        """End a wait in another thread. One that has not begun is not ended: call until the thread is gone."""
        with self._lock:
            if self._open:
                scard.SCardCancel(self._number)

    def connect(self, reader: str) -> Handle:
        """Take the card in ``reader`` for this program alone; raises CardShared, CardAbsent, CardMute, ReaderGone."""
        protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        result, number, protocol = scard.SCardConnect(self._number, reader, scard.SCARD_SHARE_EXCLUSIVE, protocols)
        _check(result)
        return Handle(number, protocol, reader)

    def reset_card(self, reader: str) -> None:
        """Make the card in ``reader`` forget what was verified, after others spoke to it; never raises."""
        protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        result, number, _ = scard.SCardConnect(self._number, reader, scard.SCARD_SHARE_SHARED, protocols)
        if result == 0:
            scard.SCardDisconnect(number, scard.SCARD_RESET_CARD)

    def close(self) -> None:
        """Let go; never raises."""
        with self._lock:
            if self._open:
                self._open = False
                scard.SCardReleaseContext(self._number)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Handle:
    """One card, held exclusively. Made by :meth:`Context.connect`."""

    def __init__(self, number: int, protocol: int, reader: str) -> None:
        self.reader: Final = reader
        self._number: Final = number
        self._protocol: Final = protocol
        self._open = True

    def transmit(self, apdu: bytearray) -> bytes:
        """Carry one APDU; raises a :class:`ReaderError`. The copy made for the driver is overwritten."""
        if not self._open:
            raise CardRemoved("this handle was closed")
        is_t0 = self._protocol == scard.SCARD_PROTOCOL_T0
        numbers = list(for_t0(apdu) if is_t0 else apdu)
        try:
            result, answer = scard.SCardTransmit(self._number, self._protocol, numbers)
        finally:
            numbers[:] = [0] * len(numbers)
        if result & _MASK in _ERRORS:
            _check(result)
        # A card that leaves in the middle of a command gives success without an answer, or "not transacted".
        if result != 0 or len(answer) < 2:
            raise self._why_silent(result)
        return bytes(answer)

    def _why_silent(self, result: int) -> ReaderError:
        status, *_ = scard.SCardStatus(self._number)
        kind = _ERRORS.get(status & _MASK)
        if kind is not None and kind is not CardMute:
            return kind(f"{status & _MASK:#010x}")
        return CardMute(f"no answer, {result & _MASK:#010x}")

    def is_alive(self) -> bool:
        """Whether the service still counts this card as the one connected to."""
        return self._open and scard.SCardStatus(self._number)[0] == 0

    def close(self) -> None:
        """Reset the card, so that nobody finds it with the PIN given, and let go; never raises."""
        if self._open:
            self._open = False
            scard.SCardDisconnect(self._number, scard.SCARD_RESET_CARD)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _check(result: int) -> None:
    number = result & _MASK
    if number:
        raise _ERRORS.get(number, ReaderDead)(f"{number:#010x}", result=f"{number:#010x}")
