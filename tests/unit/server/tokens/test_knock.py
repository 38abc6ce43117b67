"""A seat knocks and signs in with a token, over the whole link with a broker in memory (W53, W54, W56)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pki.authority import TestPki
from tests.support.office import fresh_id
from tests.support.poll import until
from tests.support.seat_twin import SeatTwin
from tests.support.theatre import Theatre
from tests.support.token_desk import TokenDesk
from wire.messages import Challenge, Knock
from wire.proof import server_key_hash


@pytest.fixture
def theatre(tmp_path: Path) -> Iterator[Theatre]:
    with Theatre(tmp_path) as found:
        yield found


def _knock(seat: SeatTwin, meeting: str) -> Challenge:
    act, known = fresh_id("a"), len(seat.challenges)
    seat.say(lambda head: Knock(head, act, meeting))
    until(lambda: len(seat.challenges) > known, what="a challenge came", timeout_s=30)
    assert seat.challenges[-1].act == act
    return seat.challenges[-1]


def test_W53_a_seat_that_knocks_gets_a_challenge_of_its_own(theatre: Theatre) -> None:
    seats = [theatre.seat(number) for number in range(2)]
    meeting = theatre.office.meeting("approved")
    until(lambda: all(meeting in seat.meetings for seat in seats), timeout_s=30)
    first, second = (_knock(seat, meeting) for seat in seats)
    services = theatre.office.services
    assert [first.seat, second.seat] == theatre.office.seats[:2]
    assert first.meeting == meeting
    assert first.server_key == server_key_hash(services.keys.signer.public)
    assert (first.challenge, first.nonce) != (second.challenge, second.nonce)
    left = first.expires_at - theatre.office.clock.now()
    assert dt.timedelta(seconds=25) < left <= dt.timedelta(seconds=60)
    assert [seat.faults for seat in seats] == [[], []]


def test_W53_a_seat_is_given_none_for_a_meeting_it_does_not_hold(theatre: Theatre) -> None:
    seat = theatre.seat(0)
    meeting = theatre.office.meeting("approved")
    until(lambda: meeting in seat.meetings, timeout_s=30)
    draft = theatre.office.meeting("draft")
    seat.say(lambda head: Knock(head, fresh_id("a"), draft))
    _knock(seat, meeting)
    assert [challenge.meeting for challenge in seat.challenges] == [meeting]


def test_W56_a_token_signs_somebody_in_over_the_link(theatre: Theatre, pki: TestPki) -> None:
    seat = theatre.seat(1)
    meeting = theatre.office.meeting("approved")
    until(lambda: meeting in seat.meetings, timeout_s=30)
    desk = TokenDesk(theatre.office, pki, seat=1, meeting=meeting, device=seat.device)
    desk.trust_the_pki()
    desk.enrol("daibieu", "chi")
    challenge = _knock(seat, meeting)
    proof = desk.proof(challenge, "chi")  # type: ignore[arg-type]  # has the same three fields
    act = seat.act(meeting, "sign_in", desk.signed(proof, "chi").to_value(), person=None)
    until(lambda: act in seat.acks, timeout_s=30)
    assert (seat.acks[act].outcome, seat.acks[act].data["person"]) == ("done", theatre.office.people["daibieu"])
    again = seat.act(meeting, "sign_in", desk.signed(proof, "chi").to_value(), person=None)
    until(lambda: again in seat.acks, timeout_s=30)
    assert seat.acks[again].code == "token-challenge-unknown"
