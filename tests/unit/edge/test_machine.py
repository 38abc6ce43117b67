"""The seat's machine as playbooks: link, wish, log, recall, restarts."""

from __future__ import annotations

import dataclasses

import pytest

from edge.commands import (
    Greet,
    HidePages,
    Listen,
    Record,
    Replan,
    Report,
    SaveWish,
    SendEntry,
    SendHealth,
    Wipe,
)
from edge.events import (
    Destroyed,
    FaultChanged,
    Heard,
    IdentityChanged,
    LinkUp,
    LogCame,
    SignInAsked,
    Stored,
    Welcomed,
    WishChanged,
)
from edge.model import Identity, Queued, Recalled, Session, Standing
from tests.support.meeting_log import MEETING, MeetingLog, described, named
from tests.support.playbook import DEVICE, ROOM, SEAT, Playbook, act_id
from wire.ids import MeetingId


@pytest.fixture
def log() -> MeetingLog:
    return MeetingLog().prepared()


@pytest.fixture
def book() -> Playbook:
    return Playbook().enrolled()


# ------------------------------------------------------------ screens before a meeting


@pytest.mark.parametrize("standing", [Standing.ENROLLING, Standing.REFUSED])
def test_an_unknown_device_shows_its_code_and_nothing_else(standing: Standing) -> None:
    book = Playbook().on(IdentityChanged(Identity(standing, DEVICE, "1234 5678 9012", "device-refused")))
    assert book.where == standing.value
    assert book.sections["seat"]["code"] == ("1234 5678 9012" if standing is Standing.ENROLLING else "")
    assert book.sections["seat"]["message"] == "device-refused"
    assert book.sections["meeting"] is None


def test_a_revoked_device_wipes_its_store_and_forgets_everything(book: Playbook, log: MeetingLog) -> None:
    book.welcomed(log).signed_in()
    book.on(IdentityChanged(Identity(Standing.REVOKED, DEVICE)))
    book.does(Wipe)
    assert book.where == "revoked"
    assert book.state.meetings == {}
    assert book.state.session is None
    book.on(IdentityChanged(Identity(Standing.REVOKED, DEVICE, message="device-revoked")))
    book.does_not(Wipe)


def test_W25_a_hello_into_the_void_is_said_again_at_once_and_only_then_is_the_server_away(book: Playbook) -> None:
    book.on(LinkUp()).does(Greet)
    before = book.sections["link"]["state"]
    book.after(2).does(Greet)
    assert book.sections["link"]["state"] == before != "offline"
    book.after(3).does(Greet)
    assert book.sections["link"]["state"] == "offline"


def test_W25_a_seat_says_hello_at_every_connection(book: Playbook) -> None:
    book.on(LinkUp()).does(Greet)
    book.lost()
    book.on(LinkUp()).does(Greet)


def test_a_welcome_confirms_the_seat(book: Playbook) -> None:
    assert book.where == "confirming"
    book.welcomed()
    assert book.where == "waiting"
    assert book.does(Listen).room == ROOM
    assert book.does(Replan).eager
    book.does(Report)
    book.does(SaveWish)


def test_a_device_revoked_in_the_middle_of_a_sign_in_answers_it_and_so_drops_the_password(
    book: Playbook, log: MeetingLog
) -> None:
    book.welcomed(log).on(SignInAsked(7, act_id(7), named("u", "lan")))
    book.on(IdentityChanged(Identity(Standing.REVOKED, DEVICE)))
    assert book.answers(7) == "device-revoked"
    book.does(Wipe)
    assert book.state.signing_in is None


# ------------------------------------------------------------ confirming


def test_P7_a_cold_start_shows_nothing_until_the_server_has_answered(book: Playbook, log: MeetingLog) -> None:
    book.after(3600)
    assert book.where == "confirming"
    book.opened(log).on(LinkUp()).after(3)
    assert book.where == "confirming"


def test_a_restart_within_the_boot_waits_for_the_server_then_goes_on_without(book: Playbook, log: MeetingLog) -> None:
    book.opened(log, warm=True)
    assert book.after(9).where == "confirming"
    assert book.after(2).where == "welcome"
    assert book.sections["link"]["state"] == "offline"


@pytest.mark.parametrize(("code", "left"), [("seat-store-unreadable", ""), ("seat-disk-full", "seat-disk-full")])
def test_a_store_that_opens_is_no_longer_called_unreadable(
    book: Playbook, log: MeetingLog, code: str, left: str
) -> None:
    book.on(LinkUp()).on(FaultChanged(code)).opened(log)
    assert book.state.fault == left


def test_P7_a_restart_whose_welcome_recalls_never_shows_the_meeting(book: Playbook, log: MeetingLog) -> None:
    book.opened(log, warm=True).on(LinkUp())
    assert book.where == "confirming"
    book.on(Welcomed(book.wish(recall=(MEETING,))))
    assert book.where == "waiting"
    assert book.sections["meeting"] is None


# ------------------------------------------------------------ the log


def test_M3_events_are_applied_in_order_and_recorded(book: Playbook, log: MeetingLog) -> None:
    book.welcomed(log)
    book.told(log, ("meeting_opened", {}))
    assert book.does(Record).events == (log.events[-1],)
    assert book.sections["meeting"]["phase"] == "open"


def test_M3_a_gap_is_seen_said_and_asked_for(book: Playbook, log: MeetingLog) -> None:
    book.welcomed(log)
    log.add("meeting_opened")
    log.add("meeting_recessed")
    book.on(LogCame(MEETING, (log.events[-1],)))
    book.does_not(Record)
    book.does(Replan)
    assert book.sections["link"]["behind"]
    book.on(LogCame(MEETING, (log.events[-2],)))
    assert book.sections["link"]["behind"]
    book.on(LogCame(MEETING, tuple(log.events[-2:])))
    assert not book.sections["link"]["behind"]
    assert book.sections["meeting"]["phase"] == "recess"


def test_M3_events_come_twice_or_backwards_and_change_nothing(book: Playbook, log: MeetingLog) -> None:
    book.welcomed(log)
    before = book.state.meetings[MEETING].state
    book.on(LogCame(MEETING, tuple(reversed(log.events))))
    book.does_not(Record)
    assert book.state.meetings[MEETING].state == before


def test_M3_a_seat_that_heard_of_a_newer_number_says_that_it_is_behind(book: Playbook, log: MeetingLog) -> None:
    book.welcomed(log, know=False)
    assert book.where == "waiting"
    book.on(LogCame(MEETING, tuple(log.events[:3]), head=log.state.seq))
    assert book.state.meetings[MEETING].behind
    book.does(Replan)


def test_W41_a_broken_chain_is_asked_for_again_and_then_said(book: Playbook, log: MeetingLog) -> None:
    book.welcomed(log)
    good = log.next("meeting_opened")
    forged = dataclasses.replace(good, prev="0" * 64)
    book.on(LogCame(MEETING, (forged,)))
    assert book.where == "welcome"
    book.does(Replan)
    book.on(LogCame(MEETING, (forged,)))
    assert book.where == "outdated"
    assert book.sections["seat"]["message"] == "log-broken"
    book.on(LogCame(MEETING, (good,)))
    assert book.where == "welcome"


def test_W41_another_event_under_a_known_number_is_a_broken_chain(book: Playbook, log: MeetingLog) -> None:
    book.welcomed(log)
    other = dataclasses.replace(log.events[-1], actor="device:" + DEVICE)
    book.on(LogCame(MEETING, (other,))).on(LogCame(MEETING, (other,)))
    assert book.where == "outdated"


def test_W05_an_unknown_kind_of_event_stops_the_seat_instead_of_half_a_truth(book: Playbook, log: MeetingLog) -> None:
    book.welcomed(log).signed_in()
    assert book.where == "signed_in"
    book.on(LogCame(MEETING, (log.next("flags_waved"),)))
    assert book.where == "outdated"
    assert book.sections["seat"]["message"] == "agent-outdated"
    book.does(HidePages)


def test_events_of_a_meeting_that_is_not_wanted_are_dropped(book: Playbook) -> None:
    book.welcomed()
    other = MeetingLog(MeetingId(named("m", "other"))).prepared()
    book.on(LogCame(other.meeting, tuple(other.events)))
    book.does_not(Record)


# ------------------------------------------------------------ which meeting


def test_the_live_meeting_is_shown_else_the_next_to_start(book: Playbook, log: MeetingLog) -> None:
    later = MeetingLog(MeetingId(named("m", "later"))).prepared()
    later.add("meeting_described", described("Sau (demo)") | {"starts_at": "2026-11-22T02:00:00.000Z"})
    book.welcomed(later, log)
    assert book.sections["meeting"]["title"] == log.state.title
    book.told(later, ("meeting_opened", {}))
    assert book.sections["meeting"]["title"] == "Sau (demo)"


def test_an_older_wish_is_not_followed(book: Playbook, log: MeetingLog) -> None:
    old = book.wish()
    book.welcomed(log)
    book.on(WishChanged(old))
    book.does_not(SaveWish)
    assert book.where == "welcome"


def test_a_meeting_returned_to_its_draft_is_shown_no_more(book: Playbook, log: MeetingLog) -> None:
    book.welcomed(log).told(log, ("meeting_returned", {"reason": "Thiếu tài liệu"}))
    assert book.where == "waiting"


# ------------------------------------------------------------ recall


def test_P7_the_end_in_the_log_hides_everything_before_the_wish_says_so(book: Playbook, log: MeetingLog) -> None:
    book.welcomed(log).told(log, ("meeting_opened", {})).signed_in()
    assert book.where == "signed_in"
    book.told(log, ("meeting_closed", {}))
    assert book.where == "waiting"
    book.does(HidePages)
    book.does(Replan)
    assert book.state.session is None


def test_P7_a_recall_is_shown_and_confirmed(book: Playbook, log: MeetingLog) -> None:
    book.welcomed(log)
    book.on(Destroyed(MEETING, "Họp giao ban (demo)", 2, 40))
    assert book.where == "recalled"
    shown = {"meeting_title": "Họp giao ban (demo)", "papers": 2, "pages": 40, "confirmed": False}
    assert book.sections["recalled"] == shown
    receipt = Queued(named("a", "receipt"), "receipt", MEETING)
    book.on(Stored(receipt))
    book.acked(receipt.act)
    assert book.sections["recalled"] == {**shown, "confirmed": True}
    assert book.sections["acts"] == []
    assert book.after(601).where == "waiting"


def test_P7_a_receipt_is_sent_before_the_acts_that_wait(book: Playbook, log: MeetingLog) -> None:
    acts = [Queued(act_id(number), "display", MEETING) for number in (1, 2, 3)]
    receipt = Queued(act_id(9), "receipt", MEETING)
    book.opened(queue=(*acts, receipt)).on(LinkUp()).on(Welcomed(book.wish(recall=(MEETING,))))
    assert book.does(SendEntry).act == receipt.act
    assert book.acked(receipt.act).does(SendEntry).act == acts[0].act
    late = Queued(act_id(10), "receipt", named("m", "other"))
    book.on(Stored(late))
    book.does_not(SendEntry)
    assert book.acked(acts[0].act).does(SendEntry).act == late.act
    assert [entry.act for entry in book.state.queue] == [late.act, acts[1].act, acts[2].act]


def test_P7_a_receipt_that_is_still_owed_is_shown_after_a_restart(book: Playbook) -> None:
    book.opened(recalled=Recalled(MEETING, "Họp", 1, 3, confirmed=False, since_s=book.s))
    book.on(LinkUp()).on(Welcomed(book.wish()))
    assert book.where == "recalled"


def test_a_live_meeting_is_more_important_than_the_last_recall(book: Playbook, log: MeetingLog) -> None:
    book.welcomed(log).on(Destroyed(named("m", "old"), "Cũ", 1, 1))
    assert book.where == "recalled"
    assert book.told(log, ("meeting_opened", {})).where == "welcome"


# ------------------------------------------------------------ the link


def test_D3_a_lost_broker_changes_the_sign_not_the_reading(book: Playbook, log: MeetingLog) -> None:
    book.welcomed(log).signed_in().lost()
    assert book.where == "signed_in"
    assert book.sections["link"]["state"] == "offline"
    book.does_not(HidePages)
    book.welcomed(log)
    assert book.sections["link"]["state"] == "online"
    assert book.where == "signed_in"


def test_a_seat_that_never_reached_the_broker_says_so_after_the_grace(book: Playbook) -> None:
    assert book.after(5).sections["link"]["state"] == "connecting"
    assert book.after(6).sections["link"]["state"] == "offline"


def test_a_silent_server_is_asked_and_then_said_to_be_away(book: Playbook, log: MeetingLog) -> None:
    book.welcomed(log)
    book.after(21).does(Greet)
    assert book.sections["link"]["state"] == "online"
    book.after(6)
    assert book.sections["link"]["state"] == "offline"
    book.on(Welcomed(book.wish(log)))
    assert book.sections["link"]["state"] == "online"


def test_a_server_that_speaks_is_not_asked(book: Playbook, log: MeetingLog) -> None:
    book.welcomed(log)
    for _ in range(5):
        book.after(15).does_not(Greet)
        book.on(Heard())


def test_a_server_that_stays_away_is_asked_ever_more_slowly(book: Playbook) -> None:
    book.on(LinkUp()).after(300)
    greetings = [command for command in book.commands if isinstance(command, Greet)]
    assert 28 <= len(greetings) <= 31


def test_D4_health_is_told_every_fifteen_seconds_while_online(book: Playbook) -> None:
    book.on(LinkUp()).after(20).does_not(SendHealth)
    book.welcomed()
    for _ in range(4):
        book.on(Heard())
        book.after(15)
        book.does(SendHealth)


def test_a_clock_that_jumps_changes_nothing(book: Playbook, log: MeetingLog) -> None:
    log.add("person_seated", {"person": named("u", "lan"), "seat": SEAT})
    session = Session(MEETING, named("u", "lan"), touched_s=book.s, seen=True)
    book.opened(log, warm=True, session=session).after(11)
    assert book.where == "signed_in"
    # A moment from another boot, in the future of this one's clock, is not trusted.
    other = Playbook().enrolled()
    other.opened(log, warm=True, session=dataclasses.replace(session, touched_s=10**6)).after(11)
    assert other.where == "locked"
