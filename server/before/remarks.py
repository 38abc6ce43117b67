"""Who writes, reads and answers remarks before a meeting: words in, drafts of events out.

Rules W142, W143: pure. Chair, secretary and members write, from the approval to the opening, on items they may know of.
Whoever leads reads all of them. Others read what is for everybody on items they may know of, and their own; whoever
prepared a paper – handed it in, or was asked for it, member or not – what is for everybody on that paper or its item.
Nobody reads a remark on an item they have to leave. Answers come from who leads, who presents and who prepared, also
while the meeting goes on.

Usage::

    drafts = write(state, "h-…", Writing("i-…", "", 0, kind, readers, "…"), by)
    drafts = answer(state, "h-…", "…", revision=1, reader=reader, name="…")
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from server.before import errors
from server.before.sight import Reader, Sight
from server.meetings import errors as meeting_errors
from server.meetings.commands import By
from server.meetings.model import Draft, must_be_prepared
from wire.before import MAX_REMARKS, MAX_REVISIONS, Readers, Remark, RemarkKind
from wire.before_fold import ANSWERED, REMARK_CHANGED, REMARK_WITHDRAWN, REMARKED
from wire.phases import HOLDING, Phase
from wire.places import may_speak
from wire.state import MeetingState, MemberRole
from wire.visibility import for_person, sees

#: So many remarks one person may write to a meeting, withdrawn or not.
MOST_OF_ONE: Final = 200
_WRITERS: Final = frozenset({MemberRole.CHAIR, MemberRole.SECRETARY, MemberRole.MEMBER})
_OVER: Final = frozenset({Phase.OPEN, Phase.RECESS, Phase.CLOSED, Phase.LOCKED})


@dataclass(frozen=True, slots=True)
class Wording:
    """What can be changed of a remark."""

    kind: RemarkKind
    readers: Readers
    text: str

    def to_value(self) -> dict[str, Any]:
        """As the events have it."""
        return {"kind": self.kind.value, "readers": self.readers.value, "text": self.text}


@dataclass(frozen=True, slots=True)
class Place:
    """What a remark is about; no paper: the item as a whole, page 0: the paper as a whole."""

    item: str
    paper: str = ""
    page: int = 0


def must_be_before(state: MeetingState) -> None:
    """Raise BeforeOver after the opening, PhaseNotAllowed before the approval, RehearsalFixed in a rehearsal."""
    must_be_prepared(state)
    if state.phase in _OVER:
        raise errors.BeforeOver
    if state.phase is not Phase.APPROVED:
        raise meeting_errors.PhaseNotAllowed(phase=state.phase.value)


def may_write(state: MeetingState, person: str) -> bool:
    """Whether the person has a part in the meeting that writes remarks."""
    member = state.member(person)
    return member is not None and member.role in _WRITERS and may_speak(state, person)


def write(state: MeetingState, remark: str, place: Place, wording: Wording, by: By) -> tuple[Draft, ...]:
    """A new remark; raises NoSuchItem, RemarkPlaceWrong, RemarksFull, MayNotRemark and what the phase refuses."""
    must_be_before(state)
    if not may_write(state, by.person):
        raise errors.MayNotRemark
    if not sees(state, by.person, place.item):
        raise meeting_errors.NoSuchItem(item=place.item)
    about: dict[str, Any] = {}
    if place.paper:
        _must_be_read(state, place, by.person)
        about = {"paper": place.paper} | ({"page": place.page} if place.page else {})
    elif place.page:
        raise errors.RemarkPlaceWrong
    own = sum(1 for each in state.before.remarks if each.person == by.person)
    if own >= MOST_OF_ONE or len(state.before.remarks) >= MAX_REMARKS:
        raise errors.RemarksFull(most=MOST_OF_ONE if own >= MOST_OF_ONE else MAX_REMARKS)
    data = {"remark": remark, "item": place.item, "person": by.person, **about, **wording.to_value()}
    return (Draft(REMARKED, data),)


def change(state: MeetingState, remark: str, wording: Wording, *, revision: int, by: By) -> tuple[Draft, ...]:
    """Another text, kind or circle of readers; the same again changes nothing. Raises RemarkChanged, RemarkAnswered."""
    known = _own(state, remark, by)
    if known.answer is not None:
        raise errors.RemarkAnswered(**_told(known))
    if (known.kind, known.readers, known.text) == (wording.kind, wording.readers, wording.text):
        return ()
    if revision != known.revision:
        raise errors.RemarkChanged(**_told(known))
    _must_have_room(known)
    return (Draft(REMARK_CHANGED, {"remark": remark, **wording.to_value()}),)


def withdraw(state: MeetingState, remark: str, by: By) -> tuple[Draft, ...]:
    """Nobody reads it any more; the log keeps it. Raises RemarkAnswered."""
    gone = state.before.remark(remark)
    if gone is not None and gone.withdrawn and gone.person == by.person:
        return ()
    if _own(state, remark, by).answer is not None:
        raise errors.RemarkAnswered(**_told(_own(state, remark, by)))
    return (Draft(REMARK_WITHDRAWN, {"remark": remark}),)


def answer(
    state: MeetingState, remark: str, text: str, *, revision: int, reader: Reader, name: str
) -> tuple[Draft, ...]:
    """Answer, or answer anew; ``revision``: of what was seen. Raises RemarkChanged with both texts, RemarkNotYours."""
    known = readable(state, remark, reader)
    if not Sight(state, reader).answers(known):
        raise errors.RemarkNotYours
    must_be_prepared(state)
    if state.phase not in HOLDING:
        raise meeting_errors.PhaseNotAllowed(phase=state.phase.value)
    if known.answer is not None and (known.answer.person, known.answer.text) == (reader.person, text):
        return ()
    if revision != known.revision:
        raise errors.RemarkChanged(**_told(known))
    _must_have_room(known)
    return (Draft(ANSWERED, {"remark": remark, "text": text, "person": reader.person, "name": name}),)


def readable(state: MeetingState, remark: str, reader: Reader) -> Remark:
    """The remark; raises RemarkUnknown for whoever may not read it, and for what was withdrawn."""
    known = state.before.remark(remark)
    if known is None or not Sight(state, reader).reads(known):
        raise errors.RemarkUnknown
    return known


def may_change(state: MeetingState, remark: Remark, reader: Reader) -> bool:
    """Whether it is theirs, unanswered, and the meeting not open."""
    is_theirs = remark.person == reader.person and may_write(state, reader.person)
    return is_theirs and remark.answer is None and state.phase is Phase.APPROVED and state.rehearsal is None


def waiting(state: MeetingState, reader: Reader) -> list[Remark]:
    """The questions that this reader should answer and nobody has; of who leads only members are meant."""
    if state.phase not in HOLDING or state.rehearsal is not None:
        return []
    asked = Sight(state, Reader(By(reader.person), reader.units))
    questions = (each for each in state.before.remarks if each.kind is RemarkKind.QUESTION and each.answer is None)
    return [each for each in questions if not each.withdrawn and asked.may_answer(each)]


def _must_be_read(state: MeetingState, place: Place, person: str) -> None:
    paper = for_person(state, person).paper(place.paper)
    if paper is None or paper.item != place.item or place.page > max(paper.pages, paper.published_pages):
        raise errors.RemarkPlaceWrong


def _own(state: MeetingState, remark: str, by: By) -> Remark:
    known = readable(state, remark, Reader(by))
    if known.person != by.person:
        raise errors.RemarkNotYours
    must_be_before(state)
    if not may_write(state, by.person):
        raise errors.MayNotRemark
    return known


def _must_have_room(remark: Remark) -> None:
    if remark.revision >= MAX_REVISIONS:
        raise errors.RemarkSettled(most=MAX_REVISIONS)


def _told(remark: Remark) -> dict[str, Any]:
    """What whoever was slower is shown."""
    answered = remark.answer
    return {
        "revision": remark.revision,
        "text": remark.text,
        "kind": remark.kind.value,
        "readers": remark.readers.value,
        "answer": "" if answered is None else answered.text,
        "name": "" if answered is None else answered.name,
    }
