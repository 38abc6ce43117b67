"""One vote with its speakers, while programs die: everybody asks until they are answered, then everything is compared.

Usage: ``Story(room, voters, chair, killer, seed=1).plays(round)``
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from deploy.demo import people
from tests.support.kills import ledger
from tests.support.kills.chair import Chair, Requests
from tests.support.kills.killer import Killer
from tests.support.kills.patience import GOES_ON_S, WAITS, awaited
from tests.support.kills.plan import Round
from tests.support.kills.voter import Ballot, Voter
from tests.support.vote_room import ITEM, QUESTION, RULE
from wire.events import Event, check_chain

KINDS = ("open", "secret", "election", "named")
_CANDIDATES = ("Đinh Thị Ứng (demo)", "Lò Văn Păn (demo)", "Mạc Như Ý (demo)", "Vừ A Dính (demo)")
_ANSWERS = ("for", "against", "abstain")
_WAITING = "waiting"


class Story:
    """A meeting; ``desk`` is a console that only looks on and prepares."""

    def __init__(
        self, voters: Sequence[Voter], chair: Chair, *, desk: Requests, killer: Killer, signers: int, seed: int
    ) -> None:
        self._voters = voters
        self._chair = chair
        self._desk = desk
        self._killer = killer
        self._signers = signers
        self._chance = random.Random(seed)

    def plays(self, plan: Round) -> str:
        """One round; what happened, in words."""
        vote = self._desk.prepares(_prepared(plan.kind), step=f"prepare {plan.number}")
        self._killer.at("ask", plan)
        _together([partial(who.asks_to_speak, random.Random(self._chance.random())) for who in self._voters])
        self._killer.at("speak", plan)
        for speech in self._queue():
            self._chair.gives_the_floor(speech["speech"], speech["name"])
        self._killer.at("open", plan)
        self._chair.opens(vote)
        ballots = self._votes(vote, plan)
        self._killer.at("announce", plan)
        self._chair.announces(vote)
        self._killer.ends()
        # A browser that was killed after its last request dies in this one, whose answer is the one before.
        self._chair.announces(vote)
        for who in self._voters:
            if plan.kind == "secret" and who.person in ballots:
                who.finds(ballots[who.person])
        said = ledger.check(self._desk.bundle(vote), ballots)
        self.all_agree()
        return f"{'in a hurry: ' if plan.hurry else ''}{said}; longest wait {WAITS.taken()}"

    def _votes(self, vote: str, plan: Round) -> dict[str, Ballot]:
        """Cast, settle, close; of a chair in a hurry: close while the last one casts."""
        voters = self._voters[: self._signers] if plan.kind == "named" else self._voters
        ballots = {who.person: Ballot(vote, plan.kind, self._choice(plan.kind)) for who in voters}
        self._killer.at("cast", plan)
        hurry = plan.hurry and plan.kind != "secret"
        *first, last = self._chance.sample(list(voters), len(voters))
        waited_for = first if hurry else [*first, last]
        _together([partial(_casts, who, ballots[who.person]) for who in waited_for])
        late = _Late(partial(_casts, last, ballots[last.person])) if hurry else None
        if plan.kind in {"open", "election"} and not hurry:
            mine = Ballot(vote, plan.kind, self._choice(plan.kind))
            ballots[self._desk.meeting.room.furnished.persons[people.CHAIR.username]] = mine
            self._chair.casts(mine)
        self._killer.at("close", plan)
        self._chair.closes(vote)
        if late is not None:
            late.ends()
        return ballots

    def _choice(self, kind: str) -> str:
        if kind != "election":
            return self._chance.choice(_ANSWERS)
        marks = self._chance.sample(range(1, len(_CANDIDATES) + 1), self._chance.randint(1, 2))
        return ",".join(f"a{number}" for number in sorted(marks))

    def _queue(self) -> list[dict[str, Any]]:
        speeches: list[dict[str, Any]] = (self._desk.reads()["speaking"] or {"speeches": []})["speeches"]
        waiting = [each for each in speeches if each["state"] == _WAITING]
        assert len(waiting) == len(self._voters), f"{len(waiting)} wait to speak, {len(self._voters)} asked"
        return waiting

    def all_agree(self) -> None:
        """Every seat shows the log's number within the time that a meeting may take to go on (M3)."""

        def once() -> bool:
            shown = [who.shown() for who in self._voters]
            head = self._desk.seq()
            return all(each["link"]["state"] == "online" and each["seq"] == head for each in shown)

        awaited(once, what="all seats show the log's number", timeout_s=GOES_ON_S)

    def ends(self) -> None:
        """The whole log: one chain, and every request, call and turn in it once (S1)."""
        log = [Event.from_value(value) for value in self._desk.log()]
        check_chain(log, after=None, meeting=self._desk.meeting.meeting)
        asked = Counter(event.data["person"] for event in log if event.kind == "speech_asked")
        assert asked == Counter({who.person: who.asked for who in self._voters})
        for kind in ("speech_started", "speech_stopped"):
            turns = Counter(event.data["speech"] for event in log if event.kind == kind)
            assert set(turns.values()) == {1}, f"{kind} is not in the log once a turn"
            assert turns.total() == asked.total()


def _casts(who: Voter, ballot: Ballot) -> None:
    who.casts(ballot)
    who.settles(ballot)


def _prepared(kind: str) -> dict[str, Any]:
    body: dict[str, Any] = {"item": ITEM, "question": QUESTION, "rule": RULE}
    if kind == "election":
        election = {"least": 1, "most": 2, "seats": 2}
        return {**body, "kind": "open", "template": "candidates", "election": election, "candidates": _CANDIDATES}
    return {**body, "kind": kind, "template": "approve"}


class _Late:
    """Somebody who acts while others go on."""

    def __init__(self, act: Callable[[], None]) -> None:
        self._failed: list[BaseException] = []
        self._thread = threading.Thread(target=self._run, args=(act,), daemon=True)
        self._thread.start()

    def _run(self, act: Callable[[], None]) -> None:
        try:
            act()
        except BaseException as error:  # noqa: BLE001 - told to the test's own thread by ``ends``
            self._failed.append(error)

    def ends(self) -> None:
        """Raises what went wrong."""
        self._thread.join(2 * GOES_ON_S)
        assert not self._thread.is_alive(), "somebody waits for ever"
        if self._failed:
            raise self._failed[0]


def _together(acts: Sequence[Callable[[], None]]) -> None:
    for late in [_Late(act) for act in acts]:
        late.ends()
