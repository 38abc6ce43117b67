"""Rules V8, W77–W81 at the seat: what its machine does about secret ballots, and what its screen is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from edge.acts import BALLOT_ASK, CAST_SECRET
from edge.commands import Answer, EraseBallots, FindBallots, FinishBallot, HandIn, MakeBallot, MixBoxes, Settle
from edge.events import (
    Acked,
    ActAsked,
    BallotAway,
    BallotHeld,
    BallotsFound,
    LinkDown,
    MixCame,
    Stored,
)
from edge.model import BallotState, HeldLine, Queued
from tests.support import secret_votes as secret
from tests.support.meeting_log import MEETING, MeetingLog, named
from tests.support.playbook import BEGIN, Playbook, act_id
from wire.messages import Head, Mix

NAMES = ["lan", "minh", "ha"]
LINE = HeldLine(MEETING, "", named("u", "lan"), "ABCD EFGH IJKL MNOP", BallotState.SEALED)


class Seat:
    """Lan's seat with an open secret vote."""

    def __init__(self) -> None:
        self.log = MeetingLog().prepared()
        self.log.add("meeting_opened")
        self.vote = secret.open_secret(self.log, NAMES)
        self.book = Playbook().enrolled().welcomed(self.log).signed_in("lan", log=self.log)

    def came(self, kind: str, data: dict[str, Any]) -> None:
        self.book.told(self.log, (kind, data))

    def sealed(self) -> None:
        """Lan's ballot lies here, signed."""
        self.book.on(BallotHeld(HeldLine(MEETING, self.vote, LINE.person, LINE.receipt, BallotState.SEALED)))

    def collecting(self) -> None:
        self.came("ballots_given", secret.given(self.vote, NAMES))
        self.came("ballots_called", secret.called(self.vote, NAMES))

    @property
    def line(self) -> HeldLine:
        (line,) = self.book.state.ballots
        return line


@pytest.fixture
def seat() -> Seat:
    return Seat()


def test_W77_a_choice_becomes_a_ballot_on_the_disk_and_never_an_entry_of_the_outbox(seat: Seat) -> None:
    seat.book.on(ActAsked(1, act_id(1), CAST_SECRET, {"vote": seat.vote, "answer": "for"}))
    made = seat.book.does(MakeBallot)
    assert (made.vote, made.answer, made.person) == (seat.vote, "for", named("u", "lan"))
    assert "for" not in repr(made).replace("for_", "")
    seat.book.on(ActAsked(2, act_id(2), CAST_SECRET, {"vote": seat.vote}))
    assert seat.book.does(Answer).code == "seat-bad-request"


def test_W77_what_the_server_signed_is_kept_before_the_act_leaves_the_outbox(seat: Seat) -> None:
    seat.book.on(Stored(Queued(act_id(1), BALLOT_ASK, MEETING), 1))
    seat.book.on(Acked(act_id(1), "done", "", {"vote": seat.vote, "signed": "00" * 256}))
    kinds = [type(command) for command in seat.book.commands]
    assert kinds.index(FinishBallot) < kinds.index(Settle)


def test_W79_a_ballot_is_handed_in_when_it_is_called_again_every_run_and_while_nobody_answers(seat: Seat) -> None:
    seat.sealed()
    seat.book.does_not(HandIn)
    seat.collecting()
    assert seat.book.does(HandIn).vote.vote == seat.vote
    assert (seat.line.state, seat.line.run) == (BallotState.HANDED_IN, 1)
    seat.book.after(1)
    seat.book.does_not(HandIn)
    seat.book.after(6)
    seat.book.does(HandIn)
    seat.came("ballots_called", secret.called(seat.vote, NAMES, run=2, reason="restarted"))
    seat.book.does(HandIn)
    assert seat.line.run == 2


def test_W79_without_a_link_nothing_is_handed_in_until_it_is_back(seat: Seat) -> None:
    seat.sealed()
    seat.book.on(LinkDown())
    seat.collecting()
    assert [each.state for each in seat.book.state.ballots] == [BallotState.SEALED]
    seat.book.welcomed(seat.log)
    assert [each.state for each in seat.book.state.ballots] == [BallotState.HANDED_IN]


def test_W79_boxes_are_mixed_for_a_vote_that_this_seat_knows(seat: Seat) -> None:
    head = Head(named("d", "device"), bytes(16), 1, BEGIN)
    seat.book.on(MixCame(Mix(head, MEETING, seat.vote, 1, 0, ())))
    seat.book.does(MixBoxes)
    seat.book.on(MixCame(Mix(head, MEETING, named("v", "other"), 1, 0, ())))
    seat.book.does_not(MixBoxes)


def test_W81_what_is_published_is_compared_told_and_then_erased(seat: Seat) -> None:
    seat.sealed()
    seat.collecting()
    answers = dict.fromkeys(NAMES, "for")
    ballots = [secret.ballot(seat.log, seat.vote, name, answer) for name, answer in answers.items()]
    seat.came("vote_closed", secret.closed(seat.log, seat.vote, ballots))
    assert seat.line.state is BallotState.LOOKED_FOR
    for there, state in ((False, BallotState.MISSING), (True, BallotState.FOUND)):
        seat.book.on(BallotsFound(seat.vote, {named("u", "lan"): there}))
        assert seat.book.does(EraseBallots).vote == seat.vote
        assert seat.line.state is state
    shown = seat.book.sections["ballots"]
    assert shown == [{"vote": seat.vote, "state": "found", "receipt": LINE.receipt, "run": 1, "code": ""}]
    assert "answer" not in json.dumps(shown)


def test_W81_a_withdrawn_vote_leaves_nothing(seat: Seat) -> None:
    seat.sealed()
    seat.came("vote_withdrawn", {"vote": seat.vote, "reason": "demo"})
    seat.book.does(EraseBallots)
    assert seat.book.state.ballots == ()


def test_W81_a_seat_that_takes_no_part_says_why(seat: Seat) -> None:
    seat.sealed()
    seat.book.on(BallotAway(seat.vote, "seat-ballot-line-foreign"))
    assert (seat.line.state, seat.line.code) == (BallotState.REFUSED, "seat-ballot-line-foreign")


def test_W81_a_ballot_that_was_never_signed_is_no_alarm_but_said_to_be_too_late(seat: Seat) -> None:
    seat.book.on(BallotHeld(HeldLine(MEETING, seat.vote, LINE.person, LINE.receipt, BallotState.ASKING)))
    seat.collecting()
    ballots = [secret.ballot(seat.log, seat.vote, name, "for") for name in NAMES]
    seat.came("vote_closed", secret.closed(seat.log, seat.vote, ballots))
    assert (seat.line.state, seat.line.code) == (BallotState.REFUSED, "vote-not-open")
    assert seat.book.does(FindBallots).vote.vote == seat.vote
    seat.book.on(BallotsFound(seat.vote, {}))
    seat.book.does(EraseBallots)
    assert seat.line.state is BallotState.REFUSED
