"""Tokens at the seat: plugged in, pulled out, PIN, sign-in, lock (I1, I2, W57)."""

from __future__ import annotations

import datetime as dt

import pytest

from edge.card.errors import CardReset, ServiceAbsent
from edge.commands import (
    Answer,
    ForgetPassword,
    HidePages,
    OpenCard,
    ReleaseCard,
    SaveSession,
    SendHealth,
    SendKnock,
    SendSignIn,
    SendTokenSignIn,
    VerifyPinAndSign,
)
from edge.errors import KeptFree
from edge.events import (
    CardCame,
    CardFailed,
    CardOpened,
    CardsWatched,
    CardWent,
    KeepingCame,
    LinkDown,
    LinkUp,
    LockAsked,
    Opened,
    SignInAsked,
    SignOutAsked,
    UnlockAsked,
    Welcomed,
)
from edge.model import SignsWith
from edge.showing import token_word
from tests.support.meeting_log import MEETING, MeetingLog, named
from tests.support.playbook import SEAT, Playbook, act_id
from tests.support.token_play import OTHER_READER, READER, TokenPlay, token
from wire.messages import Maintenance

LAN, CHAIR = named("u", "lan"), named("u", "chair")


@pytest.fixture
def log() -> MeetingLog:
    log = MeetingLog().prepared()
    log.add("meeting_opened")
    return log


@pytest.fixture
def book(log: MeetingLog) -> Playbook:
    return Playbook().enrolled().welcomed(log)


@pytest.fixture
def play(book: Playbook) -> TokenPlay:
    return TokenPlay(book)


# ------------------------------------------------------------ what is in the readers


def test_a_seat_that_reads_no_cards_says_so(book: Playbook) -> None:
    assert book.sections["usb_token"]["state"] == "off"
    assert book.signed_in().where == "signed_in", "passwords work as before"


def test_I1_a_token_that_goes_in_is_opened_and_named(play: TokenPlay) -> None:
    assert play.shown["state"] == "absent"
    play.plug("lan", opens=False)
    assert play.book.does(OpenCard) == OpenCard(READER, 1)
    assert play.shown["state"] == "reading"
    play.opens()
    assert (play.shown["state"], play.shown["name"], play.shown["tries_left"]) == ("ready", "lan (demo)", 3)
    assert (play.shown["shortest"], play.shown["longest"]) == (6, 8)
    play.pull()
    assert play.book.does(ReleaseCard) == ReleaseCard(READER, 1)
    assert (play.shown["state"], play.shown["name"]) == ("absent", "")


def test_two_tokens_at_once_are_said_and_the_one_that_stays_is_opened(play: TokenPlay) -> None:
    play.plug("lan").plug("chair", reader=OTHER_READER)
    play.book.does_not(OpenCard)
    assert (play.shown["state"], play.shown["count"], play.shown["name"]) == ("several", 2, "")
    play.types_pin(1)
    assert play.book.answers(1) == "card-two-tokens"
    play.pull()
    assert play.book.does(OpenCard) == OpenCard(OTHER_READER, 1)
    play.opens(OTHER_READER)
    assert (play.shown["state"], play.shown["name"]) == ("ready", "chair (demo)")


def test_a_second_token_that_leaves_again_changes_nothing(play: TokenPlay) -> None:
    play.plug("lan").plug("chair", reader=OTHER_READER).pull(OTHER_READER)
    play.book.does_not(OpenCard)
    assert (play.shown["state"], play.shown["name"]) == ("ready", "lan (demo)")


@pytest.mark.parametrize(
    "code", ["card-foreign", "card-mute", "card-reader-dead", "card-shared", "card-no-certificate"]
)
def test_a_card_that_cannot_be_used_is_said_with_its_reason(play: TokenPlay, code: str) -> None:
    play.plug("lan", opens=False)
    play.book.on(CardFailed(READER, 1, code, {"purpose": "login"}))
    assert (play.shown["state"], play.shown["code"], play.shown["data"]) == ("fault", code, {"purpose": "login"})
    play.types_pin(1)
    assert play.book.answers(1) == code
    play.pull()
    play.book.does_not(ReleaseCard)
    assert play.shown["state"] == "absent"


def test_a_swap_between_two_looks_is_another_card(play: TokenPlay) -> None:
    play.plug("lan")
    play.pull().plug("chair", opens=False)
    play.book.on(CardOpened(READER, 1, token("lan")))
    assert play.shown["state"] == "reading", "what is told of the card before does not count"
    assert play.book.does(ReleaseCard) == ReleaseCard(READER, 1)
    play.opens()
    assert play.shown["name"] == "chair (demo)"


def test_the_card_service_that_goes_takes_all_cards_with_it_and_comes_back(play: TokenPlay) -> None:
    play.plug("lan").signed_in("lan")
    play.book.on(CardsWatched(ServiceAbsent.code))
    assert (play.shown["state"], play.shown["code"]) == ("fault", ServiceAbsent.code)
    assert play.book.where == "locked"
    play.types_pin(1)
    assert play.book.answers(1) == ServiceAbsent.code
    play.book.on(CardsWatched())
    assert play.shown["state"] == "absent"
    play.plug("lan").signed_in("lan", 2)
    assert play.book.where == "signed_in"


# ------------------------------------------------------------ signing in


def test_I1_pin_challenge_signature_and_the_server_says_who_it_is(play: TokenPlay) -> None:
    book = play.plug("lan").types_pin(1).book
    assert book.does(SendKnock) == SendKnock(act_id(1), MEETING)
    book.does_not(VerifyPinAndSign)
    assert play.shown["state"] == "working"
    play.challenged(1)
    assert book.does(VerifyPinAndSign).challenge is not None
    play.signs(1)
    sent = book.does(SendTokenSignIn)
    assert (sent.act, sent.meeting, sent.data.certificate) == (act_id(1), MEETING, token("lan").certificate)
    assert book.where == "welcome", "only the server can say who that is"
    book.acked(act_id(1), person=LAN, seq=9)
    assert book.answers(1) == ""
    assert book.where == "signed_in"
    assert book.sections["person"]["id"] == LAN
    assert book.does(SaveSession).session == book.state.session
    book.does(ForgetPassword)
    assert book.state.session is not None
    assert book.state.session.token == token("lan").fingerprint


def test_I1_without_a_token_there_is_nothing_to_give_a_pin_to(play: TokenPlay) -> None:
    play.types_pin(1)
    assert play.book.answers(1) == "card-absent"
    play.plug("lan", opens=False).types_pin(2)
    assert play.book.answers(2) == "seat-token-busy"


def test_W189_under_maintenance_no_token_signs_in(play: TokenPlay) -> None:
    play.plug("lan").book.on(
        KeepingCame(None, Maintenance("Thay đầu đọc thẻ", dt.datetime(2026, 11, 23, tzinfo=dt.UTC), ""))
    )
    play.types_pin(1)
    assert play.book.answers(1) == KeptFree.code
    play.book.on(KeepingCame(None, None))
    play.types_pin(2)
    assert play.book.does(SendKnock).act == act_id(2)


def test_a_wrong_pin_says_how_many_tries_are_left_and_is_never_sent_again(play: TokenPlay) -> None:
    play.plug("lan").types_pin(1).challenged(1).refuses(1, "card-pin-wrong", tries_left=2)
    answer = play.book.does(Answer)
    assert (answer.code, answer.data) == ("card-pin-wrong", {"tries_left": 2})
    assert (play.shown["state"], play.shown["tries_left"]) == ("ready", 2)
    play.book.after(120)
    play.book.does_not(VerifyPinAndSign, SendKnock, SendTokenSignIn)


def test_at_one_try_left_it_is_asked_first(play: TokenPlay) -> None:
    play.plug("lan", tries_left=1, is_last=True)
    assert play.shown["last"]
    play.types_pin(1)
    assert play.book.answers(1) == "card-pin-last-try"
    play.book.does_not(SendKnock, VerifyPinAndSign)
    play.types_pin(2, last_try_ok=True).challenged(2)
    assert play.book.does(VerifyPinAndSign).token.last_try_ok


def test_a_blocked_token_says_so_and_is_given_no_pin(play: TokenPlay) -> None:
    play.plug("lan", tries_left=0, is_blocked=True)
    assert play.shown["state"] == "blocked"
    play.types_pin(1, last_try_ok=True)
    assert play.book.answers(1) == "card-pin-blocked"
    play.book.does_not(SendKnock)


def test_a_pin_that_blocks_is_told_once_and_the_screen_says_it(play: TokenPlay) -> None:
    play.plug("lan", tries_left=1, is_last=True).types_pin(1, last_try_ok=True).challenged(1)
    play.refuses(1, "card-pin-blocked", tries_left=0)
    assert play.book.answers(1) == "card-pin-blocked"
    assert play.shown["state"] == "blocked"


def test_W57_a_challenge_that_is_not_for_this_seat_is_not_signed(play: TokenPlay) -> None:
    play.plug("lan").types_pin(1).challenged(1, "seat-challenge-foreign")
    assert play.book.answers(1) == "seat-challenge-foreign"
    play.book.does_not(VerifyPinAndSign)


def test_W53_a_challenge_that_nobody_waits_for_is_left_alone(play: TokenPlay) -> None:
    play.plug("lan").challenged(1)
    play.book.does_not(VerifyPinAndSign)
    play.types_pin(2).challenged(1)
    play.book.does_not(VerifyPinAndSign)
    play.challenged(2)
    play.book.does(VerifyPinAndSign)
    play.challenged(2)
    play.book.does_not(VerifyPinAndSign)


def test_the_servers_refusal_is_told_and_the_card_forgets_the_pin(play: TokenPlay) -> None:
    play.plug("lan").types_pin(1).challenged(1).signs(1)
    play.book.acked(act_id(1), "refused", "certificate-revoked", since="2026-11-01")
    answer = play.book.does(Answer)
    assert (answer.code, answer.data) == ("certificate-revoked", {"since": "2026-11-01"})
    assert play.book.does(ReleaseCard) == ReleaseCard(READER, 1)
    assert play.book.does(OpenCard) == OpenCard(READER, 1)
    assert play.book.where == "welcome"


def test_offline_nobody_signs_in_anew(play: TokenPlay) -> None:
    play.book.on(LinkDown()).after(15)
    play.plug("lan").types_pin(1)
    assert play.book.answers(1) == "offline"
    play.book.does_not(SendKnock, VerifyPinAndSign)


def test_a_server_that_does_not_answer_is_not_waited_for(play: TokenPlay) -> None:
    play.plug("lan").types_pin(1).book.after(16)
    assert play.book.answers(1) == "offline"
    play.challenged(1)
    play.book.does_not(VerifyPinAndSign)


def test_the_second_of_two_pins_at_once_is_refused(play: TokenPlay) -> None:
    play.plug("lan").types_pin(1).types_pin(2)
    assert play.book.answers(2) == "seat-sign-in-running"
    play.book.on(SignInAsked(3, act_id(3), LAN))
    assert play.book.answers(3) == "seat-sign-in-running"


@pytest.mark.parametrize("stage", ["knocked", "signing", "sent"])
def test_a_new_welcome_in_the_middle_says_again_what_the_server_may_not_have_heard(
    play: TokenPlay, log: MeetingLog, stage: str
) -> None:
    play.plug("lan").types_pin(1)
    if stage != "knocked":
        play.challenged(1)
    if stage == "sent":
        play.signs(1)
    play.book.on(LinkDown()).on(LinkUp()).on(Welcomed(play.book.wish(log)))
    play.book.does_not(SendSignIn)
    if stage == "knocked":
        assert play.book.does(SendKnock).act == act_id(1)
    elif stage == "sent":
        assert play.book.does(SendTokenSignIn).act == act_id(1)
    else:
        play.book.does_not(SendKnock, SendTokenSignIn, VerifyPinAndSign)


# ------------------------------------------------------------ out and in again


def test_I2_token_out_locks_and_hides_at_once(play: TokenPlay) -> None:
    play.plug("lan").signed_in("lan").pull()
    assert play.book.where == "locked"
    play.book.does(HidePages)
    assert play.book.sections["papers"] == []
    assert play.book.sections["person"]["id"] == LAN, "whose seat it is stays on the screen"
    assert play.shown["needed"]


@pytest.mark.parametrize("event", [CardFailed(READER, 1, CardReset.code), CardsWatched("card-service-absent")])
def test_I2_a_token_that_was_reset_or_lost_locks_too(play: TokenPlay, event: CardFailed | CardsWatched) -> None:
    play.plug("lan").signed_in("lan").book.on(event)
    assert play.book.where == "locked"
    play.book.does(HidePages)


def test_I2_the_same_token_and_its_pin_lead_back(play: TokenPlay) -> None:
    play.plug("lan").signed_in("lan").pull().plug("lan")
    assert play.book.where == "locked"
    assert play.shown["mine"]
    play.signed_in("lan", 2)
    assert play.book.where == "signed_in"


def test_I2_another_persons_token_is_that_person(play: TokenPlay, log: MeetingLog) -> None:
    play.plug("lan").signed_in("lan")
    play.book.told(log, ("person_seated", {"person": LAN, "seat": SEAT, "method": "token"}))
    play.pull().plug("chair")
    assert not play.shown["mine"]
    play.types_pin(2).challenged(2).signs(2)
    assert play.book.where == "locked", "nothing is shown to the second before the server says who it is"
    play.book.acked(act_id(2), person=CHAIR, seq=9)
    assert play.book.sections["person"]["id"] == CHAIR
    play.book.told(log, ("person_seated", {"person": CHAIR, "seat": SEAT, "method": "token"}))
    assert play.book.where == "signed_in"


def test_I2_signed_in_at_another_seat_the_session_leaves_this_one(play: TokenPlay, log: MeetingLog) -> None:
    play.plug("lan").signed_in("lan")
    play.book.told(log, ("person_seated", {"person": LAN, "seat": SEAT, "method": "token"}))
    play.pull()
    play.book.told(log, ("person_seated", {"person": LAN, "seat": named("s", "B7"), "method": "token"}))
    assert play.book.where == "welcome"
    assert play.book.state.session is None


def test_D3_without_the_server_the_same_token_opens_its_own_lock(play: TokenPlay) -> None:
    play.plug("lan").signed_in("lan").pull()
    play.book.on(LinkDown()).after(15)
    play.plug("lan").types_pin(2)
    assert play.book.does(VerifyPinAndSign).challenge is None
    play.book.does_not(SendKnock)
    play.signs(2)
    assert play.book.answers(2) == ""
    assert play.book.where == "signed_in"


def test_D3_without_the_server_another_token_opens_nothing(play: TokenPlay) -> None:
    play.plug("lan").signed_in("lan").pull()
    play.book.on(LinkDown()).after(15)
    play.plug("chair").types_pin(2)
    assert play.book.answers(2) == "seat-token-other"
    play.book.does_not(VerifyPinAndSign)


def test_D3_a_card_pulled_out_while_it_signs_opens_nothing(play: TokenPlay) -> None:
    play.plug("lan").signed_in("lan").pull()
    play.book.on(LinkDown()).after(15)
    play.plug("lan").types_pin(2)
    commands = play.book.commands
    play.pull()
    assert play.book.answers(2) == "card-removed"
    play.inside[READER], play.book.commands = token("lan"), commands
    play.signs(2)
    assert play.book.where == "locked"


@pytest.mark.parametrize("stage", ["knocked", "signing"])
def test_a_token_pulled_out_before_it_signed_ends_the_sign_in(play: TokenPlay, stage: str) -> None:
    play.plug("lan").types_pin(1)
    if stage == "signing":
        play.challenged(1)
    play.pull()
    assert play.book.answers(1) == "card-removed"
    assert play.book.state.signing_in is None
    play.challenged(1)
    play.book.does_not(VerifyPinAndSign)


def test_I2_a_token_pulled_out_while_the_server_decides_gives_a_locked_seat(play: TokenPlay) -> None:
    play.plug("lan").types_pin(1).challenged(1).signs(1).pull()
    play.book.acked(act_id(1), person=LAN, seq=9)
    assert play.book.where == "locked"


def test_I2_after_a_restart_of_the_agent_the_seat_is_locked_until_the_token_is_seen(
    play: TokenPlay, log: MeetingLog
) -> None:
    play.plug("lan").signed_in("lan")
    session = play.book.state.session
    again = TokenPlay(Playbook().enrolled())
    again.book.on(Opened(warm=True, wish=again.book.wish(log), meetings={MEETING: log.state}, session=session))
    again.book.welcomed(log)
    assert again.book.where == "locked"


# ------------------------------------------------------------ lock, leave, passwords


def test_a_lock_by_hand_or_idleness_resets_the_card_and_wants_the_pin(play: TokenPlay) -> None:
    play.plug("lan").signed_in("lan")
    play.book.on(LockAsked(2))
    assert play.book.where == "locked"
    assert play.book.does(ReleaseCard) == ReleaseCard(READER, 1)
    assert play.book.does(OpenCard) == OpenCard(READER, 1)
    play.opens().signed_in("lan", 3)
    assert play.book.where == "signed_in"
    play.book.after(301)
    assert play.book.where == "locked"
    play.book.does(ReleaseCard)


def test_signing_out_resets_the_card(play: TokenPlay) -> None:
    play.plug("lan").signed_in("lan")
    play.book.on(SignOutAsked(2, act_id(2)))
    assert play.book.where == "welcome"
    assert play.book.does(ReleaseCard) == ReleaseCard(READER, 1)


def test_I1_a_password_does_not_open_what_a_token_locked(play: TokenPlay) -> None:
    play.plug("lan").signed_in("lan").pull()
    play.book.on(UnlockAsked(2))
    assert play.book.answers(2) == "seat-token-needed"
    play.book.on(SignInAsked(3, act_id(3), LAN))
    assert play.book.answers(3) == "seat-token-needed"


def test_a_session_with_a_password_does_not_hang_on_any_token(play: TokenPlay) -> None:
    play.book.signed_in("lan")
    play.plug("lan").pull()
    assert play.book.where == "signed_in"


def test_a_token_takes_the_seat_over_from_a_session_with_a_password(play: TokenPlay) -> None:
    play.book.signed_in("chair")
    play.plug("lan").signed_in("lan", 5)
    assert play.book.sections["person"]["id"] == LAN
    play.book.does(HidePages)


def test_a_pin_for_the_seat_that_is_open_already_is_not_sent(play: TokenPlay) -> None:
    play.plug("lan").signed_in("lan").types_pin(2)
    assert play.book.answers(2) == ""
    play.book.does_not(SendKnock, VerifyPinAndSign)


def test_a_second_token_beside_the_one_in_use_takes_nothing_away(play: TokenPlay) -> None:
    play.plug("lan").signed_in("lan").plug("chair", reader=OTHER_READER)
    assert play.book.where == "signed_in"
    play.pull()
    assert play.book.where == "locked"


def test_events_of_readers_nobody_knows_change_nothing(play: TokenPlay) -> None:
    before = play.book.state
    play.book.on(CardWent("nowhere", 7)).on(CardFailed("nowhere", 7, "card-mute"))
    assert play.book.state == before
    play.book.on(CardCame(READER, 1)).on(CardWent(READER, 9))
    assert play.shown["state"] == "reading"


# ------------------------------------------------------------ what the server is told of it


def test_W113_a_reader_that_changes_is_told_at_once_and_once(book: Playbook, play: TokenPlay) -> None:
    book.after(1)
    assert token_word(book.state) == "absent"
    book.after(1).does_not(SendHealth)
    play.plug("lan")
    book.after(1).does(SendHealth)
    assert token_word(book.state) == "no_signing"
    book.after(1).does_not(SendHealth)
    play.pull()
    book.after(1).does(SendHealth)
    assert token_word(book.state) == "absent"


def test_W113_a_seat_without_readers_and_one_with_two_tokens_say_so(book: Playbook) -> None:
    assert token_word(book.state) == "off"
    play = TokenPlay(book).plug("lan", signs=SignsWith(b"", "00" * 32, "lan"))
    assert token_word(book.state) == "signs"
    play.plug("minh", reader=OTHER_READER)
    assert token_word(book.state) == "unusable"
