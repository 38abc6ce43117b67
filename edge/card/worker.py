"""The one thread that speaks with tokens, between the monitor's events and the seat's queue.

Rules: one token at a time is held, exclusively, for as long as it is in and wanted; whatever happens, the handle is
closed, which resets the card. A token that is held is looked at often, so that one that was pulled out, swapped
or reset by somebody else is noticed although no event came. Removal is told from the monitor's thread at once: it never
waits behind a card that is signing. A PIN is given once and is zeros afterwards, also when it was never sent; it is in
no log and no event. What cannot be foreseen in a driver ends one order, never the thread.

Usage::

    worker = CardWorker(put, is_ours=lambda name: True)
    worker.start()
    worker.open(reader, count); worker.sign(order); worker.release(reader, count)
    worker.stop()
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from edge.card.algorithms import Digest
from edge.card.certificate import Purpose, TokenCertificate
from edge.card.errors import CardError, CardRemoved, CardReset, PinError, ReaderError
from edge.card.monitor import Monitor
from edge.card.opening import open_token
from edge.card.pcsc import Context
from edge.card.pin import wiped
from edge.card.token import Token, certificate_for
from edge.card.watchdog import Watchdog
from edge.card.watching import CardEvent, CardIn, CardOut, ReadersChanged, ServiceBack, ServiceGone
from edge.events import (
    CardCame,
    CardFailed,
    CardOpened,
    CardsWatched,
    CardWent,
    Event,
    PinRight,
    TokenRefused,
    TokenSigned,
)
from edge.model import SignsWith, TokenSeen
from edge.ports import SignOrder

#: How often a held token is looked at. pcscd was seen to miss a removal from a USB port altogether, and the seat has
#: half a second to lock (I2).
LOOK_S: Final = 0.4
_STOP_S: Final = 5.0
_LOG: Final = logging.getLogger("phonghop.card")

Open = Callable[[Context, str], Token]


@dataclass(frozen=True, slots=True)
class _Held:
    reader: str
    count: int
    token: Token
    context: Context


class CardWorker:
    """See :class:`edge.ports.CardDesk`. ``tell`` puts an event on the seat's queue, from any thread."""

    def __init__(
        self,
        tell: Callable[[Event], None],
        *,
        is_ours: Callable[[str], bool],
        modules: Sequence[Path] = (),
        watchdog: Watchdog | None = None,
        open_context: Callable[[], Context] = Context.open,
    ) -> None:
        self._tell: Final = tell
        self._watchdog: Final = watchdog
        self._is_ours: Final = is_ours
        self._modules: Final = tuple(modules)
        self._open_context: Final = open_context
        self._monitor: Final = Monitor(self._heard, open_context=open_context)
        self._orders: Final[queue.SimpleQueue[Callable[[], None] | None]] = queue.SimpleQueue()
        self._thread: Final = threading.Thread(target=self._run, name="card-worker", daemon=True)
        self._held: _Held | None = None

    def start(self) -> None:
        """Begin; what is in the readers already is told as coming in."""
        self._thread.start()
        self._monitor.start()
        if self._watchdog is not None:
            self._watchdog.start()

    def stop(self) -> None:
        """Let go of the token, end both threads; raises ``TimeoutError`` when a driver does not let go."""
        if self._watchdog is not None:
            self._watchdog.stop()
        self._orders.put(None)
        if self._thread.is_alive():
            self._thread.join(_STOP_S)
        self._monitor.stop(timeout_s=_STOP_S)

    # ---------------------------------------------------------- orders of the seat

    def open(self, reader: str, count: int) -> None:
        """Take what is in the reader; :class:`CardOpened` or :class:`CardFailed` follows."""
        self._orders.put(lambda: self._do_open(reader, count))

    def release(self, reader: str, count: int) -> None:
        """Let go; the card is reset."""
        self._orders.put(lambda: self._do_release(reader, count))

    def sign(self, order: SignOrder) -> None:
        """Give the PIN and sign; :class:`TokenSigned` or :class:`TokenRefused` follows. The PIN is wiped."""
        self._orders.put(lambda: self._do(order, _signed))

    def check(self, order: SignOrder) -> None:
        """Give the PIN and sign nothing; :class:`PinRight` or :class:`TokenRefused` follows. The PIN is wiped."""
        self._orders.put(lambda: self._do(order, _checked))

    # ---------------------------------------------------------- the monitor's thread

    def _heard(self, event: CardEvent) -> None:
        if self._watchdog is not None:
            self._watchdog.heard(event)
        match event:
            case CardIn(reader, count=count) if self._is_ours(reader):
                self._tell(CardCame(reader, count))
            case CardOut(reader, count) if self._is_ours(reader):
                self._tell(CardWent(reader, count))
            case ServiceGone(code):
                self._tell(CardsWatched(code))
            case ServiceBack() | ReadersChanged():
                self._tell(CardsWatched())
            case _:
                return

    # ---------------------------------------------------------- the worker's thread

    def _run(self) -> None:
        try:
            while True:
                try:
                    order = self._orders.get(timeout=LOOK_S)
                except queue.Empty:
                    order = self._look
                if order is None:
                    return
                self._guarded(order)
        finally:
            self._let_go()

    def _guarded(self, order: Callable[[], None]) -> None:
        try:
            order()
        except Exception as exc:  # noqa: BLE001 - a driver may raise anything; the thread must go on, the card be reset
            # Its kind alone: what a driver says of a command might hold the command.
            _LOG.error("a token could not be used: %s", type(exc).__name__)
            self._lost(CardError.code)

    def _do_open(self, reader: str, count: int) -> None:
        self._let_go()
        try:
            self._held = held = self._opened(reader, count)
            seen = _seen(held.token)
        except CardError as exc:
            _LOG.info("%s: %s", reader, exc.code)
            self._let_go()
            self._tell(CardFailed(reader, count, exc.code, exc.data))
            return
        self._say_held()
        self._tell(CardOpened(reader, count, seen))

    def _opened(self, reader: str, count: int) -> _Held:
        context = self._open_context()
        try:
            return _Held(reader, count, open_token(context, reader, modules=self._modules), context)
        except BaseException:
            context.close()
            raise

    def _do_release(self, reader: str, count: int) -> None:
        if self._held is not None and (self._held.reader, self._held.count) == (reader, count):
            self._let_go()

    def _do(self, order: SignOrder, what: Callable[[Token, SignOrder], TokenSigned | PinRight]) -> None:
        held, told = self._held, TokenRefused(order.request, CardRemoved.code)
        if held is not None and (held.reader, held.count) != (order.reader, order.count):
            held = None
        with wiped(order.pin):
            tried = None if held is None else self._tried(held, order, what)
        self._tell(tried or told)
        if isinstance(tried, TokenRefused) and tried.token is None:
            self._lost(tried.code)

    def _tried(
        self, held: _Held, order: SignOrder, what: Callable[[Token, SignOrder], TokenSigned | PinRight]
    ) -> TokenSigned | PinRight | TokenRefused:
        """What came of the one try. A refusal without ``token``: the card no longer answers."""
        try:
            return what(held.token, order)
        except CardError as exc:
            _LOG.info("%s: %s", held.reader, exc.code)
            taken = not isinstance(exc, PinError)
            return TokenRefused(order.request, exc.code, exc.data, self._still_there(held, exc), verified=taken)

    @staticmethod
    def _still_there(held: _Held, exc: CardError) -> TokenSeen | None:
        """What the card says of its PIN after an error."""
        if isinstance(exc, ReaderError):
            return None
        try:
            return _seen(held.token)
        except CardError:
            return None

    def _look(self) -> None:
        if self._held is not None and not self._held.token.is_alive():
            self._lost(CardReset.code)

    def _lost(self, code: str) -> None:
        held = self._held
        self._let_go()
        if held is not None:
            self._tell(CardFailed(held.reader, held.count, code))

    def _say_held(self) -> None:
        if self._watchdog is not None:
            self._watchdog.holds(in_use=self._held is not None)

    def _let_go(self) -> None:
        held, self._held = self._held, None
        self._say_held()
        if held is not None:
            held.token.close()
            held.context.close()


def _checked(token: Token, order: SignOrder) -> PinRight:
    _certificate(token, order)
    token.verify_pin(order.pin, last_try_ok=order.last_try_ok)
    return PinRight(order.request, _seen(token))


def _certificate(token: Token, order: SignOrder) -> TokenCertificate:
    certificate = certificate_for(token.certificates, order.purpose)
    if certificate.sha256 != order.fingerprint:
        raise CardReset("another certificate than the one that was shown")
    return certificate


def _signed(token: Token, order: SignOrder) -> TokenSigned:
    certificate = _certificate(token, order)
    digest = Digest.of(certificate.key.usual_hash, order.message)
    signature = token.sign(order.purpose, digest, pin=order.pin, last_try_ok=order.last_try_ok)
    data = None if order.build is None else order.build(certificate.der, signature)
    return TokenSigned(order.request, _seen(token), data)


def _seen(token: Token) -> TokenSeen:
    certificate, state, rule = certificate_for(token.certificates, Purpose.LOGIN), token.pin_state(), token.pin_rule
    return TokenSeen(
        certificate=certificate.der,
        fingerprint=certificate.sha256,
        name=certificate.common_name,
        shortest=rule.shortest,
        longest=rule.longest,
        tries_left=state.tries_left,
        is_low=state.is_low,
        is_last=state.is_last,
        is_blocked=state.is_blocked,
        signs=_signs(token),
    )


def _signs(token: Token) -> SignsWith | None:
    """What it signs documents with; a token without serves for signing in all the same."""
    found = token.certificates.get(Purpose.DOCUMENT)
    if found is None:
        return None
    return SignsWith(found.der, found.sha256, found.common_name, found.key.usual_hash.value)
