"""What may be written to a meeting's log, rule by rule."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from server.errors import ServerError
from server.meetings import errors, model
from server.meetings.commands import (
    RIGHTS,
    By,
    CallBack,
    Command,
    Describe,
    HandPresenting,
    LeaveSeat,
    Present,
    RecordPresence,
    SetAgenda,
    SetMembers,
    ShowOnDisplay,
    StartItem,
    Step,
    StopPresenting,
    TakeSeat,
)
from server.meetings.errors import PhaseNotAllowed
from tests.support.meetings import (
    CHAIR,
    DESCRIBED,
    GUEST,
    ITEMS,
    MEMBER,
    OFFICE,
    PAPER,
    PLAN,
    PRESENTER,
    ROLES,
    SEATS,
    SECRETARY,
    STRANGER,
    Play,
    agenda,
    an_id,
    members,
)
from tests.support.office import START
from wire.phases import TABLE, Change, Phase
from wire.state import DisplayMode, ItemState, MemberRole, Presence, SeatReceipt, Visibility

RECEIPT = SeatReceipt(an_id("d", 1), SEATS[0], "A1", 1, 20, START, "2" * 64)


@pytest.fixture
def play() -> Play:
    """A meeting that is open, with a published paper on its first item."""
    found = Play()
    found.prepare()
    return found


# M1: the life cycle


def _into(phase: Phase) -> Play:
    play = Play()
    play.prepare(Change.SUBMIT)
    paths: dict[Phase, tuple[Change, ...]] = {
        Phase.SUBMITTED: (),
        Phase.APPROVED: (Change.APPROVE,),
        Phase.OPEN: (Change.APPROVE, Change.OPEN),
        Phase.RECESS: (Change.APPROVE, Change.OPEN, Change.RECESS),
        Phase.CLOSED: (Change.APPROVE, Change.OPEN, Change.CLOSE),
        Phase.LOCKED: (Change.APPROVE, Change.OPEN, Change.CLOSE, Change.LOCK),
        Phase.CANCELLED: (Change.CANCEL,),
        Phase.DRAFT: (Change.RETURN,),
    }
    for change in paths[phase]:
        play(CHAIR, Step(change, "vì sao"))
    assert play.log.state.phase is phase
    return play


@pytest.mark.parametrize("change", Change)
@pytest.mark.parametrize("phase", Phase)
def test_M1_the_table_is_all_there_is(phase: Phase, change: Change) -> None:
    play = _into(phase)
    who = OFFICE if change is Change.SUBMIT else CHAIR
    if (phase, change) in TABLE:
        play(who, Step(change, "vì sao"))
        assert play.log.state.phase is TABLE[phase, change]
    else:
        assert play.refused(who, Step(change, "vì sao")) == PhaseNotAllowed.code


@pytest.mark.parametrize(
    ("missing", "code"),
    [
        (SetMembers(members(SECRETARY, MEMBER, PRESENTER)), "chair-missing"),
        (SetAgenda((), 99), "agenda-empty"),
        (SetMembers(members(CHAIR, SECRETARY)), "presenter-not-a-member"),
    ],
)
def test_M1_an_incomplete_meeting_is_not_submitted_and_cannot_become_incomplete_later(
    missing: Command, code: str
) -> None:
    draft = Play()
    draft(OFFICE, SetMembers(members()))
    draft(OFFICE, SetAgenda(PLAN, 99))
    draft(OFFICE, missing)
    assert draft.refused(OFFICE, Step(Change.SUBMIT)) == code
    later = Play()
    later.prepare(Change.SUBMIT, Change.APPROVE)
    assert later.refused(OFFICE, missing) == code


def test_M1_approval_begins_an_epoch_of_keys_and_every_new_approval_another() -> None:
    play = Play()
    play.prepare(Change.SUBMIT, Change.APPROVE)
    assert play.log.state.epoch == 1
    play(CHAIR, Step(Change.RETURN, "thiếu tài liệu"))
    assert play.log.state.reason == "thiếu tài liệu"
    play(OFFICE, Step(Change.SUBMIT))
    play(CHAIR, Step(Change.APPROVE))
    assert play.log.state.epoch == 2


def test_a_meeting_whose_papers_are_at_the_seats_is_cancelled_not_returned() -> None:
    play = Play()
    play.prepare(Change.SUBMIT, Change.APPROVE)
    play.publish()
    assert play.refused(CHAIR, Step(Change.RETURN, "sai")) == "papers-published"
    drafts = play(CHAIR, Step(Change.CANCEL, "hoãn", ((RECEIPT.device, "A1"),)))
    assert [draft.kind for draft in drafts] == ["meeting_cancelled", "recall_started"]


def test_P7_closing_begins_the_recall_in_the_same_breath(play: Play) -> None:
    drafts = play(CHAIR, Step(Change.CLOSE, holders=((RECEIPT.device, "A1"), (an_id("d", 2), ""))))
    assert [draft.kind for draft in drafts] == ["meeting_closed", "recall_started"]
    assert play.log.state.recall.expected == ((RECEIPT.device, "A1"), (an_id("d", 2), "–"))


def test_P7_closing_with_nothing_held_still_says_so(play: Play) -> None:
    drafts = play(CHAIR, Step(Change.CLOSE))
    assert drafts[1].data == {"devices": []}


def test_P7_a_receipt_is_written_once_and_only_after_the_end(play: Play) -> None:
    with pytest.raises(PhaseNotAllowed):
        model.confirm_recall(play.log.state, RECEIPT)
    play(CHAIR, Step(Change.CLOSE, holders=((RECEIPT.device, "A1"),)))
    play.write(model.confirm_recall(play.log.state, RECEIPT))
    assert play.log.state.recall.receipts == (RECEIPT,)
    assert model.confirm_recall(play.log.state, RECEIPT) == ()


def test_a_new_epoch_is_for_meetings_that_seats_hold(play: Play) -> None:
    play.write(model.next_epoch(play.log.state))
    assert play.log.state.epoch == 2
    play(CHAIR, Step(Change.CLOSE))
    assert model.next_epoch(play.log.state) == ()


# Rights: as docs/API.md writes them, apart from the code's own table

ALL = frozenset(ROLES)
LEADERS = frozenset({CHAIR, SECRETARY})
WHO: dict[str, tuple[Command, frozenset[str], bool]] = {
    "describe": (DESCRIBED, frozenset({SECRETARY}), True),
    "members": (SetMembers(members()), frozenset({SECRETARY}), True),
    "agenda": (SetAgenda(PLAN, 99), LEADERS, True),
    "submit": (Step(Change.SUBMIT), frozenset({SECRETARY}), True),
    "approve": (Step(Change.APPROVE), frozenset({CHAIR}), False),
    "return": (Step(Change.RETURN, "x"), frozenset({CHAIR}), False),
    "open": (Step(Change.OPEN), frozenset({CHAIR}), False),
    "recess": (Step(Change.RECESS), frozenset({CHAIR}), False),
    "resume": (Step(Change.RESUME), frozenset({CHAIR}), False),
    "close": (Step(Change.CLOSE), frozenset({CHAIR}), False),
    "lock": (Step(Change.LOCK), frozenset({CHAIR}), False),
    "cancel": (Step(Change.CANCEL, "x"), LEADERS, True),
    "start item": (StartItem(ITEMS[0]), frozenset({CHAIR}), False),
    "present": (Present(PAPER, 1), LEADERS | {PRESENTER}, True),
    "call": (CallBack(), frozenset({CHAIR}), False),
    "hand": (HandPresenting(MEMBER), frozenset({CHAIR}), False),
    "stop": (StopPresenting(), LEADERS | {PRESENTER}, True),
    "display": (ShowOnDisplay(DisplayMode.BLANK), LEADERS, True),
    "sign in": (TakeSeat(SEATS[0]), ALL, False),
    "sign out": (LeaveSeat(), ALL, False),
    "roll call": (RecordPresence(Presence.PRESENT, "ab" * 32), ALL, False),
}


@pytest.mark.parametrize("name", WHO)
def test_members_may_only_do_what_their_role_allows(name: str) -> None:
    command, allowed, office = WHO[name]
    for person in (*ROLES, STRANGER):
        play = Play()
        play.prepare()
        play(CHAIR, Present(PAPER, 2))
        may = person in allowed
        assert _is_let(play, By(person), command) is may, f"{person}: {name}"
    play = Play()
    play.prepare()
    play(CHAIR, Present(PAPER, 2))
    assert _is_let(play, OFFICE, command) is office, f"a secretary's account: {name}"


def _is_let(play: Play, by: By, command: Command) -> bool:
    """Whether the right is there; what phase and content say is another matter."""
    try:
        play(by, command)
    except ServerError as refusal:
        return refusal.code not in {"not-allowed", "not-a-member"}
    return True


def test_every_command_has_a_right() -> None:
    asked = {command.change if isinstance(command, Step) else type(command) for command, _, _ in WHO.values()}
    assert asked == set(RIGHTS)


def test_A1_the_same_word_about_ones_presence_is_signed_once() -> None:
    play = Play()
    play.prepare()
    said = RecordPresence(Presence.PRESENT, "ab" * 32)
    play(By(MEMBER), said)
    with pytest.raises(errors.PresenceKnown):
        play(By(MEMBER), said)
    play(By(MEMBER), RecordPresence(Presence.LEFT, "cd" * 32))
    play(By(MEMBER), RecordPresence(Presence.RETURNED, "ef" * 32))
    entry = play.log.state.presence_of(MEMBER)
    assert entry is not None
    assert (entry.presence, entry.statement) == (Presence.RETURNED, "ef" * 32)


def test_G47_a_closing_that_must_be_signed_is_refused_without() -> None:
    play = Play()
    play.prepare()
    with pytest.raises(errors.ClosingMustBeSigned):
        play(By(CHAIR), Step(Change.CLOSE, must_be_signed=True))
    play(By(CHAIR), Step(Change.CLOSE, must_be_signed=True, statement="ab" * 32))
    assert play.log.state.phase is Phase.CLOSED


def test_before_the_meeting_is_open_the_agenda_is_the_secretarys_alone() -> None:
    play = Play()
    play.prepare(Change.SUBMIT, Change.APPROVE)
    plan = agenda((ITEMS[1], None), (ITEMS[0], None))
    assert play.refused(CHAIR, SetAgenda(plan, 99)) == "not-allowed"
    play(SECRETARY, SetAgenda(plan, 99))
    play(CHAIR, Step(Change.OPEN))
    play(CHAIR, SetAgenda(PLAN, 99))


@pytest.mark.parametrize(
    ("phase", "role", "sees"),
    [
        (Phase.DRAFT, MemberRole.MEMBER, False),
        (Phase.SUBMITTED, MemberRole.GUEST, False),
        (Phase.DRAFT, MemberRole.CHAIR, True),
        (Phase.APPROVED, MemberRole.MEMBER, True),
        (Phase.CLOSED, MemberRole.GUEST, True),
        (Phase.OPEN, None, False),
    ],
)
def test_a_meeting_shows_itself_to_members_once_approved(phase: Phase, role: MemberRole | None, *, sees: bool) -> None:
    assert model.may_see(phase, role, sees_all=False) is sees
    assert model.may_see(phase, role, sees_all=True)


# Members


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ((members()[0], members()[0]), "member-twice"),
        ((members()[0], dataclasses.replace(members()[1], seat=SEATS[0])), "seat-given-twice"),
        ((members()[0], dataclasses.replace(members()[1], role=MemberRole.CHAIR)), "two-chairs"),
    ],
)
def test_a_list_of_members_that_contradicts_itself_is_refused(change: tuple[object, ...], code: str) -> None:
    assert Play().refused(OFFICE, SetMembers(change)) == code  # type: ignore[arg-type]


def test_who_is_taken_out_of_the_meeting_leaves_their_seat(play: Play) -> None:
    play(MEMBER, TakeSeat(SEATS[2]))
    assert [*play.log.state.seated] == [(MEMBER, SEATS[2])]
    drafts = play(OFFICE, SetMembers(members(CHAIR, SECRETARY, PRESENTER)))
    assert [draft.kind for draft in drafts] == ["members_set", "person_left"]
    assert not play.log.state.seated


def test_what_changes_nothing_writes_nothing(play: Play) -> None:
    play(CHAIR, StartItem(ITEMS[0]))
    play(CHAIR, Present(PAPER, 2))
    play(CHAIR, ShowOnDisplay(DisplayMode.BLANK))
    play(MEMBER, TakeSeat(SEATS[2]))
    seq = play.log.state.seq
    for who, command in (
        (OFFICE, SetMembers(members())),
        (OFFICE, SetAgenda(PLAN, seq)),
        (CHAIR, StartItem(ITEMS[0])),
        (CHAIR, Present(PAPER, 2)),
        (CHAIR, ShowOnDisplay(DisplayMode.BLANK)),
        (MEMBER, TakeSeat(SEATS[2])),
        (GUEST, LeaveSeat()),
    ):
        assert play(who, command) == (), command
    assert play.log.state.seq == seq


# M4: the agenda


def test_M4_the_agenda_is_optimistic_about_itself_alone(play: Play) -> None:
    """Turning pages does not make a prepared reorder stale; another reorder does."""
    seen = play.log.state.seq
    play(CHAIR, Present(PAPER, 3))
    play(CHAIR, SetAgenda(agenda((ITEMS[1], None), (ITEMS[0], None)), seen))
    assert play.refused(SECRETARY, SetAgenda(PLAN, seen)) == "agenda-changed"
    play(SECRETARY, SetAgenda(PLAN, play.log.state.seq))


def test_M4_reordering_keeps_what_has_happened(play: Play) -> None:
    play(CHAIR, StartItem(ITEMS[0]))
    play(CHAIR, StartItem(ITEMS[1]))
    reordered = agenda((ITEMS[1], None), (ITEMS[2], ITEMS[1]), (ITEMS[0], None))
    play(CHAIR, SetAgenda(reordered, play.log.state.seq))
    assert [(i.item, i.state) for i in play.log.state.agenda] == [
        (ITEMS[1], ItemState.ACTIVE),
        (ITEMS[2], ItemState.WAITING),
        (ITEMS[0], ItemState.DONE),
    ]


@pytest.mark.parametrize(
    ("items", "code"),
    [
        (agenda((ITEMS[0], None), (ITEMS[0], None)), "item-twice"),
        (agenda((ITEMS[0], ITEMS[3])), "agenda-broken"),
        (agenda((ITEMS[0], ITEMS[0])), "agenda-broken"),
        (agenda((ITEMS[0], ITEMS[1]), (ITEMS[1], ITEMS[0])), "agenda-broken"),
        (agenda(*((an_id("i", n), an_id("i", n - 1) if n > 100 else None) for n in range(100, 107))), "agenda-broken"),
    ],
    ids=["twice", "unknown parent", "its own parent", "a circle", "too deep"],
)
def test_M4_what_is_no_tree_is_refused(items: tuple[object, ...], code: str) -> None:
    assert Play().refused(OFFICE, SetAgenda(items, 99)) == code  # type: ignore[arg-type]


def test_M4_an_item_that_was_begun_or_has_papers_stays(play: Play) -> None:
    play(CHAIR, StartItem(ITEMS[1]))
    without_papers = agenda((ITEMS[1], None), (ITEMS[2], ITEMS[1]))
    without_begun = agenda((ITEMS[0], None))
    assert play.refused(CHAIR, SetAgenda(without_papers, 99)) == "item-has-papers"
    assert play.refused(CHAIR, SetAgenda(without_begun, 99)) == "item-in-progress"


def test_M4_items_may_be_hidden_live(play: Play) -> None:
    hidden = tuple(dataclasses.replace(item, visibility=Visibility.HIDDEN) for item in PLAN)
    play(CHAIR, SetAgenda(hidden, 99))
    assert {item.visibility for item in play.log.state.agenda} == {Visibility.HIDDEN}


def test_starting_an_item_ends_the_one_before_and_its_presenting(play: Play) -> None:
    play(CHAIR, StartItem(ITEMS[0]))
    play(CHAIR, Present(PAPER, 5))
    play(CHAIR, StartItem(ITEMS[1]))
    state = play.log.state
    assert [item.state for item in state.agenda] == [ItemState.DONE, ItemState.ACTIVE, ItemState.WAITING]
    assert state.presenting is None
    assert play.refused(CHAIR, StartItem(ITEMS[3])) == "no-such-item"


# F1, F2: presenting and the display


@pytest.mark.parametrize(("page", "version"), [(0, None), (21, None), (10**9, 1)])
def test_F1_a_page_the_paper_does_not_have_is_refused(play: Play, page: int, version: int | None) -> None:
    assert play.refused(CHAIR, Present(PAPER, page, version)) == "no-such-page"


def test_F1_only_published_papers_at_their_published_version(play: Play) -> None:
    assert play.refused(CHAIR, Present(an_id("p", 2), 1)) == "no-such-paper"
    assert play.refused(CHAIR, Present(PAPER, 1, 2)) == "paper-not-published"
    draft = Play()
    draft.prepare(Change.SUBMIT, Change.APPROVE, Change.OPEN)
    draft.publish()
    submitted = dict(draft.events[-3].data, paper=an_id("p", 2))
    draft.write((model.Draft("paper_submitted", submitted),))
    assert draft.refused(CHAIR, Present(an_id("p", 2), 1)) == "paper-not-published"


def test_F1_calling_everyone_back_counts(play: Play) -> None:
    assert play.refused(CHAIR, CallBack()) == "nothing-presented"
    play(PRESENTER, Present(PAPER, 4))
    play(CHAIR, CallBack())
    play(PRESENTER, Present(PAPER, 5))
    shown = play.log.state.presenting
    assert shown is not None
    assert (shown.page, shown.person, shown.call) == (5, PRESENTER, 1)


def test_F1_a_presenter_shows_only_papers_of_their_own_item(play: Play) -> None:
    plan = tuple(dataclasses.replace(item, presenter=MEMBER) for item in PLAN)
    play(CHAIR, SetAgenda(plan, 99))
    assert play.refused(PRESENTER, Present(PAPER, 1)) == "not-allowed"
    play(MEMBER, Present(PAPER, 1))
    assert play.refused(PRESENTER, StopPresenting()) == "not-allowed"
    play(MEMBER, StopPresenting())


@pytest.mark.parametrize(
    "command",
    [
        StartItem(ITEMS[0]),
        Present(PAPER, 1),
        CallBack(),
        StopPresenting(),
        ShowOnDisplay(DisplayMode.BLANK),
        TakeSeat(SEATS[0]),
    ],
    ids=lambda command: type(command).__name__,
)
def test_an_act_on_a_closed_meeting_is_refused_with_its_phase(play: Play, command: Command) -> None:
    play(CHAIR, Step(Change.CLOSE))
    assert play.refused(CHAIR, command) == "phase-not-allowed"


def test_in_recess_nobody_turns_pages(play: Play) -> None:
    play(CHAIR, Step(Change.RECESS))
    assert play.refused(CHAIR, Present(PAPER, 1)) == "phase-not-allowed"
    assert play.refused(CHAIR, StartItem(ITEMS[0])) == "phase-not-allowed"
    play(CHAIR, ShowOnDisplay(DisplayMode.MESSAGE, "Giải lao 15 phút"))


def test_F2_a_message_needs_its_text_and_a_page_its_presenting(play: Play) -> None:
    assert play.refused(CHAIR, ShowOnDisplay(DisplayMode.MESSAGE, "  ")) == "display-text-missing"
    assert play.refused(CHAIR, ShowOnDisplay(DisplayMode.PAGE)) == "nothing-presented"


def test_M2_a_clock_that_jumps_back_does_not_take_the_log_with_it(play: Play) -> None:
    last = play.events[-1].at
    play.now = START - dt.timedelta(days=1)
    play(CHAIR, StartItem(ITEMS[0]))
    assert play.events[-1].at == last


def test_a_change_of_title_is_for_the_preparation(play: Play) -> None:
    assert play.refused(OFFICE, dataclasses.replace(DESCRIBED, title="Khác")) == "phase-not-allowed"
    draft = Play()
    draft(OFFICE, Describe("Khác", "Giao ban", DESCRIBED.room, "Phòng thử", START, 30))
    assert draft.log.state.title == "Khác"
