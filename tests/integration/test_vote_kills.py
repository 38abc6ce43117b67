"""`kill -9` of server, broker, seats and the chair's browser at seeded moments of votes and turns (V4, S1, D3, M3).

Rules: open, secret, named votes and elections by turns, each with its speakers; what was killed comes back at once. Who
was told that their ballot is recorded is in the published list once, as it was cast; nobody else is; and nobody waits
longer than a minute. ``PHONGHOP_TEST_KILLS`` says how often something is killed (the ordinary run: everything once, in
one vote of each kind, the chair by requests; ``make test-kill-votes``: two hundred times, with a real Chromium),
``PHONGHOP_TEST_SEED`` repeats a run.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.support.kills import plan
from tests.support.kills.browser import Pages
from tests.support.kills.chair import Chair, Requests
from tests.support.kills.killer import CHAIR, Killer
from tests.support.kills.story import KINDS, Story
from tests.support.kills.voter import Voter
from tests.support.token_room import TokenRoom, token_room
from tests.support.vote_room import VOTERS, VoteMeeting

FEW = 8
KILLS = int(os.environ.get("PHONGHOP_TEST_KILLS", str(FEW)))
SEED = int(os.environ.get("PHONGHOP_TEST_SEED", "20261122"))
VICTIMS = ("server", "broker", "seat-1", "seat-2", "seat-3", CHAIR)
#: A meeting with so many votes is closed, and the next one begins.
VOTES_A_MEETING = 20
#: Who has a token; named votes are theirs.
SIGNERS = 2
LONG = KILLS > FEW

pytestmark = pytest.mark.timeout(240 + 40 * KILLS)


class House:
    """A room, and how its people sign: the first ones with tokens."""

    def __init__(self, tokens: TokenRoom) -> None:
        self.room = tokens.room
        self._pins = (tokens.pin,) * SIGNERS + ("",) * (len(VOTERS) - SIGNERS)
        #: Who led a meeting without a browser: kills that met a request of theirs.
        self.requests: list[Requests] = []
        self._open = ExitStack()

    def voters(self) -> list[Voter]:
        """Everybody at their terminal."""
        return [Voter(self.room, seat, who, pin=self._pins[seat]) for seat, who in enumerate(VOTERS)]

    def chair(self, meeting: VoteMeeting) -> Chair:
        """Who leads this meeting."""
        self._open.close()
        if LONG:
            return self._open.enter_context(Pages(meeting))
        self.requests.append(Requests(meeting))
        return self.requests[-1]

    def close(self) -> None:
        """Nobody is left."""
        self._open.close()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with token_room(tmp_path_factory.mktemp("vote-kills"), seats=len(VOTERS), meeting=False) as tokens:
        for seat in range(SIGNERS):
            tokens.plug(seat, VOTERS[seat])
        made = House(tokens)
        yield made
        made.close()


def test_V4_W67_S1_D3_no_ballot_and_no_turn_is_lost_or_doubled_whatever_is_killed(house: House) -> None:
    played = plan.rounds(KILLS, seed=SEED, kinds=KINDS, victims=VICTIMS, each=2)
    killed = Counter(kill.victim for each in played for kill in each.kills)
    assert set(killed) == set(VICTIMS)
    assert {each.kind for each in played} == set(KINDS)
    _say(f"\n{KILLS} kills in {len(played)} votes, seed {SEED}")
    for begin in range(0, len(played), VOTES_A_MEETING):
        _meets(house, played[begin : begin + VOTES_A_MEETING])
    if not LONG:
        assert sum(each.deaths for each in house.requests) == killed[CHAIR], "a kill of the chair met no request"


def _meets(house: House, played: tuple[plan.Round, ...]) -> None:
    """One meeting, from its first vote to its close."""
    meeting = VoteMeeting.made(house.room)
    chair, desk = house.chair(meeting), Requests(meeting)
    killer = Killer(house.room, chair.dies)
    seed = SEED + played[0].number
    story = Story(house.voters(), chair, desk=desk, killer=killer, signers=SIGNERS, seed=seed)
    story.all_agree()
    for each in played:
        said = "went wrong"
        try:
            said = story.plays(each)
        finally:
            _say(*killer.told, f"vote {each.number:3} · {each.kind} · {said}")
            killer.told.clear()
    story.ends()
    desk.asks("/close", {}, step="close the meeting")


def _say(*lines: str) -> None:
    """For whoever watches a long run (``pytest -s``), and in the report of one that failed."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()
