"""Signing papers at seats: the acts of a person who is signed in there, and what waits for their signature (W59–W61).

Rules: a seat signs for who is signed in at it, and for nobody else; what is refused has a code. The file goes out in
parts, and only as it is now. An offer is remembered until its time is over, so that the same ``sign_begin`` gets the
same lease; after a restart of the server it takes a new one, and the old one is void (G4). A signature that is in the
file already is answered as it was. Every other act is for the acts of meetings.

Usage::

    acts = SeatSigning(SeatTools(seat_acts, desk, meetings, people, clock))
    acts.perform(act, device="d-…", seat="s-…", now=now)          # Outcome, with replies
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from server.clock import Clock
from server.errors import ServerError, Unavailable
from server.identity.model import Actor
from server.meetings.errors import NotSignedInHere
from server.meetings.ports import ActHandler, Outcome
from server.signing.desk import Asked, SigningDesk
from server.signing.errors import FileChanged, LeaseLost, SigningFileRefused
from wire.errors import BadField, WireError
from wire.fields import Fields, parse_instant
from wire.ids import MeetingId, PersonId
from wire.messages import Act, Head, RoundMark, RoundNumber, RoundSigner, SigningRound, SignOffer, SignPart
from wire.messages.signing import ANSWER, BEGIN, FILE, MAX_PARTS, MAX_ROUNDS, MAX_UPDATE_BYTES, PART_BYTES, WINDOW
from wire.proof import MAX_SIGNATURE_BYTES
from wire.state import MeetingState

#: Files that are open because seats read them just now.
_OPEN_FILES: Final = 4


class Meetings(Protocol):
    """The meetings feature."""

    def state(self, meeting: MeetingId) -> MeetingState:
        """The newest state; raises NoSuchMeeting."""
        ...

    def must_hold_seat(self, meeting: MeetingId, seat: str) -> None:
        """Raise NoSuchSeat unless the seat is in the meeting's room."""
        ...


class People(Protocol):
    """Accounts."""

    def check_enabled(self, person: str, *, now: dt.datetime) -> None:
        """Raise AccountDisabled or NoSuchPerson unless the person may act."""
        ...


@dataclass(frozen=True, slots=True)
class SeatTools:
    """What is worked with; ``acts`` performs all other acts."""

    acts: ActHandler
    desk: SigningDesk
    meetings: Meetings
    people: People
    clock: Clock


@dataclass(frozen=True, slots=True)
class _Asked:
    meeting: MeetingId
    round: str
    device: str
    asked: Asked


class SeatSigning:
    """The ``ActHandler`` that signs, in front of the one that does the rest."""

    def __init__(self, tools: SeatTools) -> None:
        self._tools: Final = tools
        self._lock: Final = threading.Lock()
        self._files: Final[OrderedDict[str, bytes]] = OrderedDict()
        self._offers: Final[dict[str, tuple[str, dt.datetime, Callable[[Head], SignOffer]]]] = {}

    def rounds_for(self, meeting: MeetingId, person: str) -> Sequence[SigningRound]:
        """All rounds in which a person is a signer, as their seat is told of them, the newest first."""
        found = self._tools.desk.rounds_of(meeting, PersonId(person), now=self._tools.clock.now())
        return [_round(value, mark, number) for value, mark, number in found[:MAX_ROUNDS]]

    def signers(self, meeting: MeetingId) -> frozenset[str]:
        """Everybody who is a signer in any round of a meeting."""
        found = self._tools.desk.rounds(meeting, now=self._tools.clock.now())["rounds"]
        return frozenset(signer["person"] for each in found for signer in each["signers"])

    def perform(self, act: Act, *, device: str, seat: str, now: dt.datetime) -> Outcome:
        """Perform ``act`` once; see the port. Raises Unavailable, or what the database raises when it is away."""
        does = {FILE: self._file, BEGIN: self._begin, ANSWER: self._answer}.get(act.kind)
        if does is None:
            return self._tools.acts.perform(act, device=device, seat=seat, now=now)
        try:
            data = Fields(act.data, "act.data")
            return does(self._asked(act, data, device=device, seat=seat, now=now), data)
        except Unavailable:
            raise
        except (ServerError, WireError) as refusal:
            return Outcome("refused", refusal.code, refusal.data)

    def _asked(self, act: Act, data: Fields, *, device: str, seat: str, now: dt.datetime) -> _Asked:
        """Who asks for which round; raises NotSignedInHere and what else keeps a person from acting here."""
        meeting, person = MeetingId(act.meeting), act.person
        self._tools.meetings.must_hold_seat(meeting, seat)
        if person is None or (person, seat) not in self._tools.meetings.state(meeting).seated:
            raise NotSignedInHere
        self._tools.people.check_enabled(person, now=now)
        return _Asked(meeting, data.id("round", "k"), device, Asked(Actor(person), act.act, now))

    # The file

    def _file(self, asked: _Asked, data: Fields) -> Outcome:
        wanted, first = data.hex("sha256", size=32), data.number("first", high=MAX_PARTS)
        data.end()
        pdf = self._whole(asked, wanted)
        parts = -(-len(pdf) // PART_BYTES)
        numbers = range(first, min(first + WINDOW, parts))
        return Outcome("done", replies=tuple(_part(asked.round, wanted, pdf, number=n, of=parts) for n in numbers))

    def _whole(self, asked: _Asked, wanted: str) -> bytes:
        # Rights first: a file that is open for one seat is not for another meeting's.
        newest = self._tools.desk.one(asked.meeting, asked.round, now=asked.asked.now)
        if asked.asked.person not in {signer["person"] for signer in newest["signers"]} or newest["sha256"] != wanted:
            raise FileChanged
        with self._lock:
            known = self._files.get(wanted)
        if known is not None:
            return known
        _, pdf = self._tools.desk.file(asked.meeting, asked.round)
        if hashlib.sha256(pdf).hexdigest() != wanted:
            raise FileChanged
        with self._lock:
            self._files[wanted] = pdf
            while len(self._files) > _OPEN_FILES:
                self._files.popitem(last=False)
        return pdf

    # The lease

    def _begin(self, asked: _Asked, data: Fields) -> Outcome:
        certificate = data.hex("certificate", size=32)
        data.end()
        with self._lock:
            act, until, offer = self._offers.get(asked.device, ("", asked.asked.now, None))
        if act == asked.asked.act and offer is not None and asked.asked.now < until:
            return Outcome("done", replies=(offer,))
        newest = self._tools.desk.one(asked.meeting, asked.round, now=asked.asked.now)
        given = self._tools.desk.begin(asked.meeting, asked.round, fingerprint=certificate, asked=asked.asked)
        until = parse_instant(given["until"])
        if len(base64.b64decode(given["update"])) > MAX_UPDATE_BYTES:
            self._tools.desk.give_back(asked.meeting, asked.round, fence=given["fence"], asked=asked.asked)
            raise SigningFileRefused(why="update")
        made = _offer(asked, given, base_sha256=newest["sha256"])
        with self._lock:
            self._offers[asked.device] = (asked.asked.act, until, made)
        return Outcome("done", replies=(made,))

    def _answer(self, asked: _Asked, data: Fields) -> Outcome:
        fence, signature = data.number("fence", low=1), b""
        if data.any("signature") is not None:
            signature = data.base64("signature")
            if not 0 < len(signature) <= MAX_SIGNATURE_BYTES:
                raise BadField("act.data.signature", f"is not 1 … {MAX_SIGNATURE_BYTES} bytes")
        data.end()
        desk = self._tools.desk
        if not signature:
            desk.give_back(asked.meeting, asked.round, fence=fence, asked=asked.asked)
            return Outcome("done")
        try:
            desk.complete(asked.meeting, asked.round, fence=fence, signature=signature, asked=asked.asked)
        except LeaseLost:
            raise
        except ServerError:
            # What was not taken will not be taken later: whoever waits need not wait for the lease to end.
            desk.give_back(asked.meeting, asked.round, fence=fence, asked=asked.asked)
            raise
        return Outcome("done")


def _part(round_id: str, sha256: str, pdf: bytes, *, number: int, of: int) -> Callable[[Head], SignPart]:
    data = pdf[number * PART_BYTES : (number + 1) * PART_BYTES]
    return lambda head: SignPart(head, round_id, sha256, number, of, data)


def _offer(asked: _Asked, given: Mapping[str, object], *, base_sha256: str) -> Callable[[Head], SignOffer]:
    def made(head: Head) -> SignOffer:
        return SignOffer(
            head,
            asked.asked.act,
            asked.round,
            base_sha256,
            int(str(given["base_bytes"])),
            base64.b64decode(str(given["update"])),
            base64.b64decode(str(given["signed_attributes"])),
            str(given["digest"]),
            int(str(given["fence"])),
            parse_instant(str(given["until"])),
        )

    return made


def _round(
    value: Mapping[str, object],
    mark: tuple[int, tuple[float, float, float, float]] | None,
    number: Mapping[str, Any] | None,
) -> SigningRound:
    """A round as JSON and the person's mark, as the wire has them."""
    fields = Fields(dict(value), "round")
    lease = fields.object("lease") if fields.any("lease") is not None else None
    return SigningRound(
        round=fields.id("round", "k"),
        kind=str(fields.any("kind")),
        title=str(fields.any("title")),
        ordered=fields.any("order") == "ordered",
        revision=fields.number("revision"),
        size_bytes=fields.number("size_bytes"),
        sha256=fields.hex("sha256", size=32),
        opened_at=fields.instant("opened_at"),
        closed_at=fields.instant("closed_at") if fields.any("closed_at") is not None else None,
        leased_by=None if lease is None else lease.id("person", "u"),
        leased_until=None if lease is None else lease.instant("until"),
        signers=tuple(
            RoundSigner(
                each.id("person", "u"),
                each.text("name"),
                each.instant("signed_at") if each.any("signed_at") is not None else None,
                each.flag("next"),
            )
            for each in fields.objects("signers")
        ),
        mark=None if mark is None else RoundMark(mark[0], _box(mark[1])),
        number=None if number is None else RoundNumber(number["number"], number["date"], _pairs(number["written"])),
    )


def _pairs(written: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(written.items()))


def _box(sides: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
    left, top, right, bottom = (max(0, round(1000 * side)) for side in sides)
    return left, top, right, bottom
