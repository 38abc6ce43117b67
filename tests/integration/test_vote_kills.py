"""`kill -9` of server, broker and a seat in the middle of a vote: no ballot is lost, doubled or miscounted (V4, V10).

Rules: seeded; what was killed is started again at once. A ballot that a seat has taken is in the published bundle
exactly once and as it was cast, and an independent count of the bundle gives the announced result.
"""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Iterator
from functools import partial

import pytest

from tests.support.poll import until
from tests.support.room_process import RunningRoom, running_room
from tests.support.vote_room import VOTERS, VoteMeeting
from wire import ids, recount
from wire.ballots import commitment

ROUNDS = 4
SEED = 20261122
VICTIMS = ("server", "broker", "server", "seat-2")
ANSWERS = ("for", "against", "abstain")
_WAIT_S = 90.0

pytestmark = pytest.mark.timeout(420)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRoom]:
    with running_room(tmp_path_factory.mktemp("vote-kills"), seats=len(VOTERS)) as running:
        yield running


def test_V4_W67_no_ballot_is_lost_or_doubled_when_the_server_is_killed_in_a_vote(room: RunningRoom) -> None:
    chance = random.Random(SEED)
    meeting = VoteMeeting.made(room)
    meeting.sit_down()
    for victim in VICTIMS[:ROUNDS]:
        _round(room, meeting, victim, chance=chance)


def _round(room: RunningRoom, meeting: VoteMeeting, victim: str, *, chance: random.Random) -> None:
    vote = meeting.open_vote()
    cast = {
        seat: (chance.choice(ANSWERS), chance.randbytes(32).hex(), ids.new("a", chance.randbytes(ids.RANDOM_BYTES)))
        for seat in range(len(VOTERS))
    }
    for seat in cast:
        meeting.until(seat, lambda shown: any(v["vote"] == vote for v in shown["votes"] or ()), what="the vote")
    # The seat that is killed casts first: it has taken the ballot, and must not lose it.
    first = int(victim.removeprefix("seat-")) - 1 if victim.startswith("seat-") else 0
    _cast(meeting, first, vote, cast[first])
    killer = threading.Timer(chance.uniform(0.0, 0.4), room.kill, args=(victim,))
    killer.start()
    for seat, ballot in cast.items():
        if seat != first:
            _cast(meeting, seat, vote, ballot)
    killer.join()
    room.start(victim)
    for seat, (_, _, act) in cast.items():
        landed = partial(_has_ballot, meeting, seat, vote, act=act)
        until(landed, timeout_s=_WAIT_S, what=f"the ballot of seat {seat}")
    meeting.step(vote, "close")
    meeting.step(vote, "announce")
    _check(room, meeting, vote, cast={seat: (answer, nonce) for seat, (answer, nonce, _) in cast.items()})


def _cast(meeting: VoteMeeting, seat: int, vote: str, ballot: tuple[str, str, str]) -> None:
    answer, nonce, act = ballot
    meeting.cast(seat, vote, answer, act=act, nonce=nonce)


def _has_ballot(meeting: VoteMeeting, seat: int, vote: str, *, act: str) -> bool:
    """The seat shows the receipt from the log itself; a refusal would be a lost ballot."""
    outcome = meeting.outcome(seat, act)
    assert outcome["state"] != "refused", outcome
    shown = meeting.room.seat(seat).get("/api/seat")["votes"] or ()
    return any(each["vote"] == vote and each["receipts"] for each in shown)


def _check(room: RunningRoom, meeting: VoteMeeting, vote: str, *, cast: dict[int, tuple[str, str]]) -> None:
    persons = room.furnished.persons
    bundle = meeting.chair.get(f"{meeting.path}/votes/{vote}/bundle")
    found = recount.recount(json.dumps(bundle).encode())
    closed = next(event for event in bundle["events"] if event["kind"] == "vote_closed")
    published = {line["person"]: (line["answer"], line["nonce"]) for line in closed["data"]["ballots"]}
    expected = {persons[VOTERS[seat].username]: ballot for seat, ballot in cast.items()}
    assert published == expected
    assert len(closed["data"]["ballots"]) == len(expected)
    takings = [event["data"]["ballots"] for event in bundle["events"] if event["kind"] == "ballots_taken"]
    taken = [line for lines in takings for line in lines]
    assert sorted(line["commitment"] for line in taken) == sorted(
        commitment(meeting.meeting, vote, person, answer=answer, nonce=nonce)
        for person, (answer, nonce) in expected.items()
    )
    assert found.favour == sum(answer == "for" for answer, _ in cast.values())
