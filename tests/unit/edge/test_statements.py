"""Statements at the seat: shown, PIN, signed with the certificate for documents, into the outbox (G38, G39)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from deploy.softtoken.keys import Algorithm
from edge.commands import Answer, Keep, OpenCard, ReleaseCard, SendEntry, SignWithCard
from edge.declaring import Asked, Declared, declared, maker_of
from edge.events import (
    CardWent,
    LockAsked,
    StatementAsked,
    StatementConfirmed,
    StatementLeft,
    TokenRefused,
    TokenSigned,
)
from edge.model import CardSignature, SignsWith
from edge.statements import SHOWN_S
from tests.support.meeting_log import MeetingLog, named
from tests.support.playbook import DEVICE, SEAT, Playbook, act_id
from tests.support.softtoken import certificate as made
from tests.support.softtoken import key
from tests.support.token_play import READER, TokenPlay
from wire import cades
from wire.declare import attend
from wire.errors import BadField
from wire.fields import Fields
from wire.proof import fingerprint
from wire.statement import Place, SignedStatement, Statement
from wire.wording import words

MADE_AT = dt.datetime(2026, 11, 21, 2, 30, tzinfo=dt.UTC)
LAN = named("u", "lan")
SIGNS = SignsWith(b"certificate for papers", "ab" * 32, "lan (demo)")
KIND = "attend"


def say(asked: Asked) -> Declared:
    """A statement as any other."""
    if asked.data.get("presence") != "present":
        raise BadField("presence", "is not known")
    text = f"{asked.person} {asked.device} {asked.seat} {asked.meeting.seq} {asked.made_at:%H:%M}".encode()
    return Declared(
        {"vi": "Điểm danh", "en": "Roll call"},
        {"vi": ("Tôi có mặt.",), "en": ("I am present.",)},
        lambda certificate: text + certificate,
        lambda certificate, signature: {"said": text.hex(), "by": certificate.hex(), "signature": signature.hex()},
    )


@pytest.fixture
def log() -> MeetingLog:
    log = MeetingLog().prepared()
    log.add("meeting_opened")
    return log


@pytest.fixture
def play(log: MeetingLog) -> TokenPlay:
    """Lan is signed in with her token, which is in."""
    book = Playbook()
    book.state = replace(book.state, makers={KIND: say})
    play = TokenPlay(book.enrolled().welcomed(log)).plug("lan", signs=SIGNS)
    return play.signed_in("lan")


def shows(play: TokenPlay, number: int = 1, *, kind: str = KIND, data: dict[str, Any] | None = None) -> Answer:
    """The page asks for a statement."""
    play.book.on(StatementAsked(number, act_id(number), kind, MADE_AT, data or {"presence": "present"}))
    return play.book.does(Answer)


def confirms(play: TokenPlay, request: int, *, number: int = 1, last_try_ok: bool = False) -> None:
    """The person has read it and typed the PIN."""
    play.book.on(StatementConfirmed(request, act_id(number), last_try_ok=last_try_ok))


def signs(play: TokenPlay, request: int) -> None:
    """The card does."""
    asked = play.book.does(SignWithCard)
    assert asked.work.request == request
    signature = CardSignature(asked.work.signs.certificate, b"signed " + asked.message)
    play.book.on(TokenSigned(request, play.inside[READER], signature))


def test_G38_what_is_shown_is_signed_and_waits_in_the_outbox(play: TokenPlay, log: MeetingLog) -> None:
    answer = shows(play)
    assert answer.code == ""
    assert answer.data["words"]["vi"] == {"title": "Điểm danh", "lines": ["Tôi có mặt."]}
    play.book.does_not(SignWithCard)
    # The meeting goes on between reading and signing: what was read is what is signed.
    seen = play.book.state.meetings[log.meeting].state.seq
    play.book.told(log, ("display_set", {"mode": "blank", "text": ""}))
    confirms(play, 2)
    asked = play.book.does(SignWithCard)
    text = f"{LAN} {DEVICE} {SEAT} {seen} 02:30".encode()
    assert (asked.work.signs, asked.message) == (SIGNS, text + SIGNS.certificate)
    assert play.shown["state"] == "working"
    signs(play, 2)
    kept = play.book.does(Keep)
    assert (kept.act, kept.kind, kept.person, kept.made_at, kept.request) == (act_id(1), KIND, LAN, MADE_AT, 2)
    assert kept.data == {
        "said": text.hex(),
        "by": SIGNS.certificate.hex(),
        "signature": (b"signed " + text + SIGNS.certificate).hex(),
    }
    play.book.keeps()
    assert play.book.answers(2) == ""
    assert play.book.sections["acts"] == [{"act": act_id(1), "kind": KIND, "state": "sent", "code": ""}]
    assert play.book.does(SendEntry).act == act_id(1)


def test_G39_without_the_link_it_is_signed_all_the_same_and_sent_later(play: TokenPlay, log: MeetingLog) -> None:
    play.book.lost()
    shows(play)
    confirms(play, 2)
    signs(play, 2)
    play.book.keeps()
    play.book.does_not(SendEntry)
    assert play.book.sections["acts"][0]["state"] == "queued"
    play.book.welcomed(log, know=False)
    assert play.book.does(SendEntry).act == act_id(1)


def test_G39_asked_again_for_the_same_act_it_is_signed_once(play: TokenPlay) -> None:
    shows(play)
    confirms(play, 2)
    signs(play, 2)
    play.book.keeps()
    confirms(play, 3)
    play.book.does_not(SignWithCard, Keep)
    assert play.book.answers(3) == ""


@pytest.mark.parametrize(("kind", "data"), [("unheard", {"presence": "present"}), (KIND, {"presence": "maybe"})])
def test_G38_what_cannot_be_said_is_not_shown(play: TokenPlay, kind: str, data: dict[str, Any]) -> None:
    assert shows(play, kind=kind, data=data).code == "seat-statement-unknown"
    confirms(play, 2)
    assert play.book.answers(2) == "seat-statement-gone"


def test_a_wrong_pin_leaves_the_statement_in_front_and_is_not_tried_again(play: TokenPlay) -> None:
    shows(play)
    confirms(play, 2)
    play.refuses(2, "card-pin-wrong", tries_left=2)
    assert play.book.answers(2) == "card-pin-wrong"
    play.book.does_not(SignWithCard)
    assert (play.shown["tries_left"], play.shown["state"]) == (2, "ready")
    confirms(play, 3)
    signs(play, 3)
    play.book.keeps()
    assert play.book.answers(3) == ""


def test_the_last_try_is_asked_for(play: TokenPlay) -> None:
    shows(play)
    confirms(play, 2)
    play.refuses(2, "card-pin-wrong", tries_left=1)
    confirms(play, 3)
    assert play.book.answers(3) == "card-pin-last-try"
    play.book.does_not(SignWithCard)
    confirms(play, 4, last_try_ok=True)
    assert play.book.does(SignWithCard).work.last_try_ok


def test_a_token_without_a_certificate_for_documents_says_so(log: MeetingLog) -> None:
    book = Playbook()
    book.state = replace(book.state, makers={KIND: say})
    play = TokenPlay(book.enrolled().welcomed(log)).plug("lan").signed_in("lan")
    assert not play.shown["signs"]
    shows(play)
    confirms(play, 2)
    answer = book.does(Answer)
    assert (answer.code, answer.data) == ("card-no-certificate", {"purpose": "document"})


def test_pulled_out_in_the_middle_it_locks_and_nothing_is_kept(play: TokenPlay) -> None:
    shows(play)
    confirms(play, 2)
    play.pull()
    assert play.book.answers(2) == "card-removed"
    assert (play.book.where, play.book.state.declaring) == ("locked", None)
    play.book.on(TokenSigned(2, play.inside.get(READER) or _lan(), CardSignature(b"", b"too late")))
    play.book.does_not(Keep, Answer)


def test_who_signed_in_with_a_password_signs_with_a_token_that_forgets_its_pin(log: MeetingLog) -> None:
    book = Playbook()
    book.state = replace(book.state, makers={KIND: say})
    play = TokenPlay(book.enrolled().welcomed(log).signed_in("lan")).plug("lan", signs=SIGNS)
    shows(play, 11)
    confirms(play, 12, number=11)
    signs(play, 12)
    assert book.does(Keep).person == LAN
    assert (book.does(ReleaseCard).reader, book.does(OpenCard).reader) == (READER, READER)
    # Pulled out in the middle, the session of a password stays, and so does the statement.
    play.opens()
    shows(play, 13)
    confirms(play, 14, number=13)
    book.on(CardWent(READER, 1))
    assert (book.answers(14), book.where) == ("card-removed", "signed_in")
    assert book.state.declaring is not None


def test_one_thing_at_a_time(play: TokenPlay) -> None:
    shows(play)
    confirms(play, 2)
    asked = play.book.commands
    confirms(play, 3)
    assert play.book.answers(3) == "seat-card-at-work"
    assert shows(play, 4).code == "seat-card-at-work"
    play.types_pin(5)
    assert play.book.answers(5) == "seat-card-at-work"
    play.book.on(StatementLeft(6, act_id(1)))
    assert play.book.answers(6) == "seat-card-at-work"
    play.book.commands = asked
    signs(play, 2)
    assert play.book.does(Keep).act == act_id(1)


def test_left_locked_or_too_old_it_is_gone(play: TokenPlay) -> None:
    shows(play)
    play.book.on(StatementLeft(2, act_id(1)))
    confirms(play, 3)
    assert play.book.answers(3) == "seat-statement-gone"
    shows(play, 4)
    play.book.s += SHOWN_S
    confirms(play, 5, number=4)
    assert play.book.answers(5) == "seat-statement-gone"
    shows(play, 6)
    confirms(play, 7, number=6)
    play.book.on(LockAsked(8))
    answered = {each.request: each.code for each in play.book.commands if isinstance(each, Answer)}
    assert answered == {7: "session-locked", 8: ""}
    assert play.book.state.declaring is None
    # It is let go behind what it is doing, and forgets the PIN.
    play.book.does(ReleaseCard)
    play.opens()
    play.book.on(TokenRefused(7, "card-key-mismatch", {}, play.inside[READER], verified=True))
    play.book.does(ReleaseCard)


def test_who_is_not_signed_in_declares_nothing(log: MeetingLog) -> None:
    book = Playbook().enrolled().welcomed(log)
    book.on(StatementAsked(1, act_id(1), KIND, MADE_AT, {}))
    assert book.answers(1) == "seat-sign-in-first"


def test_G38_a_statement_of_the_contract_is_shown_in_its_words_and_signed_as_it_says(log: MeetingLog) -> None:
    pair = key(Algorithm.P256)
    certificate = made(pair, "lan (demo)")
    book = Playbook()
    book.state = replace(book.state, makers={"attend": lambda asked: declared(attend(asked.meeting, maker_of(asked)))})
    signer = SignsWith(certificate, fingerprint(certificate), "lan (demo)")
    play = TokenPlay(book.enrolled().welcomed(log)).plug("lan", signs=signer).signed_in("lan")
    answer = shows(play, data={})
    confirms(play, 2)
    asked = book.does(SignWithCard)
    book.on(TokenSigned(2, play.inside[READER], CardSignature(certificate, b"signature")))
    sent = SignedStatement.read(Fields(dict(book.does(Keep).data), "data"))
    statement = Statement.read(sent.statement)
    assert list(words(statement, "vi").lines) == answer.data["words"]["vi"]["lines"]
    assert asked.message == cades.to_sign(statement, certificate)
    assert (statement.person, statement.place) == (LAN, Place(DEVICE, SEAT, "A3"))
    assert (statement.made_at, sent.certificate, sent.signature) == (MADE_AT, certificate, b"signature")


def _lan() -> Any:
    return TokenPlay(Playbook().enrolled()).plug("lan").inside[READER]
