"""Letters and answers: the part of the fold that knows them (W132–W135, W155).

Rules: pure, as ``wire.fold``. What an event says must fit what was said before; who may say it was decided before.

Usage: in the table ``fold.HANDLERS``; ``fold.apply`` calls :func:`asked_anew` after every event.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from wire.errors import BadField
from wire.events import Event
from wire.fields import Fields
from wire.letters import INVITATION, LETTER_KINDS, MAX_LETTERS, Answer, Invitation, Letter, Reminder, Reply
from wire.places import LEADING, stands_for
from wire.state import MeetingState

MAX_REASON: Final = 500
MAX_PEOPLE: Final = 1_000


def invited(state: MeetingState) -> tuple[str, ...]:
    """Whom an invitation asks: every member but those who lead, and those who stand for somebody."""
    return tuple(
        member.person
        for member in state.members
        if member.role not in LEADING and stands_for(state, member.person) is None
    )


def excused(state: MeetingState) -> tuple[tuple[str, str], ...]:
    """Whose absence was approved, with the reason: what the roll begins with (A1)."""
    if state.invitation is None:
        return ()
    asked = invited(state)
    return tuple(
        (answer.person, answer.reason)
        for answer in state.invitation.answers
        if answer.reply is Reply.ABSENT and answer.approved and answer.person in asked
    )


def asked_anew(before: MeetingState, after: MeetingState) -> MeetingState:
    """Answers are to a time and a room, and of members: a meeting that moves is answered anew (W133)."""
    invitation = after.invitation
    if invitation is None or after.last is None:
        return after
    if (before.starts_at, before.room) != (after.starts_at, after.room):
        moved = replace(invitation, asked_at=after.last.at, answers=(), reminders=(), moved=True)
        return replace(after, invitation=moved)
    if before.members is after.members:
        return after
    people = {member.person for member in after.members}
    kept = tuple(answer for answer in invitation.answers if answer.person in people)
    return after if kept == invitation.answers else replace(after, invitation=replace(invitation, answers=kept))


def revoked(state: MeetingState) -> Letter | None:
    """The invitation that was issued last, when it holds no more (W155): nothing is answered to it."""
    last = None if state.invitation is None else state.invitation.letter
    return next((each for each in state.letters if each.letter == last and each.revoked_at is not None), None)


def is_outdated(state: MeetingState, letter: Letter) -> bool:
    """Whether the document invites to another time or room than the meeting has now."""
    return letter.kind == INVITATION and (letter.starts_at, letter.room) != (state.starts_at, state.room)


def _put_up(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    fresh = Letter(
        data.id("letter", "l"),
        data.choice("kind", LETTER_KINDS),
        round=data.id("round", "k"),
        at=event.at,
        # Of a log that does not say it: as the meeting was when it was put up.
        starts_at=data.instant("starts_at") if data.has("starts_at") else state.starts_at,
        room=data.id("room", "r") if data.has("room") else state.room,
    )
    if all(each.round != fresh.round for each in state.rounds):
        raise BadField("letter_put_up.round", "was never opened")
    if any(each.letter == fresh.letter for each in state.letters) or len(state.letters) >= MAX_LETTERS:
        raise BadField("letter_put_up.letter", "is put up already, or is one too many")
    return replace(state, letters=(*state.letters, fresh))


def _withdrawn(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    known = _letter(state, data)
    data.text("reason", limit=MAX_REASON)
    if known.issued_at is not None or known.revoked_at is not None:
        raise BadField("letter_withdrawn.letter", "is issued or revoked")
    return replace(state, letters=tuple(each for each in state.letters if each.letter != known.letter))


def _revoked(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    known = _letter(state, data)
    reason = data.text("reason", limit=MAX_REASON)
    if known.revoked_at is not None:
        raise BadField("letter_revoked.letter", "is revoked already")
    return _with_letter(state, replace(known, revoked_at=event.at, revoked=reason))


def _issued(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    known = _letter(state, data)
    data.hex("sha256", size=32)
    data.number("recipients", high=MAX_PEOPLE)
    number = data.text("number", limit=80) if data.has("number") else ""
    day = data.text("issued_on", limit=10) if data.has("issued_on") else ""
    if known.issued_at is not None or known.revoked_at is not None:
        raise BadField("letter_issued.letter", "is issued or revoked already")
    after = _with_letter(state, replace(known, issued_at=event.at, number=number, issued_on=day))
    if known.kind != INVITATION:
        return after
    before, moved = state.invitation, is_outdated(state, known)
    # Another wording of the same meeting: who has answered has answered.
    fresh = (
        Invitation(known.letter, event.at, event.at, moved=moved)
        if before is None
        else replace(before, letter=known.letter, sent_at=event.at, moved=moved)
    )
    return replace(after, invitation=fresh)


def _with_letter(state: MeetingState, letter: Letter) -> MeetingState:
    return replace(state, letters=tuple(letter if each.letter == letter.letter else each for each in state.letters))


def _letter(state: MeetingState, data: Fields) -> Letter:
    wanted = data.id("letter", "l")
    known = next((each for each in state.letters if each.letter == wanted), None)
    if known is None:
        raise BadField("letter", "was never put up")
    return known


def _answered(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    invitation, person = _asked(state, data)
    reply = Reply(data.choice("reply", frozenset(Reply)))
    answer = Answer(
        person,
        reply,
        event.at,
        by=event.actor.removeprefix("person:"),
        reason=data.text("reason", limit=MAX_REASON) if data.has("reason") else "",
        substitute=data.id("substitute", "u") if data.has("substitute") else "",
    )
    if (reply is Reply.SUBSTITUTE) != bool(answer.substitute) or (reply is Reply.ABSENT and not answer.reason):
        raise BadField("invitation_answered", "names a substitute exactly when it sends one; an absence has its reason")
    return _with(state, invitation, answer)


def _decided(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    invitation, person = _asked(state, data)
    answer = invitation.answer(person)
    if answer is None or answer.reply is Reply.ATTEND:
        raise BadField("absence_decided.person", "asked for nothing that is decided about")
    words = data.text("reason", limit=MAX_REASON) if data.has("reason") else ""
    return _with(state, invitation, replace(answer, approved=data.flag("approved"), decision=words))


def _reminded(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    invitation = _sent(state)
    people = data.ids("people", "u", limit=MAX_PEOPLE)
    asked = invited(state)
    if not people or any(person not in asked or invitation.answer(person) is not None for person in people):
        raise BadField("invitation_reminded.people", "are not waited for")
    others = tuple(each for each in invitation.reminders if each.person not in people)
    known = {each.person: each.count for each in invitation.reminders}
    fresh = tuple(Reminder(person, event.at, known.get(person, 0) + 1) for person in dict.fromkeys(people))
    return replace(state, invitation=replace(invitation, reminders=(*others, *fresh)))


def _asked(state: MeetingState, data: Fields) -> tuple[Invitation, str]:
    person = data.id("person", "u")
    if person not in invited(state):
        raise BadField("person", "is not asked")
    return _sent(state), person


def _sent(state: MeetingState) -> Invitation:
    if state.invitation is None:
        raise BadField("invitation", "was not sent")
    return state.invitation


def _with(state: MeetingState, invitation: Invitation, answer: Answer) -> MeetingState:
    others = tuple(each for each in invitation.answers if each.person != answer.person)
    return replace(state, invitation=replace(invitation, answers=(*others, answer)))


HANDLERS: Final[dict[str, Callable[[MeetingState, Event, Fields], MeetingState]]] = {
    "letter_put_up": _put_up,
    "letter_withdrawn": _withdrawn,
    "letter_issued": _issued,
    "letter_revoked": _revoked,
    "invitation_answered": _answered,
    "absence_decided": _decided,
    "invitation_reminded": _reminded,
}
