"""Who was there, and which papers were signed: the part of the fold that signed acts write (A1, W62).

Rules W86: pure, as ``wire.fold``. The newest word about a person counts; when they first were there stays – at their
seat, or on the roll –, unless the newest word is that they are absent or excused: then they never were. A round of
signatures goes forward only: each signature is of another asked person and makes the next revision.

Usage: in the table ``fold.HANDLERS``; ``state.attendance``, ``state.rounds``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Final

from wire.errors import BadField
from wire.events import Event
from wire.fields import Fields
from wire.state import Attendance, AttendanceMethod, MeetingState, Presence, SigningRound

MAX_ROUNDS: Final = 500
MAX_SIGNERS: Final = 100
MAX_REVISIONS: Final = 1_000
#: Words that take back what was said before: nobody is absent who was there.
NEVER_THERE: Final = frozenset({Presence.ABSENT, Presence.EXCUSED})
#: biên bản · nghị quyết · thông báo kết luận · danh sách điểm danh · giấy mời.
ROUND_KINDS: Final = frozenset({"minutes", "resolution", "notice", "attendance", "invitation"})


def attendance_recorded(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    """A person is there, late, excused, absent, gone or back – said by themselves with a token or not, or by staff."""
    person = data.id("person", "u")
    if state.member(person) is None:
        raise BadField("attendance_recorded.person", "is not a member")
    presence = Presence(data.choice("presence", frozenset(Presence)))
    known = state.presence_of(person)
    arrived = None if known is None or presence in NEVER_THERE else known.arrived_at
    if known is None and presence not in NEVER_THERE:
        arrived = _sat_down(state, person, presence)
    fresh = Attendance(
        person=person,
        presence=presence,
        method=AttendanceMethod(data.choice("method", frozenset(AttendanceMethod))),
        at=event.at,
        arrived_at=arrived or (event.at if presence.is_there else None),
        reason=data.text("reason", limit=500) if data.has("reason") else "",
        statement=data.hex("statement", size=32) if data.has("statement") else "",
    )
    if (fresh.method is AttendanceMethod.TOKEN) != bool(fresh.statement):
        raise BadField("attendance_recorded.statement", "stands there exactly when a token signed")
    others = tuple(entry for entry in state.attendance if entry.person != person)
    if presence in NEVER_THERE:
        state = replace(state, arrivals=tuple(pair for pair in state.arrivals if pair[0] != person))
    return replace(state, attendance=(*others, fresh))


def _sat_down(state: MeetingState, person: str, presence: Presence) -> dt.datetime | None:
    """Since when they have been counted at a seat (W87); None: never, or too early for what is said of them."""
    since, opened = dict(state.arrivals).get(person), state.opened_at
    if since is None or (presence is Presence.LATE and opened is not None and since < opened):
        return None
    is_there = opened is not None or any(person == known for known, _ in state.seated)
    return since if is_there else None


def round_opened(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    """A file is to be signed."""
    fresh = SigningRound(
        round=data.id("round", "k"),
        kind=data.choice("kind", ROUND_KINDS),
        title=data.text("title", limit=300),
        signers=tuple((person, None) for person in data.ids("signers", "u", limit=MAX_SIGNERS)),
        revision=0,
        sha256=data.hex("sha256", size=32),
        size_bytes=data.number("size_bytes", low=1),
        opened_at=event.at,
    )
    if any(known.round == fresh.round for known in state.rounds) or len(state.rounds) >= MAX_ROUNDS:
        raise BadField("round_opened.round", "is there already, or is one too many")
    return replace(state, rounds=(*state.rounds, fresh))


def paper_signed(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    """One signature is in the file."""
    known, person = _round(state, data), data.id("person", "u")
    data.hex("certificate", size=32)
    if (person, None) not in known.signers or known.closed_at is not None:
        raise BadField("paper_signed.person", "is not asked, has signed, or the round is over")
    signers = tuple((who, event.at if who == person else at) for who, at in known.signers)
    return _with(
        state,
        replace(
            known,
            signers=signers,
            revision=data.number("revision", low=known.revision + 1, high=MAX_REVISIONS),
            sha256=data.hex("sha256", size=32),
            size_bytes=data.number("size_bytes", low=known.size_bytes + 1),
        ),
    )


def round_closed(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    """No further signatures."""
    known = _round(state, data)
    if known.closed_at is not None:
        raise BadField("round_closed.round", "is over already")
    return _with(state, replace(known, closed_at=event.at))


def _round(state: MeetingState, data: Fields) -> SigningRound:
    wanted = data.id("round", "k")
    known = next((each for each in state.rounds if each.round == wanted), None)
    if known is None:
        raise BadField("round", "was never opened")
    return known


def _with(state: MeetingState, changed: SigningRound) -> MeetingState:
    rounds = tuple(changed if each.round == changed.round else each for each in state.rounds)
    return replace(state, rounds=rounds)
