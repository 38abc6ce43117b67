"""Issued documents and the answers to an invitation in the log (W132–W135)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.meeting_log import MeetingLog, item, member, named
from tests.unit.wire.test_places import standing
from tests.unit.wire.test_quorum import described
from wire.errors import BadField
from wire.letter_fold import excused, invited, is_outdated, revoked
from wire.letters import Counts, Invitation, Reply, counts
from wire.visibility import for_display, for_person

PEOPLE = [("chair", "chair"), ("sec", "secretary"), ("an", "member"), ("binh", "member"), ("guest", "guest")]
HASH = "ab" * 32


def _log(*, letter: str = "one") -> MeetingLog:
    """A meeting whose invitation was issued."""
    log = MeetingLog()
    log.add("meeting_created", described(None))
    log.add("members_set", {"members": [member(name, role) for name, role in PEOPLE]})
    log.add("agenda_set", {"items": [item("one")]})
    issued(log, letter)
    return log


def put_up(log: MeetingLog, letter: str, *, kind: str = "invitation", **more: Any) -> None:
    about = {"kind": kind, "title": "Giấy mời (demo)", "signers": [named("u", "chair")]}
    log.add("round_opened", {"round": named("k", letter), "sha256": HASH, "size_bytes": 9, **about})
    log.add("letter_put_up", {"letter": named("l", letter), "kind": kind, "round": named("k", letter), **more})


def issued(log: MeetingLog, letter: str, *, kind: str = "invitation") -> None:
    put_up(log, letter, kind=kind)
    number = {"number": "01/GM-VKS", "issued_on": "2026-11-21"}
    log.add("letter_issued", {"letter": named("l", letter), "sha256": HASH, "recipients": 3, **number})


def answered(name: str, reply: str, **more: Any) -> dict[str, Any]:
    return {"person": named("u", name), "reply": reply, **more}


def invitation(log: MeetingLog) -> Invitation:
    found = log.state.invitation
    assert found is not None
    return found


def test_W132_a_document_is_put_up_and_withdrawn_or_issued_once() -> None:
    log = _log()
    (letter,) = log.state.letters
    assert (letter.number, letter.issued_at) == ("01/GM-VKS", invitation(log).sent_at)
    for kind, data in (
        ("letter_issued", {"letter": letter.letter, "sha256": HASH, "recipients": 1}),
        ("letter_withdrawn", {"letter": letter.letter, "reason": "Sai"}),
        ("letter_put_up", {"letter": letter.letter, "kind": "notice", "round": letter.round}),
        ("letter_put_up", {"letter": named("l", "x"), "kind": "notice", "round": named("k", "never")}),
    ):
        with pytest.raises(BadField):
            log.add(kind, data)
    put_up(log, "two")
    log.add("letter_withdrawn", {"letter": named("l", "two"), "reason": "Sai địa điểm"})
    assert [each.letter for each in log.state.letters] == [letter.letter]
    put_up(log, "three", kind="notice")
    assert invitation(log).letter == letter.letter, "a notice invites nobody"


def test_W133_whoever_leads_or_stands_for_somebody_is_not_asked() -> None:
    log = _log()
    assert invited(log.state) == tuple(named("u", name) for name in ("an", "binh", "guest"))
    log.add("substitute_named", standing("an", "chi"))
    assert named("u", "chi") not in invited(log.state)
    for name in ("chair", "chi", "stranger"):
        with pytest.raises(BadField):
            log.add("invitation_answered", answered(name, "attend"))


def test_W133_an_absence_has_its_reason_and_a_substitute_a_name() -> None:
    log = _log()
    for wrong in (
        answered("an", "absent"),
        answered("an", "substitute"),
        answered("an", "attend", substitute=named("u", "chi")),
    ):
        with pytest.raises(BadField):
            log.add("invitation_answered", wrong)
    log.add("invitation_answered", answered("an", "absent", reason="Đi công tác"))
    log.add("invitation_answered", answered("an", "attend"))
    (answer,) = invitation(log).answers
    assert (answer.reply, answer.reason) == (Reply.ATTEND, ""), "the newest counts"


def test_W133_a_meeting_that_moves_is_answered_anew_and_other_changes_take_no_answer() -> None:
    log = _log()
    log.add("invitation_answered", answered("an", "attend"))
    log.add("meeting_described", described(None) | {"title": "Tên khác (demo)"})
    assert len(invitation(log).answers) == 1
    issued(log, "two")
    assert (invitation(log).letter, len(invitation(log).answers)) == (named("l", "two"), 1), "another wording"
    log.add("meeting_described", described(None) | {"starts_at": "2026-11-24T17:30:00.000Z"})
    assert (invitation(log).answers, invitation(log).moved) == ((), True)
    log.add("invitation_answered", answered("an", "attend"))
    log.add("meeting_described", described(None) | {"starts_at": "2026-11-24T17:30:00.000Z", "room": named("r", "x")})
    assert invitation(log).answers == (), "another room"
    issued(log, "three")
    assert not invitation(log).moved


def test_W132_an_invitation_that_was_put_up_for_another_time_is_shown_as_moved() -> None:
    log = _log()
    put_up(log, "two")
    log.add("meeting_described", described(None) | {"starts_at": "2026-11-24T17:30:00.000Z"})
    log.add("letter_issued", {"letter": named("l", "two"), "sha256": HASH, "recipients": 3})
    assert invitation(log).moved
    put_up(log, "three", starts_at="2026-11-24T17:30:00.000Z", room=log.state.room)
    log.add("letter_issued", {"letter": named("l", "three"), "sha256": HASH, "recipients": 3})
    assert not invitation(log).moved
    put_up(log, "four", starts_at="2026-11-24T17:30:00.000Z", room=named("r", "elsewhere"))
    assert is_outdated(log.state, log.state.letters[-1])


def test_W133_who_is_no_member_any_more_has_no_answer() -> None:
    log = _log()
    for name in ("an", "binh"):
        log.add("invitation_answered", answered(name, "attend"))
    kept = [member(name, role) for name, role in PEOPLE if name != "an"]
    log.add("members_set", {"members": kept})
    assert [each.person for each in invitation(log).answers] == [named("u", "binh")]
    log.add("members_set", {"members": [member(name, role) for name, role in PEOPLE]})
    assert invitation(log).answer(named("u", "an")) is None, "back again: asked again"


def test_W134_the_next_answer_is_undecided_again_and_an_approved_absence_is_an_excuse() -> None:
    log = _log()
    with pytest.raises(BadField):
        log.add("absence_decided", {"person": named("u", "an"), "approved": True})
    log.add("invitation_answered", answered("an", "absent", reason="Ốm"))
    assert excused(log.state) == ()
    log.add("absence_decided", {"person": named("u", "an"), "approved": True})
    assert excused(log.state) == ((named("u", "an"), "Ốm"),)
    log.add("invitation_answered", answered("an", "absent", reason="Họp khác"))
    assert excused(log.state) == ()
    log.add("absence_decided", {"person": named("u", "an"), "approved": False, "reason": "Cần có mặt"})
    assert (excused(log.state), invitation(log).answers[0].decision) == ((), "Cần có mặt")


def test_W135_reminded_is_who_has_not_answered() -> None:
    log = _log()
    log.add("invitation_answered", answered("an", "attend"))
    with pytest.raises(BadField):
        log.add("invitation_reminded", {"people": [named("u", "an")]})
    for _ in range(2):
        log.add("invitation_reminded", {"people": [named("u", "binh")]})
    reminder = invitation(log).reminder(named("u", "binh"))
    assert reminder is not None
    assert (reminder.count, reminder.at) == (2, log.state.last and log.state.last.at)


def test_W133_why_others_are_absent_is_for_those_who_lead() -> None:
    log = _log()
    for name in ("an", "binh"):
        log.add("invitation_answered", answered(name, "absent", reason="Ốm"))
    seen = for_person(log.state, named("u", "an")).invitation
    assert seen is not None
    assert [each.person for each in seen.answers] == [named("u", "an")]
    assert for_person(log.state, named("u", "chair")).invitation == log.state.invitation
    assert (for_display(log.state).invitation, for_person(log.state, None).invitation) == (None, None)


_REPLIES = st.sampled_from(["attend", "absent", "substitute"])


@given(st.lists(st.tuples(st.sampled_from(["an", "binh", "guest"]), _REPLIES), max_size=12))
def test_W133_the_counts_add_up_to_those_invited(said: list[tuple[str, str]]) -> None:
    log = _log()
    newest = {}
    for name, reply in said:
        more = {"absent": {"reason": "Ốm"}, "substitute": {"substitute": named("u", "chi")}}.get(reply, {})
        log.add("invitation_answered", answered(name, reply, **more))
        newest[name] = reply
    found = counts(invitation(log), invited(log.state))
    attend, absent, sent = (list(newest.values()).count(reply) for reply in ("attend", "absent", "substitute"))
    assert found == Counts(3, attend, absent, sent, waiting=3 - len(newest), undecided=absent + sent)


def test_W155_what_was_revoked_stays_with_its_reason_and_is_neither_issued_nor_revoked_again() -> None:
    log = _log()
    log.add("invitation_answered", answered("an", "attend"))
    put_up(log, "two")
    for name in ("one", "two"):
        log.add("letter_revoked", {"letter": named("l", name), "reason": "Đổi giờ"})
    assert [(each.number, each.is_out, each.revoked) for each in log.state.letters] == [
        ("01/GM-VKS", False, "Đổi giờ"),
        ("", False, "Đổi giờ"),
    ]
    gone = revoked(log.state)
    assert gone is not None
    assert gone.letter == named("l", "one"), "the one that was sent last"
    for kind, data in (
        ("letter_issued", {"letter": named("l", "two"), "sha256": HASH, "recipients": 1}),
        ("letter_revoked", {"letter": named("l", "two"), "reason": "Sai"}),
        ("letter_withdrawn", {"letter": named("l", "two"), "reason": "Sai"}),
        ("letter_revoked", {"letter": named("l", "never"), "reason": "Sai"}),
    ):
        with pytest.raises(BadField):
            log.add(kind, data)
    issued(log, "three")
    assert revoked(log.state) is None
    assert [each.person for each in invitation(log).answers] == [named("u", "an")], "the same time and room: they stand"
