"""Questions of paired servers that wait for their person: who may ask what, and how far each is (G51).

Rules: a question is taken once, within its minute, from the origin it names, signed by the server that was paired under
that origin. A ticket is for the page that asked. A challenge that waits longer than its minute is renewed by its page;
what is read before it is signed stays as it was shown. Few wait at once; who asks too often is told to wait.

Usage::

    book = Asks(bridge, find=home.pairing, random=os.urandom)
    pending = book.take(message, origin=origin, now=now, at_s=at_s)
    book.of(ticket, origin=origin)              # raises TicketUnknown
"""

from __future__ import annotations

import base64
import datetime as dt
import enum
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from edge.bridge import kinds
from edge.bridge.errors import AskOver, AskStale, AskUsed, AskWrong, OriginUnknown, TicketUnknown, TooManyAsks
from edge.bridge.home import Pairing
from edge.bridge.papers import PaperFile
from wire.asking import Ask, Kind, is_fresh, open_ask
from wire.errors import WireError
from wire.proof import NONCE_BYTES

#: How far the clocks of PC and server may differ.
SLACK_S: Final = 30.0
MOST: Final = 24
MOST_WAITING: Final = 6
PER_MINUTE: Final = 40
_MINUTE_S: Final = 60.0
_TICKET_BYTES: Final = 24


class Phase(enum.StrEnum):
    """How far a question is. ``OVER``: nobody will answer it any more; ``code`` says why."""

    WAITING = "waiting"
    WORKING = "working"
    #: the card has taken the PIN; the page fetches the server's offer
    OFFER = "offer"
    DONE = "done"
    OVER = "over"


@dataclass(slots=True)
class Pending:
    """One question. ``nonce``: the bridge's own; ``certificate``: of the token that answered, or that is watched;
    ``taken_s``: when it came.
    """

    ticket: str = field(repr=False)
    ask: Ask
    pairing: Pairing
    nonce: bytes = field(repr=False)
    taken_s: float = 0.0
    phase: Phase = Phase.WAITING
    code: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    result: Mapping[str, Any] | None = field(default=None, repr=False)
    certificate: str = ""
    paper: PaperFile | None = None

    @property
    def is_open(self) -> bool:
        """Whether it may still be answered."""
        return self.phase in {Phase.WAITING, Phase.WORKING, Phase.OFFER}

    def is_stale(self, now: dt.datetime, at_s: float) -> bool:
        """Whether it has waited too long to be signed."""
        read_s = kinds.READ_S.get(self.ask.kind)
        return not is_fresh(self.ask, now, slack_s=0) if read_s is None else at_s - self.taken_s >= read_s

    def finish(self, result: Mapping[str, Any], *, certificate: str) -> None:
        """It is answered."""
        self.phase, self.result, self.certificate = Phase.DONE, result, certificate
        self._forget()

    def end(self, code: str) -> None:
        """Nobody will answer it; what is answered already stays so."""
        if self.is_open:
            self.phase, self.code = Phase.OVER, code
            self._forget()

    def _forget(self) -> None:
        if self.paper is not None:
            self.paper.close()
            self.paper = None


class Asks:
    """For one thread at a time; ``find`` gives the server that is paired under an origin."""

    def __init__(self, bridge: str, *, find: Callable[[str], Pairing | None], random: Callable[[int], bytes]) -> None:
        self._bridge: Final = bridge
        self._find: Final = find
        self._random: Final = random
        self._pending: Final[OrderedDict[str, Pending]] = OrderedDict()
        self._used: Final[dict[str, dt.datetime]] = {}
        self._taken_s: Final[deque[float]] = deque()

    def take(self, message: bytes, *, origin: str, now: dt.datetime, at_s: float) -> Pending:
        """A new question; raises OriginUnknown, AskWrong, AskStale, AskUsed, TooManyAsks."""
        self._count(at_s)
        ask, pairing = self._read(message, origin=origin, now=now)
        waiting = [one for one in self._pending.values() if one.is_open]
        if len(waiting) >= MOST_WAITING:
            raise TooManyAsks
        kinds.read(ask)
        self._use(ask, now)
        ticket = base64.urlsafe_b64encode(self._random(_TICKET_BYTES)).decode("ascii")
        made = Pending(ticket, ask, pairing, self._random(NONCE_BYTES), at_s)
        if ask.kind is Kind.WATCH:
            made.finish({}, certificate=str(ask.data.get("certificate", "")))
        self._pending[ticket] = made
        while len(self._pending) > MOST:
            self._drop_oldest()
        return made

    def renew(self, ticket: str, message: bytes, *, origin: str, now: dt.datetime, at_s: float) -> Pending:
        """The same challenge with a fresh minute; raises as :meth:`take`, and AskOver."""
        self._count(at_s)
        pending = self.of(ticket, origin=origin)
        ask, _ = self._read(message, origin=origin, now=now)
        if pending.phase is not Phase.WAITING:
            raise AskOver
        if ask.kind is not pending.ask.kind or ask.kind in kinds.READ_S:
            raise AskWrong("another kind, or one that stays as it was shown")
        if kinds.shown(ask) != kinds.shown(pending.ask):
            raise AskWrong("says something else than the one that is shown")
        self._use(ask, now)
        pending.ask = ask
        return pending

    def of(self, ticket: str, *, origin: str | None = None) -> Pending:
        """The question under a ticket; for the bridge's own page without ``origin``. Raises TicketUnknown."""
        found = self._pending.get(ticket)
        if found is None or (origin is not None and found.pairing.origin != origin):
            raise TicketUnknown
        return found

    def end_all(self, origin: str, code: str) -> None:
        """The server is no longer paired."""
        for pending in self._pending.values():
            if pending.pairing.origin == origin:
                pending.end(code)

    def _read(self, message: bytes, *, origin: str, now: dt.datetime) -> tuple[Ask, Pairing]:
        pairing = self._find(origin)
        if pairing is None:
            raise OriginUnknown
        try:
            ask = open_ask(message, verify=pairing.verify)
        except WireError as exc:
            raise AskWrong(str(exc)) from exc
        if (ask.bridge, ask.origin) != (self._bridge, origin):
            raise AskWrong("for another")
        if not is_fresh(ask, now, slack_s=SLACK_S):
            raise AskStale
        if ask.ask in self._used:
            raise AskUsed
        return ask, pairing

    def _use(self, ask: Ask, now: dt.datetime) -> None:
        over = [name for name, until in self._used.items() if (now - until).total_seconds() > 2 * SLACK_S]
        for name in over:
            del self._used[name]
        self._used[ask.ask] = ask.expires_at

    def _count(self, at_s: float) -> None:
        while self._taken_s and at_s - self._taken_s[0] >= _MINUTE_S:
            self._taken_s.popleft()
        if len(self._taken_s) >= PER_MINUTE:
            raise TooManyAsks
        self._taken_s.append(at_s)

    def _drop_oldest(self) -> None:
        over = (name for name, one in self._pending.items() if one.phase in {Phase.DONE, Phase.OVER})
        name = next(over, next(iter(self._pending)))
        self._pending.pop(name).end(AskOver.code)
