"""The seat's state as the sections its page reads (docs/API.md, "Seat page").

Rules W44, W46, P5: who is not signed in sees what, where and when; a person sees their part; a locked seat shows no
more than one that nobody is signed in to, and that a vote waits for its person. The number of a patch is the
meeting's own (M3).

Usage::

    page = sections(state, holding=vault_holding)
    patch = diff(page_before, page)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from edge.model import Followed, OpenFile, PaperWork, ReaderState, State
from edge.pairing import Picture
from edge.showing import Situation, reader, shown_meeting, shown_session, situation
from edge.signing.files import paper_of
from edge.tokens import is_at_work
from wire import view
from wire.fields import print_instant
from wire.ids import PaperId
from wire.state import MeetingState, Member
from wire.topics import PaperVersion
from wire.visibility import for_person
from wire.votes import Vote, VoteKind, VoteState

Section = dict[str, Any]

#: Screens that show the meeting shown.
_WITH_MEETING = frozenset({Situation.WELCOME, Situation.LOCKED, Situation.SIGNED_IN, Situation.OUTDATED})
_NO_MEETING: Section = dict.fromkeys(view.sections(MeetingState()))


def number(state: State) -> int:
    """The number of the newest event shown, 0 without a meeting."""
    followed = _followed(state)
    return 0 if followed is None else followed.state.seq


def readable(state: State) -> dict[PaperVersion, str]:
    """The paper versions that may be shown now, with the meeting they belong to."""
    who = reader(state)
    followed = _followed(state)
    if who is None or followed is None:
        return {}
    meeting, person = who
    return {
        PaperVersion(PaperId(paper.paper), paper.published_version): meeting
        for paper in for_person(followed.state, person).papers
        if paper.published_version
    }


def sections(state: State, *, holding: Mapping[PaperVersion, Section], picture: Picture | None = None) -> Section:
    """All sections. ``holding``: ``{have, chunks, ready}`` of every paper that is kept."""
    followed = _followed(state)
    who = reader(state)
    person = None if who is None else who[1]
    meeting = _NO_MEETING if followed is None else view.sections(for_person(followed.state, person))
    shown = readable(state)
    return {
        **meeting,
        "seat": _seat(state, followed, picture),
        "link": _link(state, followed),
        "usb_token": _token(state),
        "person": _person(state, followed),
        "expected": _expected(state, followed),
        "choices": _choices(state, followed),
        "holding": {str(paper): value for paper, value in sorted(holding.items()) if paper in shown},
        "acts": [_act(state, index) for index in range(len(state.acts))] if who is not None else [],
        "recalled": _recalled(state),
        "ballots": _ballots(state, who),
        "signing": _signing(state, who),
        "front": _front(state, who),
        "marks": marks_of(state),
        "orders": _orders(state),
        "upkeep": _upkeep(state),
    }


def _front(state: State, who: tuple[str, str] | None) -> Section | None:
    """What lay in front of who is signed in, for a page that starts anew."""
    front = None if who is None or state.session is None else state.session.front
    return None if front is None else front.to_value()


def _orders(state: State) -> Section:
    """What IT has this seat show, and how often its page was to load anew (W171)."""
    shown = state.orders.shown
    over = None if shown is None else {"order": shown.order, "kind": shown.kind, "text": shown.text}
    return {"shown": over, "loads": state.orders.loads}


def _upkeep(state: State) -> Section:
    """Whether the screen is dark, and why nobody signs in here (W188, W189)."""
    maintenance = state.upkeep.maintenance
    return {"dark": state.upkeep.is_dark, "maintenance": None if maintenance is None else maintenance.to_value()}


def marks_of(state: State) -> Section | None:
    """How far the private marks of who is signed in are kept (P8); what they are is asked for apart."""
    who = reader(state)
    line = next((each for each in state.marks if each.who == who), None)
    if line is None:
        return None
    return {"ready": line.ready, "rev": line.rev, "unsent": line.unsent, "code": line.code}


def _signing(state: State, who: tuple[str, str] | None) -> Section | None:
    """Papers to sign, for their signer alone; ``work``: the one that is being signed."""
    rounds, opened, work = state.rounds, state.round_file, state.paper
    if who is None or rounds is None or who != (rounds.meeting, rounds.person):
        return None
    mine = work is not None and (work.meeting, work.person) == who
    return {
        "waiting": sum(each.waits_for(rounds.person) for each in rounds.rounds),
        "rounds": [each.to_value() for each in rounds.rounds],
        "open": None if opened is None else _open(opened),
        "work": _work(work) if work is not None and mine else None,
    }


def _open(opened: OpenFile) -> Section:
    paper = paper_of(opened.round, opened.revision)
    return {
        "round": opened.round,
        "sha256": opened.sha256,
        "paper": paper.paper,
        "version": paper.version,
        "have": opened.have,
        "parts": opened.parts,
        "ready": opened.ready,
        "code": opened.code,
    }


def _work(work: PaperWork) -> Section:
    return {"round": work.round, "step": work.step.value, "code": work.code, "data": dict(work.data)}


def _followed(state: State) -> Followed | None:
    shown = shown_meeting(state)
    if shown is None or situation(state) not in _WITH_MEETING:
        return None
    return state.meetings[shown]


def _seat(state: State, followed: Followed | None, picture: Picture | None) -> Section:
    where = situation(state)
    wish = state.wish if state.confirmed else None
    return {
        "state": where.value,
        "label": "" if wish is None else wish.seat_label,
        "room_name": "" if wish is None else wish.room_name,
        "device": state.identity.device,
        "code": state.identity.code if where is Situation.ENROLLING else "",
        "qr": None if picture is None or where is not Situation.ENROLLING else picture.to_value(),
        "voting": where is Situation.LOCKED and _is_awaited(state, followed),
        "message": state.identity.message
        or (followed.fault if followed is not None else "")
        or state.fault
        or state.record_fault,
    }


def _is_awaited(state: State, followed: Followed | None) -> bool:
    """An open vote waits for who is signed in; a locked seat says that and no more."""
    session = shown_session(state)
    if session is None or followed is None:
        return False
    return any(_waits_for(vote, session.person) for vote in followed.state.votes)


def _waits_for(vote: Vote, person: str) -> bool:
    if vote.state is not VoteState.OPEN or vote.kind is VoteKind.HANDS:
        return False
    elector = vote.elector(person)
    has_voted = person in {*(each.person for each in vote.taken), *(each.person for each in vote.given)}
    return elector is not None and elector.present and not has_voted


def _link(state: State, followed: Followed | None) -> Section:
    link = state.link
    return {
        "state": link.state.value,
        "behind": followed is not None and followed.behind,
        "since_at": None if link.since_at is None else print_instant(link.since_at),
    }


def _token(state: State) -> Section:
    """What is in the readers, and what the person at the seat may do with it. ``mine``: it opens this lock."""
    cards, found = state.cards, tuple(state.cards.by_reader.values())
    token = found[0].token if len(found) == 1 else None
    code, data = cards.code, {}
    if len(found) == 1:
        code, data = found[0].code, dict(found[0].data)
    session = shown_session(state)
    by_token = session is not None and bool(session.token)
    return {
        "state": _token_state(state),
        "name": "" if token is None else token.name,
        "tries_left": None if token is None else token.tries_left,
        "low": token is not None and token.is_low,
        "last": token is not None and token.is_last,
        "shortest": 0 if token is None else token.shortest,
        "longest": 0 if token is None else token.longest,
        "code": code,
        "data": data,
        "count": len(found),
        "needed": by_token,
        "signs": token is not None and token.signs is not None,
        "mine": session is not None and token is not None and session.token == token.fingerprint,
    }


def _token_state(state: State) -> str:
    cards, found = state.cards, tuple(state.cards.by_reader.values())
    if not cards.watched:
        return "off"
    if cards.code:
        return "fault"
    if len(found) != 1:
        return "several" if found else "absent"
    if found[0].state is ReaderState.FAULTY:
        return "fault"
    if found[0].token is None:
        return "reading"
    if found[0].token.is_blocked:
        return "blocked"
    is_working = state.signing_in is not None and state.signing_in.token is not None
    return "working" if is_working or is_at_work(state) else "ready"


def _person(state: State, followed: Followed | None) -> Section | None:
    session = shown_session(state)
    member = None if session is None or followed is None else followed.state.member(session.person)
    if member is None:
        return None
    return {"id": member.person, "name": member.name, "position": member.position, "role": member.role.value}


def _expected(state: State, followed: Followed | None) -> Section | None:
    seat = None if state.wish is None else state.wish.seat
    if followed is None or seat is None:
        return None
    placed = next((member for member in followed.state.members if member.seat == seat), None)
    return None if placed is None else _named(placed)


def _choices(state: State, followed: Followed | None) -> list[Section]:
    """Only where somebody may sign in; names are not for an empty room otherwise."""
    if followed is None or situation(state) is not Situation.WELCOME:
        return []
    # Whose place a substitute has taken does not sign in (A3).
    gone = {each.member for each in followed.state.substitutes}
    return [_named(member) for member in followed.state.members if member.person not in gone]


def _named(member: Member) -> Section:
    return {"id": member.person, "name": member.name, "position": member.position, "unit": member.unit}


def _act(state: State, index: int) -> Section:
    shown = state.acts[index]
    told = {"act": shown.act, "kind": shown.kind, "state": shown.state.value, "code": shown.code}
    return {**told, "vote": shown.vote, "whose": shown.whose} if shown.whose else told


def _ballots(state: State, who: tuple[str, str] | None) -> list[Section]:
    """The person's own secret ballots at this seat, by their receipts; never what they say."""
    return [
        {"vote": line.vote, "state": line.state.value, "receipt": line.receipt, "run": line.run, "code": line.code}
        for line in state.ballots
        if who is not None and (line.meeting, line.person) == who
    ]


def _recalled(state: State) -> Section | None:
    shown = state.recalled
    if shown is None or situation(state) is not Situation.RECALLED:
        return None
    return {
        "meeting_title": shown.title,
        "papers": shown.papers,
        "pages": shown.pages,
        "confirmed": shown.confirmed,
    }
