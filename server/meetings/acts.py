"""Acts of the seats: what a person asks for where they sit (W28).

Rules: an act is performed once and its outcome kept, refusals too, so that a seat which asks again after a power cut
gets the same answer; only what may succeed later (the database is away) is raised instead. Whoever acts has signed in
at that very seat; the password of ``sign_in`` is checked, each time that it is sent, and forgotten, and so is the code
of a second factor, the first time. A ``sign_in`` with a token (W56) is told apart by its ``method`` and leads to the
same event. At a place under maintenance only who sits there already is let in again (W189).

Usage::

    outcome = acts.perform(act, device="d-…", seat="s-…", now=now)     # Outcome("done", data={"seq": 12})
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from server.errors import ServerError, Unavailable
from server.idempotency.ports import ActLedger, ActTaken, DoneAct
from server.idempotency.service import ActKey, answered
from server.identity.sign_ins import Means
from server.meetings import model
from server.meetings.commands import (
    By,
    CallBack,
    Command,
    HandPresenting,
    LeaveSeat,
    Present,
    ShowOnDisplay,
    StartItem,
    Step,
    StopPresenting,
    TakeSeat,
)
from server.meetings.errors import KeptFree, NoSuchMeeting, NotAMember, NotSignedInHere, UnknownAct
from server.meetings.model import Draft, Log
from server.meetings.ports import Also, Outcome, People, SeatAct, Seated, Tokens
from server.meetings.service import MeetingService
from server.unit import UnitOfWork
from wire.errors import WireError
from wire.feedback import SEND
from wire.fields import Fields
from wire.ids import MeetingId
from wire.messages import Act
from wire.phases import Change
from wire.proof import TokenData
from wire.secret import Secret
from wire.state import DisplayMode
from wire.topics import MAX_VERSION

_LOG: Final = logging.getLogger("meetings")
_SECRETS: Final = frozenset({"password", "code"})
_CODE_LIMIT: Final = 64
#: Of no meeting: whoever stayed to the close is heard after it, when their seat was away (W146).
_TAKEN_LATE: Final = frozenset({SEND})


def _present(data: Fields) -> Command:
    return Present(data.id("paper", "p"), data.number("page", low=1), data.number("version", low=1, high=MAX_VERSION))


def _display(data: Fields) -> Command:
    mode = DisplayMode(data.choice("mode", frozenset(DisplayMode)))
    return ShowOnDisplay(mode, data.text("text", limit=500, empty=True))


#: kind of act → how its data is read. ``sign_in`` is apart: it carries a password or a signature, and no person.
READERS: Final[Mapping[str, Callable[[Fields], Command]]] = {
    "sign_out": lambda _: LeaveSeat(),
    "present": _present,
    "present_call": lambda _: CallBack(),
    "present_hand": lambda data: HandPresenting(data.id("person", "u") if data.has("person") else None),
    "present_stop": lambda _: StopPresenting(),
    "item_start": lambda data: StartItem(data.id("item", "i")),
    "meeting_open": lambda _: Step(Change.OPEN),
    "meeting_recess": lambda _: Step(Change.RECESS),
    "meeting_resume": lambda _: Step(Change.RESUME),
    "meeting_close": lambda _: Step(Change.CLOSE),
    "display": _display,
}


class SeatActs:
    """The ``ActHandler`` that seats' acts come to."""

    def __init__(
        self,
        unit: UnitOfWork,
        meetings: MeetingService,
        *,
        people: People,
        ledger: ActLedger,
        tokens: Tokens,
        others: Mapping[str, SeatAct] = MappingProxyType({}),
        is_kept: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._unit: Final = unit
        self._meetings: Final = meetings
        self._people: Final = people
        self._tokens: Final = tokens
        self._ledger: Final = ledger
        #: kinds of acts that other features perform
        self._others: Final = others
        #: whether a device is under maintenance
        self._is_kept: Final = is_kept

    def perform(self, act: Act, *, device: str, seat: str, now: dt.datetime) -> Outcome:
        """Perform ``act`` once; see the port. Raises Unavailable, or what the database raises when it is away."""
        key = key_of(act, device)
        try:
            with self._unit.read() as tx:
                known = answered(self._ledger, tx, key)
            if known is not None:
                return self._again(act, outcome_of(known), source=f"{device}/{seat}", now=now)
            return outcome_of(self._do(act, key, device=device, seat=seat, now=now))
        except Unavailable:
            raise
        except NoSuchMeeting as refusal:
            # Not kept: the same again is refused the same way, and of a deleted rehearsal no act may stay (M5).
            return Outcome("refused", refusal.code, refusal.data)
        except (ServerError, WireError) as refusal:
            return self._refuse(key, act.meeting, refusal, now=now)

    def _again(self, act: Act, known: Outcome, *, source: str, now: dt.datetime) -> Outcome:
        """The stored outcome; of a sign-in only to who knows the password, for no password is kept in an act.

        What a token has signed is kept as part of what makes the act this act: the same again is the same answer.
        """
        data = Fields(act.data, "act.data")
        if act.kind != "sign_in" or known.outcome == "refused" or data.has("method"):
            return known
        try:
            # Its code was used up when it was performed.
            self._people.check_password(data.id("person", "u"), _password(data), source=source, now=now)
        except Unavailable:
            raise
        except (ServerError, WireError) as refusal:
            return Outcome("refused", refusal.code, refusal.data)
        return known

    def _do(self, act: Act, key: ActKey, *, device: str, seat: str, now: dt.datetime) -> dict[str, Any]:
        meeting, data = MeetingId(act.meeting), Fields(act.data, "act.data")
        self._meetings.must_hold_seat(meeting, seat)
        if act.kind == "sign_in" and data.has("method"):
            return self._token_sign_in(meeting, key, TokenData.read(data), seat=seat, device=device, now=now)
        if act.kind == "sign_in":
            return self._password_sign_in(meeting, key, data, seat=seat, device=device, now=now)
        other = self._others.get(act.kind)
        if (act.kind not in READERS and other is None) or act.person is None:
            raise UnknownAct(kind=act.kind)
        self._people.check_enabled(act.person, now=now)
        if other is not None:
            state = self._meetings.state(meeting)
            is_late = act.kind in _TAKEN_LATE and act.person in state.stayed
            if (act.person, seat) not in state.seated and not is_late:
                raise NotSignedInHere
            return other(data, Seated(meeting, act.person, seat, device, key, now))
        wanted, acting = READERS[act.kind](data), By(act.person)
        data.end()

        def decide(log: Log) -> Sequence[Draft]:
            if (acting.person, seat) not in log.state.seated:
                raise NotSignedInHere
            return model.decide(log, self._meetings.with_holders(meeting, wanted), acting)

        return self._change(meeting, key, now=now, by=acting, decide=decide)

    def _password_sign_in(
        self, meeting: MeetingId, key: ActKey, data: Fields, *, seat: str, device: str, now: dt.datetime
    ) -> dict[str, Any]:
        person, place = data.id("person", "u"), f"{device}/{seat}"
        password, code = _password(data), _code(data)
        data.end()
        self._must_be_let_in(meeting, person, seat=seat, device=device)
        by, command = By(person), TakeSeat(seat)
        with self._people.noted(person, Means.SEAT_PASSWORD, place, now=now):
            self._people.check_person(person, password, code, source=place, now=now)
            return self._change(meeting, key, now=now, by=by, decide=lambda log: model.decide(log, command, by))

    def _must_be_let_in(self, meeting: MeetingId, person: str, *, seat: str, device: str) -> None:
        state = self._meetings.state(meeting)
        if state.member(person) is None:
            raise NotAMember
        if self._is_kept(device) and (person, seat) not in state.seated:
            raise KeptFree

    def _token_sign_in(
        self, meeting: MeetingId, key: ActKey, data: TokenData, *, seat: str, device: str, now: dt.datetime
    ) -> dict[str, Any]:
        with self._people.noted(self._tokens.holder(data), Means.SEAT_TOKEN, f"{device}/{seat}", now=now):
            proven = self._tokens.prove(data, device=device, seat=seat, meeting=meeting, now=now)
            self._must_be_let_in(meeting, proven.person, seat=seat, device=device)
            self._people.use(proven.person, now=now)
            by, command = By(proven.person), TakeSeat(seat, certificate=proven.certificate)
            _LOG.info("%s signed in at %s with the certificate %s", by.person, seat, proven.certificate)
            return self._change(
                meeting,
                key,
                now=now,
                by=by,
                decide=lambda log: model.decide(log, command, by),
                # The seat does not know who holds the certificate.
                also=lambda _tx, _state: {"person": by.person},
            )

    def _change(
        self,
        meeting: MeetingId,
        key: ActKey,
        *,
        now: dt.datetime,
        by: By,
        decide: Callable[[Log], Sequence[Draft]],
        also: Also | None = None,
    ) -> dict[str, Any]:
        return self._meetings.change(meeting, actor=f"person:{by.person}", now=now, decide=decide, key=key, also=also)

    def _refuse(self, key: ActKey, meeting: str, refusal: ServerError | WireError, *, now: dt.datetime) -> Outcome:
        """Keep the refusal, unless the act is known already: then that answer stands."""
        data = refusal.data
        answer = {"outcome": "refused", "code": refusal.code, "data": data}
        try:
            with self._unit.begin() as tx:
                known = self._ledger.find(tx, key.act)
                if known is None:
                    self._ledger.add(tx, DoneAct(key.act, key.actor, key.kind, key.fingerprint, answer, now, meeting))
        except ActTaken:
            return self._refuse(key, meeting, refusal, now=now)
        if known is not None and key.names(known):
            return outcome_of(known.answer)
        return outcome_of(answer)


def _password(data: Fields) -> Secret:
    return Secret(data.text("password", limit=512).encode("utf-8"))


def _code(data: Fields) -> Secret | None:
    return Secret(data.text("code", limit=_CODE_LIMIT).encode("utf-8")) if data.has("code") else None


def key_of(act: Act, device: str) -> ActKey:
    """What makes the act this act; of a sign-in password and code are left out, so that nothing of them is kept."""
    data = {name: value for name, value in act.data.items() if name not in _SECRETS}
    content = {"meeting": act.meeting, "person": act.person, "data": data}
    return ActKey(act.act, f"device:{device}", f"seat:{act.kind}", content)


def outcome_of(answer: dict[str, Any]) -> Outcome:
    """What was answered, as the seat is told it."""
    if answer.get("outcome") == "refused":
        return Outcome("refused", str(answer["code"]), dict(answer["data"]))
    return Outcome("done", data=answer)
