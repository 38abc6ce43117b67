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

import itertools
import queue
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from edge.bridge import cards as readers_of
from edge.bridge.asks import Asks, Pending, Phase
from edge.bridge.cards import Readers
from edge.bridge.errors import AskDeclined, AskOver, AskStale, AskWrong, OriginUnknown, TicketUnknown
from edge.bridge.home import Home, Pairing
from edge.bridge.signing import sign_in_data, sign_in_text
from edge.bridge.streams import Newest, Told
from edge.card.pin import wiped
from edge.clock import Clock
from edge.commands import OpenCard
from edge.errors import ServerRefused, Stopping
from edge.events import Event, TokenRefused, TokenSigned
from edge.model import CardSignature, TokenSeen
from edge.ports import CardDesk, SignOrder
from wire.asking import Kind, is_fresh

#: A card may take its time; nobody waits longer.
CARD_S: Final = 30.0

Answer = TokenSigned | TokenRefused


@dataclass(frozen=True, slots=True)
class _Work:
    """A question that the card is given."""

    pending: Pending
    order: SignOrder
    box: queue.SimpleQueue[Answer] = field(default_factory=queue.SimpleQueue)


class Desk:
    """For all threads; ``cards`` is set before anything is heard."""

    cards: CardDesk

    def __init__(self, home: Home, *, clock: Clock, random: Callable[[int], bytes]) -> None:
        self.home: Final = home
        self._clock: Final = clock
        self._asks: Final = Asks(home.key.device, find=home.pairing, random=random)
        self._newest: Final = Newest()
        self._readers = Readers()
        self._numbers: Final = itertools.count(1)
        self._work: _Work | None = None

    # ---------------------------------------------------------- the worker's threads

    def hear(self, event: Event) -> None:
        """Something about a reader, or the answer to an order."""
        with self._newest.changing():
            if isinstance(event, TokenSigned | TokenRefused):
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
                if pending.phase is Phase.WAITING:
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
            self.cards.sign(work.order)
            answer: Answer | None = None
            try:
                answer = work.box.get(timeout=CARD_S)
            except queue.Empty:
                # Whenever its turn comes: what is too short for a PIN is not sent, and costs no try.
                pin.clear()
            self._settle(work, answer)

    def _begin(self, ticket: str, pin: bytearray, *, last_try_ok: bool) -> _Work:
        with self._newest.changing():
            pending = self._asks.of(ticket)
            if pending.phase is not Phase.WAITING:
                raise AskOver
            if not is_fresh(pending.ask, self._clock.now(), slack_s=0):
                raise AskStale
            if self._work is not None:
                raise ServerRefused("bridge-token-busy")
            card, token = readers_of.usable(self._readers, last_try_ok=last_try_ok)
            order = SignOrder(
                request=next(self._numbers),
                reader=card.reader,
                count=card.count,
                fingerprint=token.fingerprint,
                message=_text(pending, token),
                pin=pin,
                last_try_ok=last_try_ok,
                build=CardSignature,
            )
            self._work = work = _Work(pending, order)
            pending.phase = Phase.WORKING
            return work

    def _settle(self, work: _Work, answer: Answer | None) -> None:
        pending, order = work.pending, work.order
        with self._newest.changing():
            self._work = None
            was_over = pending.phase is not Phase.WORKING
            if not was_over:
                pending.phase = Phase.WAITING
            if answer is not None:
                self._readers = readers_of.told(self._readers, order.reader, order.count, token=answer.token)
            if isinstance(answer, TokenSigned) and isinstance(answer.data, CardSignature) and not was_over:
                pending.finish(_result(pending, answer.data), certificate=order.fingerprint)
            # The card must not count the PIN as given for anything but this.
            self._readers, commands = readers_of.reset(self._readers, order.reader, order.count)
            self._do(commands)
        if answer is None:
            raise Stopping
        if isinstance(answer, TokenRefused):
            raise ServerRefused(answer.code, **answer.data)
        if was_over:
            raise AskOver

    def stop(self) -> None:
        """End all streams."""
        self._newest.stop()


def shown(pending: Pending) -> dict[str, Any]:
    """A question as the bridge's page shows it."""
    return {
        "kind": pending.ask.kind.value,
        "state": pending.phase.value,
        "code": pending.code,
        "data": dict(pending.data),
        "origin": pending.pairing.origin,
        "site": pending.pairing.name,
    }


def _paired(pairing: Pairing) -> dict[str, str]:
    return {"origin": pairing.origin, "name": pairing.name, "code": pairing.code}


def _text(pending: Pending, token: TokenSeen) -> bytes:
    if pending.ask.kind is not Kind.SIGN_IN:
        raise AskWrong(f"{pending.ask.kind} is not answered here")
    return sign_in_text(pending, certificate=token.fingerprint)


def _result(pending: Pending, signed: CardSignature) -> dict[str, Any]:
    return sign_in_data(pending, signed.certificate, signed.signature).to_value()


def _is_last(told: Told) -> bool:
    """Nothing more will be said: it is over, or its token is out, or it was no question about a token that stays."""
    return told["state"] == Phase.OVER.value or (told["state"] == Phase.DONE.value and not told["inside"])
