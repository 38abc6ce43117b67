"""Papers signed at the seat: list, file, PIN, turn, card, answer (G40–G42, W59–W61)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from edge.commands import (
    Answer,
    CheckPin,
    CloseRound,
    DropPin,
    ExamineAndSign,
    OpenRound,
    ReleaseCard,
    SendAnswer,
    SendBegin,
)
from edge.events import (
    CardWent,
    LinkDown,
    LockAsked,
    OfferCame,
    OfferRefused,
    PinRight,
    RoundAsked,
    RoundClosed,
    RoundFile,
    SignOutAsked,
    TokenRefused,
    TokenSigned,
    Welcomed,
)
from edge.model import CardSignature, TokenSeen
from edge.rounds import ANSWER_GRACE_S, OFFER_S
from edge.signing.errors import NumberDiffers
from tests.support.meeting_log import MeetingLog, named
from tests.support.playbook import Playbook, act_id
from tests.support.round_play import SIGNS, K, RoundPlay, lan, offer, waiting
from tests.support.token_play import READER, TokenPlay
from wire.messages import RoundNumber


@pytest.fixture
def log() -> MeetingLog:
    log = MeetingLog().prepared()
    log.add("meeting_opened")
    return log


@pytest.fixture
def book(log: MeetingLog) -> Playbook:
    return Playbook().enrolled().welcomed(log)


@pytest.fixture
def play(book: Playbook) -> RoundPlay:
    return lan(book).told(waiting())


# ------------------------------------------------------------ list and file


def test_W59_the_list_is_for_its_signer_alone(book: Playbook, log: MeetingLog) -> None:
    play = RoundPlay(TokenPlay(book)).told(waiting())
    assert book.sections["signing"] is None, "nobody has signed in"
    book.signed_in("chair")
    assert book.sections["signing"] is None, "it is for somebody else"
    book.on(SignOutAsked(2, act_id(2)))
    play = lan(book)
    assert (play.shown["waiting"], [each["round"] for each in play.shown["rounds"]]) == (1, [K])
    book.on(LockAsked(3))
    assert book.sections["signing"] is None


def test_W59_what_does_not_wait_is_shown_and_not_counted(play: RoundPlay) -> None:
    play.told(waiting(revision=1, signed=("lan",)))
    assert (play.shown["waiting"], play.shown["rounds"][0]["signers"][0]["signed_at"] is not None) == (0, True)
    play.told(waiting(order=("chair", "lan")))
    assert play.shown["waiting"] == 0, "the chair comes first"


def test_W60_a_file_is_fetched_when_it_is_opened_and_forgotten_with_its_reader(play: RoundPlay) -> None:
    play.book.on(RoundAsked(2, K))
    asked = play.book.does(OpenRound)
    assert (asked.found.sha256, asked.person) == (waiting().sha256, named("u", "lan"))
    assert play.book.answers(2) == ""
    play.book.on(RoundFile(K, asked.found.sha256, 0, 3, ready=False))
    assert (play.shown["open"]["have"], play.shown["open"]["parts"], play.shown["open"]["ready"]) == (0, 3, False)
    play.types_pin(3)
    assert play.book.answers(3) == "seat-round-file-away"
    play.book.on(RoundFile(K, asked.found.sha256, 3, 3, ready=True))
    assert play.shown["open"]["paper"] == f"p-{K.removeprefix('k-')}"
    play.book.on(LockAsked(4))
    play.book.does(CloseRound)
    assert play.book.state.round_file is None


def test_W60_when_somebody_else_signs_the_newer_file_is_fetched(play: RoundPlay) -> None:
    play.opens().told(waiting(revision=1))
    assert play.book.does(OpenRound).found.revision == 1
    assert not play.shown["open"]["ready"]
    play.types_pin(2)
    assert play.book.answers(2) == "seat-round-file-away"
    # What comes late of the older one changes nothing.
    play.book.on(RoundFile(K, waiting().sha256, 1, 1, ready=True))
    assert not play.shown["open"]["ready"]


def test_a_round_of_somebody_else_is_not_opened(play: RoundPlay) -> None:
    play.book.on(RoundAsked(2, named("k", "other")))
    assert play.book.answers(2) == "seat-round-not-here"


def test_G62_the_number_that_counts_is_the_one_in_front_of_the_pin(play: RoundPlay) -> None:
    """The file does not change when its number goes to another paper: the list says so, and that is shown."""

    def told(number: str) -> RoundNumber:
        figures = (("NgayBanHanh", "22"), ("SoVanBan", number), ("ThangBanHanh", "11"))
        found = RoundNumber(f"{number}/TB-VKS", "2026-11-22", figures)
        play.told(replace(waiting(), number=found))
        return found

    told("07")
    play.opens()
    eighth = told("08")
    play.types_pin(2).pin_right(2)
    told("09")
    play.offers(2)
    assert play.book.does(ExamineAndSign).number == eighth, "what the person saw, not what has come since"
    play.book.on(OfferRefused(2, NumberDiffers.code, {}))
    play.types_pin(3).pin_right(3).offers(3)
    number = play.book.does(ExamineAndSign).number
    assert number is not None
    assert number.number == "09/TB-VKS"


# ------------------------------------------------------------ all goes well


def test_G40_pin_first_lease_second_then_the_card_then_the_answer(play: RoundPlay) -> None:
    play.opens().types_pin(2)
    play.book.does_not(SendBegin, Answer)
    assert play.step == ("checking", "")
    play.pin_right(2)
    assert play.book.answers(2) == ""
    begun = play.book.does(SendBegin)
    assert (begun.act, begun.round, begun.signs, begun.person) == (act_id(2), K, SIGNS, named("u", "lan"))
    assert play.step == ("asking", "")
    play.offers(2)
    assert play.book.does(ExamineAndSign).offer == offer(2)
    play.signs(2)
    answer = play.book.does(SendAnswer)
    assert (answer.act, answer.fence, answer.signature) == (act_id(502), 7, b"signature")
    assert play.step == ("sending", "")
    play.told(waiting())
    play.book.acked(act_id(502))
    assert play.step == ("done", "")
    play.told(waiting(revision=1, signed=("lan",)))
    assert play.book.does(OpenRound).found.revision == 1, "the signed file is shown"
    assert play.book.state.cards.by_reader[READER].verified, "the session's own PIN stays given"


def test_G40_a_token_beside_a_password_forgets_the_pin_when_it_is_done(book: Playbook) -> None:
    tokens = TokenPlay(book.signed_in("lan")).plug("lan", signs=SIGNS)
    play = RoundPlay(tokens).told(waiting()).opens().types_pin(2).pin_right(2).offers(2)
    play.book.does_not(ReleaseCard)
    play.signs(2)
    assert play.book.does(ReleaseCard).reader == READER
    play.book.acked(act_id(502))
    assert play.step == ("done", "")


def test_W61_the_same_is_said_again_after_a_new_welcome(play: RoundPlay, log: MeetingLog) -> None:
    play.opens().types_pin(2).pin_right(2).offers(2).signs(2)
    play.book.on(LinkDown())
    assert play.step == ("sending", "")
    play.book.welcomed(log, know=False)
    assert play.book.does(SendAnswer).act == act_id(502)
    play.book.after(5)
    assert play.book.does(SendAnswer).act == act_id(502)
    play.book.acked(act_id(502))
    assert play.step == ("done", "")


def test_W61_an_acknowledgement_that_was_lost_is_read_off_the_list(play: RoundPlay) -> None:
    play.opens().types_pin(2).pin_right(2).offers(2).signs(2).book.on(LinkDown())
    play.book.after(25 + ANSWER_GRACE_S + 1)
    assert play.step == ("failed", "seat-answer-unsure")
    play.told(waiting(revision=1, signed=("lan",)))
    assert play.step == ("done", "")


def test_who_has_signed_elsewhere_while_the_card_looks_at_the_pin_is_answered(play: RoundPlay) -> None:
    """Found by seed 0 of the fuzz test: the list made the work done, and the page waited for ever."""
    play.opens().types_pin(2)
    checking = play.book.commands
    play.told(waiting(revision=1, signed=("lan",)))
    play.book.commands = checking
    play.pin_right(2)
    assert play.book.answers(2) == ""
    play.book.acked(act_id(2), "refused", "signing-already-signed")
    assert play.step == ("failed", "signing-already-signed")


# ------------------------------------------------------------ refusals


def test_G41_a_wrong_pin_is_said_before_anybody_is_asked(play: RoundPlay) -> None:
    play.opens().types_pin(2)
    play.play.refuses(2, "card-pin-wrong", tries_left=2)
    assert play.book.answers(2) == "card-pin-wrong"
    play.book.does_not(SendBegin, SendAnswer)
    assert play.book.does(DropPin).request == 2
    assert (play.step, play.play.shown["tries_left"]) == (("", ""), 2)
    play.types_pin(3)
    play.play.refuses(3, "card-pin-wrong", tries_left=1)
    play.types_pin(4)
    assert play.book.answers(4) == "card-pin-last-try"
    play.types_pin(5, last_try_ok=True)
    assert play.book.does(CheckPin).work.last_try_ok


@pytest.mark.parametrize("code", ["signing-lease-held", "signing-not-your-turn", "certificate-revoked"])
def test_G42_what_the_server_refuses_is_said_and_not_tried_again(play: RoundPlay, code: str) -> None:
    play.opens().types_pin(2).pin_right(2)
    play.book.acked(act_id(2), "refused", code, wait_s=12)
    assert play.step == ("failed", code)
    assert play.shown["work"]["data"] == {"wait_s": 12}
    assert play.book.does(DropPin).request == 2
    play.book.does_not(SendBegin, SendAnswer)
    play.book.after(10)
    play.book.does_not(SendBegin)
    play.types_pin(3)
    assert play.book.does(CheckPin).work.request == 3, "the person may try again"


@pytest.mark.parametrize(
    "code", ["sign-file-differs", "sign-update-wrong", "sign-hole-wrong", "sign-digest-wrong", "sign-other-certificate"]
)
def test_G42_what_this_seat_refuses_gives_the_turn_back(play: RoundPlay, code: str) -> None:
    play.opens().types_pin(2).pin_right(2).offers(2)
    play.book.on(OfferRefused(2, code, {"why": "action"}))
    assert (play.step, play.shown["work"]["data"]) == (("failed", code), {"why": "action"})
    back = play.book.does(SendAnswer)
    assert (back.fence, back.signature, back.round) == (7, b"", K)


def test_G42_a_card_that_fails_after_the_turn_came_gives_it_back(play: RoundPlay) -> None:
    play.opens().types_pin(2).pin_right(2).offers(2)
    play.book.on(TokenRefused(2, "card-key-mismatch", {}, play.play.inside[READER], verified=True))
    assert play.step == ("failed", "card-key-mismatch")
    assert play.book.does(SendAnswer).signature == b""


def test_W61_an_offer_that_comes_too_late_or_to_nobody_is_given_back(play: RoundPlay) -> None:
    play.opens().types_pin(2).pin_right(2).offers(2, left_s=0)
    assert play.step == ("failed", "seat-offer-late")
    assert play.book.does(SendAnswer).fence == 7
    play.book.does_not(ExamineAndSign)
    play.book.on(OfferCame(offer(99, fence=8), 20.0))
    assert play.book.does(SendAnswer).fence == 8
    play.book.does_not(ExamineAndSign)


def test_W61_an_offer_that_is_said_twice_is_signed_once(play: RoundPlay) -> None:
    play.opens().types_pin(2).pin_right(2).offers(2).offers(2)
    play.book.does_not(ExamineAndSign, SendAnswer)
    assert play.step == ("signing", "")


def test_G42_a_signature_that_the_server_does_not_take_is_said(play: RoundPlay) -> None:
    play.opens().types_pin(2).pin_right(2).offers(2).signs(2)
    play.book.acked(act_id(502), "refused", "signing-lease-lost")
    assert play.step == ("failed", "signing-lease-lost")
    play.book.does_not(SendAnswer)


# ------------------------------------------------------------ token out, link lost, turned away


@pytest.mark.parametrize("step", ["checking", "asking", "signing"])
def test_G42_pulled_out_in_the_middle(play: RoundPlay, step: str) -> None:
    play.opens().types_pin(2)
    if step != "checking":
        play.pin_right(2)
    if step == "signing":
        play.offers(2)
    play.play.pull()
    assert play.book.where == "locked"
    assert play.book.does(DropPin).request == 2
    if step == "checking":
        assert play.book.answers(2) == "card-removed"
    if step == "signing":
        assert play.book.does(SendAnswer).signature == b""
    if step == "asking":
        play.offers(2)
        assert play.book.does(SendAnswer).fence == 7, "the turn that comes now is given back"
        play.book.does_not(ExamineAndSign)
    late = CardSignature(SIGNS.certificate, b"too late")
    play.book.on(TokenSigned(2, play.play.inside.get(READER) or _token(), late))
    assert not [each for each in play.book.commands if isinstance(each, SendAnswer)]


def test_pulled_out_after_the_card_has_signed_the_signature_is_sent_all_the_same(
    play: RoundPlay, log: MeetingLog
) -> None:
    play.opens().types_pin(2).pin_right(2).offers(2).signs(2)
    play.play.pull()
    assert play.book.where == "locked"
    play.book.does_not(SendAnswer)
    play.book.after(5)
    assert play.book.does(SendAnswer).signature == b"signature"
    play.book.acked(act_id(502))
    play.play.plug("lan", signs=SIGNS).types_pin(3).challenged(3).signs(3)
    play.book.acked(act_id(3), person=named("u", "lan"))
    assert play.step == ("done", "")


def test_G42_the_link_lost_between_pin_and_turn_keeps_nothing(play: RoundPlay, log: MeetingLog) -> None:
    play.opens().types_pin(2).pin_right(2)
    play.book.on(LinkDown())
    assert play.step == ("failed", "offline")
    assert play.book.does(DropPin).request == 2
    play.book.welcomed(log, know=False)
    play.book.does_not(SendBegin)
    play.offers(2)
    assert play.book.does(SendAnswer).signature == b""
    # Lost while the card looks at the PIN, nobody is asked either.
    play.types_pin(3)
    play.book.on(LinkDown())
    play.book.on(PinRight(3, play.play.inside[READER]))
    assert play.step == ("failed", "offline")
    assert [each.code for each in play.book.commands if isinstance(each, Answer)] == [""]


def test_without_the_link_nothing_is_begun(play: RoundPlay) -> None:
    play.opens().book.on(LinkDown())
    play.types_pin(2)
    assert play.book.answers(2) == "offline"
    play.book.does_not(CheckPin)


def test_a_server_that_does_not_answer_is_not_waited_for(play: RoundPlay) -> None:
    play.opens().types_pin(2).pin_right(2)
    play.book.after(OFFER_S)
    assert play.step == ("failed", "offline")


def test_G42_turned_away_while_waiting_the_turn_is_given_back_when_it_comes(play: RoundPlay) -> None:
    play.opens().types_pin(2)
    play.book.on(RoundClosed(3))
    assert play.book.answers(3) == "seat-card-at-work"
    play.book.on(PinRight(2, play.play.inside[READER]))
    play.book.on(RoundClosed(4))
    assert [each.request for each in play.book.commands if isinstance(each, Answer)] == [4]
    assert play.book.does(DropPin).request == 2
    assert play.shown["work"] is None
    play.offers(2)
    assert play.book.does(SendAnswer).fence == 7


def test_one_thing_at_a_time(play: RoundPlay) -> None:
    play.opens().types_pin(2).types_pin(3)
    assert play.book.answers(3) == "seat-card-at-work"
    play.play.types_pin(4)
    assert play.book.answers(4) == "seat-card-at-work"


def test_a_token_that_cannot_sign_papers_says_so(book: Playbook) -> None:
    play = RoundPlay(TokenPlay(book).plug("lan").signed_in("lan")).told(waiting()).opens().types_pin(2)
    assert (play.book.answers(2), play.book.does(Answer).data) == ("card-no-certificate", {"purpose": "document"})


def test_pulled_out_beside_a_password_the_seat_stays_and_says_it(book: Playbook) -> None:
    play = RoundPlay(TokenPlay(book.signed_in("lan")).plug("lan", signs=SIGNS)).told(waiting())
    play.opens().types_pin(2).pin_right(2).offers(2)
    book.on(CardWent(READER, 1))
    assert (book.where, play.step) == ("signed_in", ("failed", "card-removed"))
    assert book.does(SendAnswer).signature == b""
    assert play.shown["open"]["ready"], "reading goes on"


def test_what_was_signed_is_not_shown_to_who_comes_next(play: RoundPlay, log: MeetingLog) -> None:
    play.opens().types_pin(2).pin_right(2).offers(2).signs(2)
    play.book.acked(act_id(502)).on(SignOutAsked(3, act_id(3)))
    assert play.book.state.paper is None
    play.book.on(Welcomed(play.book.wish(log)))
    play.book.does_not(SendAnswer, SendBegin)


def _token() -> TokenSeen:
    return TokenPlay(Playbook().enrolled()).plug("lan", signs=SIGNS).inside[READER]
