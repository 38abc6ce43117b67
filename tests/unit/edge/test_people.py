"""The person at the seat: sign-in, lock, acts, and being signed in elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from edge import view
from edge.commands import (
    Answer,
    CheckPassword,
    ForgetPassword,
    HidePages,
    Keep,
    RememberPassword,
    SaveSession,
    SendEntry,
    SendSignIn,
    Settle,
)
from edge.events import (
    Acked,
    ActAsked,
    FollowsPresenter,
    LinkUp,
    LockAsked,
    LogCame,
    PasswordChecked,
    SignInAsked,
    SignOutAsked,
    Touched,
    UnlockAsked,
    Welcomed,
)
from edge.model import Queued
from tests.support.meeting_log import MEETING, MeetingLog, described, item, member, named, paper
from tests.support.playbook import SEAT, Playbook, act_id
from tests.support.votes import open_vote, take
from wire.ids import MeetingId

LAN, CHAIR = named("u", "lan"), named("u", "chair")


@pytest.fixture
def log() -> MeetingLog:
    log = MeetingLog().prepared()
    log.add("meeting_opened")
    return log


@pytest.fixture
def book(log: MeetingLog) -> Playbook:
    return Playbook().enrolled().welcomed(log)


# ------------------------------------------------------------ before and at sign-in


def test_P5_before_sign_in_the_seat_tells_what_where_when_and_no_paper(book: Playbook) -> None:
    sections = book.sections
    assert sections["meeting"]["title"] == "Họp giao ban (demo)"
    assert (sections["members"], sections["agenda"], sections["papers"], sections["person"]) == ([], [], [], None)
    assert sections["expected"]["id"] == LAN
    assert [choice["id"] for choice in sections["choices"]] == [
        CHAIR,
        named("u", "secretary"),
        LAN,
        named("u", "guest"),
    ]


def test_sign_in_is_asked_of_the_server_and_opens_the_papers(book: Playbook) -> None:
    sent = book.on(SignInAsked(1, act_id(1), LAN)).does(SendSignIn)
    assert (sent.meeting, sent.person) == (MEETING, LAN)
    assert book.where == "welcome"
    book.acked(act_id(1), seq=9)
    assert book.answers(1) == ""
    assert book.does(RememberPassword).request == 1
    assert book.does(SaveSession).session == book.state.session
    assert book.where == "signed_in"
    assert book.sections["person"]["id"] == LAN
    assert book.sections["papers"]
    assert book.sections["choices"] == []


def test_a_wrong_password_is_the_servers_word(book: Playbook) -> None:
    book.on(SignInAsked(1, act_id(1), LAN)).acked(act_id(1), "refused", "bad-credentials")
    assert book.answers(1) == "bad-credentials"
    book.does_not(RememberPassword)
    assert book.where == "welcome"


def test_sign_in_needs_the_server(book: Playbook) -> None:
    book.lost()
    assert book.on(SignInAsked(1, act_id(1), LAN)).answers(1) == "offline"
    book.does_not(SendSignIn)


def test_who_is_no_member_is_refused_at_once(book: Playbook) -> None:
    assert book.on(SignInAsked(1, act_id(1), named("u", "stranger"))).answers(1) == "not-a-member"


def test_there_is_nothing_to_sign_in_to_without_a_meeting() -> None:
    assert Playbook().enrolled().welcomed().on(SignInAsked(1, act_id(1), LAN)).answers(1) == "no-meeting"


def test_the_server_has_fifteen_seconds(book: Playbook) -> None:
    book.on(SignInAsked(1, act_id(1), LAN)).after(16)
    assert book.answers(1) == "offline"
    book.on(SignInAsked(2, act_id(2), LAN)).does(SendSignIn)


def test_a_sign_in_outlives_a_reconnect_and_counts_once(book: Playbook, log: MeetingLog) -> None:
    book.on(SignInAsked(1, act_id(1), LAN)).lost()
    book.on(LinkUp()).on(Welcomed(book.wish(log)))
    assert book.does(SendSignIn).act == act_id(1)
    book.acked(act_id(1)).acked(act_id(1))
    assert book.where == "signed_in"


def test_the_page_repeats_a_sign_in_whose_answer_was_lost(book: Playbook) -> None:
    book.on(SignInAsked(1, act_id(1), LAN)).on(SignInAsked(2, act_id(1), LAN))
    book.does_not(SendSignIn)
    assert book.acked(act_id(1)).answers(2) == ""


def test_two_sign_ins_at_one_time_are_one_too_many(book: Playbook) -> None:
    book.on(SignInAsked(1, act_id(1), LAN))
    assert book.on(SignInAsked(2, act_id(2), CHAIR)).answers(2) == "seat-sign-in-running"


def test_a_seat_that_is_taken_stays_so(book: Playbook, log: MeetingLog) -> None:
    book.signed_in(log=log)
    assert book.on(SignInAsked(5, act_id(5), CHAIR)).answers(5) == "seat-taken-by-person"


# ------------------------------------------------------------ elsewhere


def test_I2_signed_in_at_another_seat_is_signed_out_here(book: Playbook, log: MeetingLog) -> None:
    book.signed_in(log=log)
    book.told(log, ("person_seated", {"person": LAN, "seat": named("s", "B7")}))
    assert book.where == "welcome"
    book.does(HidePages)
    book.does(ForgetPassword)
    assert book.does(SaveSession).session is None


def test_I2_somebody_else_at_this_seat_ends_the_session(book: Playbook, log: MeetingLog) -> None:
    book.signed_in(log=log).told(log, ("person_seated", {"person": CHAIR, "seat": SEAT}))
    assert book.where == "welcome"


def test_I2_an_old_event_that_comes_late_does_not_sign_out(book: Playbook, log: MeetingLog) -> None:
    log.add("person_seated", {"person": LAN, "seat": named("s", "B7")})
    log.add("person_seated", {"person": LAN, "seat": SEAT})
    book.signed_in()
    book.told(log)
    book.on(LogCame(MEETING, (log.events[-2],)))
    assert book.where == "signed_in"
    book.on(LogCame(MEETING, (log.events[-1],)))
    assert book.where == "signed_in"


def test_who_is_no_member_any_more_is_signed_out(book: Playbook, log: MeetingLog) -> None:
    book.signed_in(log=log).told(log, ("members_set", {"members": [member("chair", "chair", seat="A1")]}))
    assert book.where == "welcome"


# ------------------------------------------------------------ lock


def test_the_seat_locks_when_nobody_touches_it(book: Playbook) -> None:
    book.signed_in()
    book.after(200).on(Touched()).after(299)
    assert book.where == "signed_in"
    book.after(2)
    assert book.where == "locked"
    book.does(HidePages)
    assert book.sections["papers"] == []
    assert book.sections["acts"] == []
    assert book.sections["person"]["id"] == LAN


def follow(book: Playbook, seconds: int, *, every_s: int = 8) -> None:
    """The page goes with the presenter for so long."""
    for _ in range(seconds // every_s):
        book.after(every_s).on(FollowsPresenter())


def present(book: Playbook, log: MeetingLog) -> None:
    shown = {"paper": named("p", "report"), "version": 1, "page": 2, "person": CHAIR, "call": 0}
    book.told(log, ("page_presented", shown))


def test_who_follows_a_presentation_is_not_locked_out_and_is_when_it_has_ended(book: Playbook, log: MeetingLog) -> None:
    book.signed_in()
    present(book, log)
    follow(book, 1200)
    assert book.where == "signed_in"
    book.told(log, ("presenting_stopped", {}))
    book.after(250)
    assert book.where == "signed_in", "the end of a presentation does not lock a whole room at once"
    follow(book, 60)
    assert book.where == "locked"


@pytest.mark.parametrize(
    ("kind", "there", "waits"),
    [
        ("named", {"chair": "", "lan": ""}, True),
        ("open", {"chair": "", "lan": "for"}, False),
        ("open", {"chair": ""}, False),
        ("hands", {"chair": "", "lan": ""}, False),
    ],
)
def test_W46_a_locked_seat_says_that_a_vote_waits_and_not_what_it_is(
    log: MeetingLog, *, kind: str, there: dict[str, str], waits: bool
) -> None:
    """``there``: what each has answered by now."""
    vote = open_vote(log, there, kind=kind)
    if votes := {name: answer for name, answer in there.items() if answer}:
        take(log, vote, votes)
    book = Playbook().enrolled().welcomed(log)
    assert book.sections["seat"]["voting"] is False, "nobody is signed in"
    book.signed_in()
    assert book.sections["seat"]["voting"] is False, "the screen shows the vote itself"
    book.on(LockAsked(2))
    assert book.where == "locked"
    assert (book.sections["seat"]["voting"], book.sections["votes"]) == (waits, [])
    book.told(log, ("vote_paused", {"vote": vote}))
    assert book.sections["seat"]["voting"] is False


def test_following_keeps_no_seat_open_for_ever(log: MeetingLog) -> None:
    book = Playbook(following_s=1000).enrolled().welcomed(log).signed_in()
    present(book, log)
    follow(book, 1280)
    assert book.where == "signed_in"
    follow(book, 32)
    assert book.where == "locked"


@pytest.mark.parametrize("kinds", [(), (("meeting_recessed", {}),)])
def test_following_counts_only_while_something_is_presented_in_an_open_meeting(
    book: Playbook, log: MeetingLog, kinds: tuple[tuple[str, dict[str, Any]], ...]
) -> None:
    book.signed_in()
    if kinds:
        present(book, log)
        book.told(log, *kinds)
    follow(book, 320)
    assert book.where == "locked"


def test_following_does_not_unlock_and_outlives_a_restart(book: Playbook, log: MeetingLog) -> None:
    book.signed_in()
    present(book, log)
    follow(book, 600)
    kept = book.state.session
    assert book.on(LockAsked(2)).on(FollowsPresenter()).where == "locked"
    again = Playbook().enrolled()
    again.s = book.s
    assert again.opened(log, warm=True, session=kept).after(11).where == "signed_in"


def test_a_touch_does_not_unlock(book: Playbook) -> None:
    book.signed_in().on(LockAsked(2)).on(Touched())
    assert book.where == "locked"


def test_D3_the_lock_opens_without_the_server(book: Playbook) -> None:
    book.signed_in().on(LockAsked(2))
    assert book.answers(2) == ""
    book.lost().on(UnlockAsked(3))
    assert book.does(CheckPassword).request == 3
    book.on(PasswordChecked(3, act_id(3), right=True))
    assert book.answers(3) == ""
    assert book.where == "signed_in"


def test_wrong_passwords_at_the_lock_cost_ever_longer_waits(book: Playbook) -> None:
    book.signed_in().on(LockAsked(2))
    for request in range(10, 14):
        book.on(UnlockAsked(request))
        assert book.on(PasswordChecked(request, act_id(3), right=False)).answers(request) == "bad-credentials"
        assert book.does(Answer).data == {"tries_left": 14 - request}
    book.on(UnlockAsked(14)).on(PasswordChecked(14, act_id(3), right=False))
    assert book.on(UnlockAsked(15)).answers(15) == "too-many-tries"
    book.does_not(CheckPassword)
    book.after(3).on(UnlockAsked(16))
    book.does(CheckPassword)


def test_after_a_restart_the_server_says_whether_the_password_is_right(book: Playbook, log: MeetingLog) -> None:
    book.signed_in(log=log).on(LockAsked(2)).on(UnlockAsked(3))
    book.on(PasswordChecked(3, act_id(3), right=None))
    assert book.does(SendSignIn).person == LAN
    book.acked(act_id(3))
    assert book.answers(3) == ""
    assert book.where == "signed_in"
    book.on(LockAsked(4)).lost()
    assert book.on(PasswordChecked(5, act_id(5), right=None)).answers(5) == "offline"


def test_nobody_locks_or_unlocks_an_empty_seat(book: Playbook) -> None:
    assert book.on(LockAsked(1)).answers(1) == "seat-sign-in-first"
    assert book.on(UnlockAsked(2)).answers(2) == "seat-sign-in-first"
    assert book.on(PasswordChecked(3, act_id(3), right=True)).answers(3) == "seat-sign-in-first"


# ------------------------------------------------------------ acts


def test_W28_an_act_is_told_and_sent_only_when_it_is_durable(book: Playbook) -> None:
    book.signed_in().on(ActAsked(7, act_id(7), "meeting_recess", {}))
    assert book.does(Keep).act == act_id(7)
    book.does_not(SendEntry)
    assert book.sections["acts"] == []
    book.keeps()
    assert book.answers(7) == ""
    assert book.does(SendEntry).act == act_id(7)
    assert book.sections["acts"] == [{"act": act_id(7), "kind": "meeting_recess", "state": "sent", "code": ""}]
    book.acked(act_id(7))
    assert book.does(Settle).entry == Queued(act_id(7), "meeting_recess", MEETING)
    assert book.sections["acts"][0]["state"] == "done"


def test_a_refused_act_is_told_with_its_code(book: Playbook) -> None:
    book.signed_in().on(ActAsked(7, act_id(7), "meeting_recess", {})).keeps()
    book.acked(act_id(7), "refused", "not-allowed")
    assert book.sections["acts"] == [
        {"act": act_id(7), "kind": "meeting_recess", "state": "refused", "code": "not-allowed"}
    ]


def test_D3_acts_queue_without_the_server_and_go_one_by_one_in_order(book: Playbook, log: MeetingLog) -> None:
    book.signed_in().lost()
    for number in (1, 2, 3):
        book.on(ActAsked(number, act_id(number), "present_stop", {})).keeps()
        book.does_not(SendEntry)
    assert [act["state"] for act in book.sections["acts"]] == ["queued"] * 3
    book.on(LinkUp()).on(Welcomed(book.wish(log)))
    for number in (1, 2, 3):
        assert book.does(SendEntry).act == act_id(number)
        book.acked(act_id(number))
    assert [act["state"] for act in book.sections["acts"]] == ["done"] * 3


def test_W121_what_is_wanted_now_does_not_wait_for_the_server(book: Playbook) -> None:
    book.signed_in().lost()
    book.on(ActAsked(1, act_id(1), "notice_send", {"to": "wall", "text": "Giải lao (demo)", "seconds": 300}))
    book.does_not(Keep)
    assert book.answers(1) == "offline"


def test_W28_one_act_is_on_its_way_at_a_time(book: Playbook) -> None:
    book.signed_in().on(ActAsked(1, act_id(1), "present_stop", {})).keeps()
    book.does(SendEntry)
    book.on(ActAsked(2, act_id(2), "present_stop", {})).keeps()
    book.does_not(SendEntry)
    book.on(Touched()).does_not(SendEntry)
    book.acked(act_id(2)).does_not(SendEntry)
    book.on(ActAsked(3, act_id(3), "present_stop", {})).keeps()
    assert book.acked(act_id(1)).does(SendEntry).act == act_id(3)


def test_P5_a_guest_is_shown_no_hidden_item_and_may_not_read_its_papers() -> None:
    log = MeetingLog().prepared()
    log.add("agenda_set", {"items": [item("one"), item("two"), item("inside", visibility="internal")]})
    log.add("paper_submitted", paper("secret", under="inside"))
    log.add("paper_approved", {"paper": named("p", "secret")})
    log.publish("secret")
    for who, papers in (("guest", ["report"]), ("lan", ["report", "secret"])):
        book = Playbook().enrolled().welcomed(log).signed_in(who)
        assert {entry["paper"] for entry in book.sections["papers"]} == {named("p", name) for name in papers}
        assert {where.paper for where in view.readable(book.state)} == {named("p", name) for name in papers}


def test_W28_an_act_without_an_answer_is_sent_again_with_its_id(book: Playbook, log: MeetingLog) -> None:
    book.signed_in().on(ActAsked(7, act_id(7), "present_stop", {})).keeps()
    book.lost().on(LinkUp()).on(Welcomed(book.wish(log)))
    assert book.does(SendEntry).act == act_id(7)
    book.acked(act_id(7))
    book.on(LinkUp()).on(Welcomed(book.wish(log))).does_not(SendEntry)


def test_W28_the_same_act_from_the_page_twice_is_one(book: Playbook) -> None:
    book.signed_in().on(ActAsked(7, act_id(7), "present_stop", {})).keeps()
    book.on(ActAsked(8, act_id(7), "present_stop", {}))
    book.does_not(Keep)
    assert book.answers(8) == ""


def test_who_is_not_signed_in_or_locked_asks_for_nothing(book: Playbook) -> None:
    assert book.on(ActAsked(1, act_id(1), "present_stop", {})).answers(1) == "seat-sign-in-first"
    book.signed_in().on(LockAsked(2))
    assert book.on(ActAsked(3, act_id(3), "present_stop", {})).answers(3) == "session-locked"


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("vote", {}),
        ("sign_in", {"person": LAN, "password": "x"}),
        ("present", {"paper": "p-x", "version": 1, "page": 1}),
        ("present", {"paper": named("p", "report"), "version": 1}),
        ("present_stop", {"more": 1}),
        ("display", {"mode": "film", "text": ""}),
        ("item_start", {"item": named("p", "one")}),
    ],
)
def test_an_act_that_does_not_say_what_it_must_is_not_kept(book: Playbook, kind: str, data: dict[str, object]) -> None:
    assert book.signed_in().on(ActAsked(3, act_id(3), kind, data)).answers(3) == "seat-bad-request"
    book.does_not(Keep)


def test_signing_out_is_at_once_and_the_server_learns_it_later(book: Playbook, log: MeetingLog) -> None:
    book.signed_in(log=log).lost()
    book.on(SignOutAsked(9, act_id(9)))
    assert book.answers(9) == ""
    book.does(HidePages)
    book.does(ForgetPassword)
    assert book.where == "welcome"
    book.keeps()
    assert book.sections["acts"] == []
    book.on(LinkUp()).on(Welcomed(book.wish(log)))
    assert book.does(SendEntry).act == act_id(9)


def test_an_acknowledgement_of_something_unknown_changes_nothing(book: Playbook) -> None:
    before = book.state
    book.on(Acked(act_id(77), "done"))
    assert book.commands == ()
    assert book.state.queue == before.queue


# ------------------------------------------------------------ a rehearsal beside its meeting


def rehearsal(name: str = "copy", *, opened: bool = False) -> MeetingLog:
    """An approved rehearsal, or one that goes on."""
    log = MeetingLog(MeetingId(named("m", name)))
    about = {**described("CHẠY THỬ – Họp (demo)"), "rehearsal": {"of": MEETING, "seq": 3}}
    log.add("meeting_created", about)
    log.add("members_set", {"members": [member("chair", "chair", seat="A1"), member("lan", "member", seat="A3")]})
    log.add("agenda_set", {"items": [item("one")]})
    for kind in ("meeting_submitted", "meeting_approved", *(["meeting_opened"] if opened else [])):
        log.add(kind)
    log.add("epoch_started", {"epoch": 1})
    return log


@pytest.mark.parametrize("opened", [False, True])
def test_M5_a_rehearsal_is_shown_before_a_meeting_that_waits_and_says_what_it_is(*, opened: bool) -> None:
    copy = rehearsal(opened=opened)
    book = Playbook().enrolled().welcomed(MeetingLog().prepared(), copy)
    assert book.sections["meeting"]["id"] == copy.meeting
    assert book.sections["meeting"]["rehearsal_of"] == MEETING


def test_M5_a_meeting_that_goes_on_is_never_hidden_by_a_rehearsal(log: MeetingLog) -> None:
    book = Playbook().enrolled().welcomed(log, rehearsal(opened=True))
    assert book.sections["meeting"]["id"] == MEETING


def test_M5_when_the_rehearsal_is_deleted_the_seat_shows_its_meeting_again() -> None:
    real, copy = MeetingLog().prepared(), rehearsal(opened=True)
    book = Playbook().enrolled().welcomed(real, copy)
    book.wished(real)
    assert book.sections["meeting"]["id"] == MEETING
    assert book.where == "welcome"
