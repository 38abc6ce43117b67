"""The bridge's one desk: pages ask, the person answers on the bridge's own page, the card signs.

Rules G51–G54: everything that changes is changed under one lock; a card is never asked under it. A PIN is given for one
question, once, and is zeros afterwards; what the card says of it is told, nothing is tried again. When a page goes
away, its question ends; when a token goes out, its page is told at once.

Usage::

    desk = Desk(home, clock=SystemClock(), random=os.urandom)
    desk.cards = CardWorker(desk.hear, …)
    ticket = desk.ask(message, origin=origin)
    desk.give_pin(ticket, pin, last_try_ok=False)          # from the own page; raises an EdgeError
    for told in desk.stream(ticket, origin=origin): ...
"""

from __future__ import annotations

import base64
import itertools
import queue
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

from edge.bridge import cards as readers_of
from edge.bridge import kinds
from edge.bridge.asks import Asks, Pending, Phase
from edge.bridge.cards import Readers
from edge.bridge.errors import AskDeclined, AskOver, AskStale, AskWrong, OriginUnknown, TicketUnknown
from edge.bridge.home import Home, Pairing
from edge.bridge.papers import Offer, PaperAsk, hold
from edge.bridge.signing import result_of, signs_with, text_of
from edge.bridge.streams import Newest, Told
from edge.card.pin import wiped
from edge.clock import Clock
from edge.commands import OpenCard
from edge.errors import ServerRefused, Stopping
from edge.events import Event, PinRight, TokenRefused, TokenSigned
from edge.model import CardSignature, SignsWith
from edge.ports import CardDesk, SignOrder
from edge.signing.errors import NumberDiffers
from edge.signing.examine import ToSign, examine
from pages.model import Document
from wire import ids
from wire.asking import Kind

#: A card may take its time; nobody waits longer.
CARD_S: Final = 30.0
#: As long as the server may take to ask an issuer's services before it gives the lease.
OFFER_S: Final = 40.0

Answer = TokenSigned | TokenRefused | PinRight


@dataclass(frozen=True, slots=True)
class _Work:
    """A question that the card is given."""

    pending: Pending
    order: SignOrder
    signs: SignsWith
    #: None: the bridge ends, and nobody waits for the card or the page any more
    box: queue.SimpleQueue[Answer | None] = field(default_factory=queue.SimpleQueue)
    offers: queue.SimpleQueue[Offer | ServerRefused | None] = field(default_factory=queue.SimpleQueue)


class Desk:
    """For all threads; ``cards`` is set before anything is heard."""

    cards: CardDesk

    def __init__(self, home: Home, *, clock: Clock, random: Callable[[int], bytes]) -> None:
        self.home: Final = home
        self._clock: Final = clock
        self._random: Final = random
        self._asks: Final = Asks(home.key.device, find=home.pairing, random=random)
        self._newest: Final = Newest()
        self._readers = Readers()
        self._numbers: Final = itertools.count(1)
        self._work: _Work | None = None

    # ---------------------------------------------------------- the worker's threads

    def hear(self, event: Event) -> None:
        """Something about a reader, or the answer to an order."""
        with self._newest.changing():
            if isinstance(event, TokenSigned | TokenRefused | PinRight):
                if self._work is not None and self._work.order.request == event.request:
                    self._work.box.put(event)
                return
            self._readers, commands = readers_of.hear(self._readers, event)
            self._do(commands)

    def _do(self, commands: tuple[readers_of.Command, ...]) -> None:
        for command in commands:
            if isinstance(command, OpenCard):
                self.cards.open(command.reader, command.count)
            else:
                self.cards.release(command.reader, command.count)

    # ---------------------------------------------------------- pages of paired servers

    def ask(self, message: bytes, *, origin: str) -> str:
        """A question; its ticket. Raises what ``Asks.take`` does."""
        with self._newest.changing():
            now, at_s = self._clock.now(), self._clock.monotonic_s()
            return self._asks.take(message, origin=origin, now=now, at_s=at_s).ticket

    def renew(self, ticket: str, message: bytes, *, origin: str) -> None:
        """A fresh minute for a question that waits; raises what ``Asks.renew`` does."""
        with self._newest.changing():
            now, at_s = self._clock.now(), self._clock.monotonic_s()
            self._asks.renew(ticket, message, origin=origin, now=now, at_s=at_s)

    def withdraw(self, ticket: str, *, origin: str) -> None:
        """The page no longer wants an answer; raises TicketUnknown."""
        with self._newest.changing():
            self._asks.of(ticket, origin=origin).end(AskOver.code)

    def stream(self, ticket: str, *, origin: str) -> Iterator[Told | None]:
        """How far the question is, or whether a watched token is in; raises TicketUnknown, TooManyScreens."""
        with self._newest.reading():
            pending = self._asks.of(ticket, origin=origin)

        def left() -> None:
            # Nobody is there to take the answer.
            with self._newest.changing():
                if pending.phase in {Phase.WAITING, Phase.OFFER}:
                    pending.end(AskOver.code)

        return self._newest.stream(lambda: self._told(pending), is_last=_is_last, left=left)

    def _told(self, pending: Pending) -> Told:
        watches = pending.phase is Phase.DONE and pending.ask.kind is Kind.WATCH
        return {
            "state": pending.phase.value,
            "code": pending.code,
            "data": dict(pending.data),
            "result": None if pending.result is None else dict(pending.result),
            "inside": readers_of.is_in(self._readers, pending.certificate) if watches else None,
        }

    # ---------------------------------------------------------- the person's own page

    def own(self, ticket: str) -> Told:
        """All that the bridge's page shows; ``ticket`` is the question it was opened for, or empty."""
        with self._newest.reading():
            try:
                pending = self._asks.of(ticket) if ticket else None
            except TicketUnknown:
                pending = None
            return {
                "token": readers_of.section(self._readers, working=self._work is not None),
                "ask": None if pending is None else shown(pending),
                "unknown": bool(ticket) and pending is None,
                "pairings": [_paired(one) for one in self.home.pairings()],
            }

    def own_stream(self, ticket: str) -> Iterator[Told | None]:
        """The same, now and at every change; raises TooManyScreens."""
        return self._newest.stream(lambda: self.own(ticket), is_last=lambda _: False, left=lambda: None)

    def decline(self, ticket: str) -> None:
        """The person says no; raises TicketUnknown."""
        with self._newest.changing():
            self._asks.of(ticket).end(AskDeclined.code)

    def pair(self, pairing: Pairing) -> None:
        """The person has compared the figures; raises PairingWrong."""
        with self._newest.changing():
            self.home.pair(pairing)

    def unpair(self, origin: str) -> None:
        """Forget a server; what it asks is over. Raises PairingUnknown."""
        with self._newest.changing():
            self.home.unpair(origin)
            self._asks.end_all(origin, OriginUnknown.code)

    def give_pin(self, ticket: str, pin: bytearray, *, last_try_ok: bool) -> None:
        """Have the card sign what waits; the PIN is wiped.

        Raises TicketUnknown, AskOver, AskStale, TokenBusy, and what the card says.
        """
        with wiped(pin):
            work = self._begin(ticket, pin, last_try_ok=last_try_ok)
            extra: dict[str, Any] = {}
            answer: Answer | None = None
            try:
                if work.pending.ask.kind is Kind.PAPER:
                    work, extra = self._paper(work, pin)
                self.cards.sign(work.order)
                answer = self._hear_card(work, pin)
            finally:
                self._settle(work, answer, extra)
            if isinstance(answer, TokenRefused):
                raise ServerRefused(answer.code, **answer.data)
            if work.pending.phase is not Phase.DONE:
                raise AskOver

    @staticmethod
    def _hear_card(work: _Work, pin: bytearray) -> Answer:
        try:
            answer = work.box.get(timeout=CARD_S)
        except queue.Empty:
            answer = None
        if answer is None:
            # Whenever its turn comes: what is too short for a PIN is not sent, and costs no try.
            pin.clear()
            raise Stopping
        return answer

    def _paper(self, work: _Work, pin: bytearray) -> tuple[_Work, dict[str, Any]]:
        """PIN first, lease second (G40): the card takes the PIN, the page fetches the offer, it is examined."""
        pending, copy = work.pending, bytearray(pin)
        with wiped(copy):
            self.cards.check(replace(work.order, pin=copy))
            answer = self._hear_card(work, copy)
        if isinstance(answer, TokenRefused):
            self._told_by(work, answer)
            raise ServerRefused(answer.code, **answer.data)
        with self._newest.changing():
            if pending.phase is not Phase.WORKING:
                raise AskOver
            pending.phase, pending.data = Phase.OFFER, {"certificate": work.order.fingerprint}
        try:
            offer = work.offers.get(timeout=OFFER_S)
        except queue.Empty:
            offer = None
        if offer is None:
            raise Stopping
        if isinstance(offer, ServerRefused):
            raise offer
        with self._newest.changing():
            if pending.phase is not Phase.OFFER or pending.paper is None:
                raise AskOver
            whole, pending.phase = pending.paper.whole, Phase.WORKING
        to_sign = self._examined(work, whole, offer)
        order = replace(work.order, request=next(self._numbers), message=to_sign.message)
        with self._newest.changing():
            self._work = again = _Work(pending, order, work.signs)
        return again, {"fence": offer.fence}

    def _examined(self, work: _Work, whole: bytes, offer: Offer) -> ToSign:
        asked, signs = PaperAsk.read(work.pending.ask), work.signs
        written = {} if asked.number is None else dict(asked.number.written)
        try:
            return examine(
                whole,
                offer.offered(whole),
                certificate=signs.certificate,
                digest=signs.digest,
                mark=asked.mark,
                written=written,
            )
        except NumberDiffers as exc:
            # The number of this question has gone to another paper: only a new question can name the next one.
            with self._newest.changing():
                work.pending.end(exc.code)
            raise

    def take_offer(self, ticket: str, offer: Offer | ServerRefused, *, origin: str) -> None:
        """What the server gave, or why it did not; raises TicketUnknown, AskOver."""
        with self._newest.reading():
            pending = self._asks.of(ticket, origin=origin)
            if pending.phase is not Phase.OFFER or self._work is None or self._work.pending is not pending:
                raise AskOver
            self._work.offers.put(offer)

    def take_file(self, ticket: str, whole: bytes, *, origin: str) -> None:
        """The paper of a question; raises TicketUnknown, AskOver, AskWrong, FileDiffers."""
        with self._newest.changing():
            pending = self._asks.of(ticket, origin=origin)
            if pending.ask.kind is not Kind.PAPER or pending.phase is not Phase.WAITING or pending.paper is not None:
                raise AskOver
            pending.paper = hold(whole, PaperAsk.read(pending.ask), random=self._random(ids.RANDOM_BYTES))

    def paper(self, ticket: str) -> Document:
        """What may be drawn; raises TicketUnknown, AskOver."""
        with self._newest.reading():
            pending = self._asks.of(ticket)
            if pending.paper is None:
                raise AskOver
            return pending.paper.document

    def _begin(self, ticket: str, pin: bytearray, *, last_try_ok: bool) -> _Work:
        with self._newest.changing():
            pending = self._asks.of(ticket)
            if pending.phase is not Phase.WAITING:
                raise AskOver
            if pending.is_stale(self._clock.now(), self._clock.monotonic_s()):
                raise AskStale
            if self._work is not None:
                raise ServerRefused("bridge-token-busy")
            card, token = readers_of.usable(self._readers, last_try_ok=last_try_ok)
            if pending.ask.kind is Kind.PAPER and pending.paper is None:
                # Nothing is signed that has not been shown.
                raise AskWrong("no paper yet")
            signs = signs_with(pending, token)
            order = SignOrder(
                request=next(self._numbers),
                reader=card.reader,
                count=card.count,
                fingerprint=signs.fingerprint,
                message=b"" if pending.ask.kind is Kind.PAPER else text_of(pending, signs),
                pin=pin,
                last_try_ok=last_try_ok,
                build=CardSignature,
                purpose=kinds.purpose(pending.ask),
            )
            self._work = work = _Work(pending, order, signs)
            pending.phase = Phase.WORKING
            return work

    def _settle(self, work: _Work, answer: Answer | None, extra: dict[str, Any]) -> None:
        pending, order = work.pending, work.order
        with self._newest.changing():
            self._work = None
            if pending.phase in {Phase.WORKING, Phase.OFFER}:
                pending.phase, pending.data = Phase.WAITING, {}
                if isinstance(answer, TokenSigned) and isinstance(answer.data, CardSignature):
                    pending.finish(_result(pending, answer.data, extra), certificate=order.fingerprint)
            if answer is not None:
                self._readers = readers_of.told(self._readers, order.reader, order.count, token=answer.token)
            # The card must not count the PIN as given for anything but this.
            self._readers, commands = readers_of.reset(self._readers, order.reader, order.count)
            self._do(commands)

    def _told_by(self, work: _Work, answer: TokenRefused) -> None:
        with self._newest.changing():
            order = work.order
            self._readers = readers_of.told(self._readers, order.reader, order.count, token=answer.token)

    def stop(self) -> None:
        """End all streams, and the wait of whoever has typed a PIN; raises Stopping there."""
        with self._newest.changing():
            if self._work is not None:
                self._work.box.put(None)
                self._work.offers.put(None)
        self._newest.stop()


def shown(pending: Pending) -> dict[str, Any]:
    """A question as the bridge's page shows it."""
    return {
        **kinds.shown(pending.ask),
        "ready": pending.ask.kind is not Kind.PAPER or pending.paper is not None,
        "kind": pending.ask.kind.value,
        "state": pending.phase.value,
        "code": pending.code,
        "data": dict(pending.data),
        "origin": pending.pairing.origin,
        "site": pending.pairing.name,
    }


def _paired(pairing: Pairing) -> dict[str, str]:
    return {"origin": pairing.origin, "name": pairing.name, "code": pairing.code}


def _result(pending: Pending, signed: CardSignature, extra: dict[str, Any]) -> dict[str, Any]:
    if pending.ask.kind is Kind.PAPER:
        return {"signature": base64.b64encode(signed.signature).decode("ascii"), **extra}
    return result_of(pending, signed)


def _is_last(told: Told) -> bool:
    """Nothing more will be said: it is over, or its token is out, or it was no question about a token that stays."""
    return told["state"] == Phase.OVER.value or (told["state"] == Phase.DONE.value and not told["inside"])
