"""Thirty seats at a real mosquitto vote secretly in a real server, and all that is left of it is gathered.

Rules: the server is the application with its threads, the broker runs with the production configuration; a seat is the
contract's twin with the real ballot book of the agent. Everything that seats and broker exchange is written down, and
opened with the server's lasting mailbox key, as somebody could who took that key afterwards. ``leaks`` names what is
deliberately wrong in a leaky variant.

Usage::

    with Scene(tmp_path) as scene:
        left = scene.vote(random.Random(1))
        left.evidence, left.truth
"""

from __future__ import annotations

import itertools
import logging
import os
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from sqlalchemy import text

from server.link.ports import Link
from server.voting.secret.ports import Hears
from tests.secrecy.attacker import Evidence, Tokens
from tests.secrecy.capture import Capture, Overheard, Said, Writes, length, opened
from tests.secrecy.seat import WAIT_S, BallotSeat, Folds, Leak
from tests.support.office import PASSWORD, item
from tests.support.poll import until
from tests.support.real_theatre import RealTheatre
from tests.support.seat_twin import SeatTwin
from wire import canonical
from wire.ids import MeetingId
from wire.messages import Drop, Mixed
from wire.secret_ballots import receipt_of
from wire.votes import Vote, VoteState

VOTERS: Final = 30
_LOG: Final = logging.getLogger("voting")
_RULE: Final = {"base": "all", "majority": {"num": 1, "den": 2, "more": True}, "quorum": None, "tie": "fails"}


@dataclass(frozen=True)
class Left:
    """What is left of one vote, and what nobody should find in it: whose ballot is which, and what each answered."""

    evidence: Evidence
    truth: Mapping[str, str]
    answers: Mapping[str, str]
    sizes: Mapping[str, int]


class Reads:
    """Between the seats and the urn: of a leaky variant it tells what an honest one could not know."""

    def __init__(self) -> None:
        self.urn: Hears | None = None
        self.tell: Callable[[str], None] = lambda _device: None

    def heard(self, device: str, message: Drop | Mixed) -> None:
        """The urn's own word first."""
        if self.urn is not None:
            self.urn.heard(device, message)
        if isinstance(message, Drop):
            self.tell(device)


class Scene(RealTheatre):
    """Room, people, meeting, and votes one after the other."""

    def __init__(self, folder: Path) -> None:
        self._reads = Reads()
        self.capture = Capture()
        self._folds = Folds()
        super().__init__(folder, ballots=self._reads)
        self._reads.urn = self.office.services.urn

    def __enter__(self) -> Self:
        root = logging.getLogger()
        self._level, self._writes = root.level, Writes(self.capture)
        root.addHandler(self._writes)
        root.setLevel(logging.DEBUG)
        super().__enter__()
        services = self.office.services
        services.urn.start()
        for recorder in services.voting.casting.recorders:
            recorder.start()  # type: ignore[attr-defined]  # the pulse
        self._furnish()
        return self

    def __exit__(self, *happened: object) -> None:
        root = logging.getLogger()
        root.removeHandler(self._writes)
        root.setLevel(self._level)
        super().__exit__(*happened)

    # The room

    def twin(self, signer: Any) -> SeatTwin:
        """A seat that votes, whose messages are written down."""
        return BallotSeat(self.trusted, signer, folds=self._folds)

    def new_link(self) -> Link:
        """The server's link, with an ear at it: the order is the broker's."""
        return Overheard(super().new_link(), self.capture)

    def _furnish(self) -> None:
        operator = self.office.sign_in("kythuat")
        places = [{"label": f"B{n}", "x": 20 * n, "y": 500} for n in range(1, VOTERS + 1)]
        room = operator.post("/api/rooms", {"name": "Hội trường", "seats": places}).done()
        self.office.room, self.office.seats = room["id"], [seat["id"] for seat in room["seats"]]
        people = {f"v{n:02}": self.office.add(f"v{n:02}") for n in range(VOTERS)}
        secretary, chair = self.office.sign_in("thuky"), self.office.sign_in("chutri")
        self.meeting = str(secretary.post("/api/meetings", self.office.description()).done()["id"])
        self.path = f"/api/meetings/{self.meeting}"
        leads = [("chutri", "chair"), ("thuky", "secretary")]
        members = [{"person": self.office.people[name], "role": role, "seat": None} for name, role in leads]
        members += [
            {"person": person, "role": "member", "seat": seat}
            for person, seat in zip(people.values(), self.office.seats, strict=True)
        ]
        secretary.put(f"{self.path}/members", {"members": members}).done()
        seq = secretary.get(self.path).body["seq"]
        secretary.put(f"{self.path}/agenda", {"items": [item("Một")], "expected_seq": seq}).done()
        for browser, word in ((secretary, "submit"), (chair, "approve"), (chair, "open")):
            browser.post(f"{self.path}/{word}").done()
        self.desk = chair
        terminals = [self.seat(number) for number in range(VOTERS)]
        until(lambda: all(self.meeting in seat.meetings for seat in terminals), timeout_s=WAIT_S, what="seats know it")
        self.voters: list[BallotSeat] = []
        for seat, person in zip(terminals, people.values(), strict=True):
            assert isinstance(seat, BallotSeat)
            seat.person = person
            self._sit_down(seat)
            self.voters.append(seat)

    def _sit_down(self, seat: BallotSeat) -> None:
        act = seat.act(self.meeting, "sign_in", {"person": seat.person, "password": PASSWORD}, person=None)
        until(lambda: act in seat.acks, timeout_s=WAIT_S, what="somebody sits down")
        ack = seat.acks[act]
        assert ack.outcome == "done", ack

    # A vote

    def vote(self, chance: random.Random, leaks: frozenset[Leak] = frozenset()) -> Left:
        """One secret vote from its opening to its result, and what is left of it."""
        began, logged = len(self.capture.carried), len(self.capture.logged)
        answers = {seat.person: answer for seat, answer in zip(self.voters, _answers(chance), strict=True)}
        vote = self.opened()
        receipts = self._asked(vote, answers, chance=chance, leaks=leaks)
        self._collected(vote, receipts, leaks)
        found = self._found(vote)
        assert set(found.receipts) == set(receipts.values())
        return self._gathered(found, receipts, answers, began=began, logged=logged)

    def opened(self) -> str:
        agenda = self.office.services.meetings.state(MeetingId(self.meeting)).agenda
        body = {"item": agenda[0].item, "kind": "secret", "question": "?", "template": "approve", "rule": _RULE}
        vote = str(self.desk.post(f"{self.path}/votes", body).done()["vote"])
        self.desk.post(f"{self.path}/votes/{vote}/open").done()
        until(lambda: all(self._knows(seat, vote) for seat in self.voters), timeout_s=WAIT_S, what="all know the vote")
        return vote

    def _knows(self, seat: BallotSeat, vote: str) -> bool:
        return any(
            event.kind == "vote_opened" and event.data["vote"] == vote for event in seat.meetings[self.meeting].events
        )

    def _asked(
        self, vote: str, answers: Mapping[str, str], *, chance: random.Random, leaks: frozenset[Leak]
    ) -> dict[str, str]:
        """Everybody asks, in an order by chance; receipts by person."""
        count, found, open_vote = itertools.count(1), self._found(vote), dict[str, str]()
        for seat in chance.sample(self.voters, VOTERS):
            seat.leaks = leaks
            if Leak.NONCE in leaks:
                seat.draws = lambda size: next(count).to_bytes(size)
            act = seat.ask(self.meeting, found, answers[seat.person])
            held, ballot = seat.finish(act)
            open_vote[seat.person] = held.receipt(ballot)
            seat.draws = os.urandom
        return open_vote

    def _collected(self, vote: str, receipts: Mapping[str, str], leaks: frozenset[Leak]) -> None:
        by_device = {str(seat.device): receipts[seat.person] for seat in self.voters}
        self._reads.tell = lambda device: self._leak(by_device[device], leaks)
        until(lambda: len(self._found(vote).given) == VOTERS, timeout_s=WAIT_S, what="all are recorded")
        self.desk.post(f"{self.path}/votes/{vote}/close").done()
        until(lambda: self._found(vote).state is VoteState.CLOSED, timeout_s=WAIT_S, what="it is counted")
        self._reads.tell = lambda _device: None

    def _leak(self, receipt: str, leaks: frozenset[Leak]) -> None:
        if Leak.LOG in leaks:
            _LOG.debug("a ballot came in: %s", receipt)
        if Leak.ROW not in leaks:
            return
        with self.office.services.database.begin() as tx:
            tx.execute(text("create table if not exists came (ballot text)"))
            tx.execute(text("insert into came values (:ballot)"), {"ballot": receipt})

    def _found(self, vote: str) -> Vote:
        found = self.office.services.meetings.state(MeetingId(self.meeting)).vote(vote)
        assert found is not None
        return found

    # What is left

    def _gathered(
        self, vote: Vote, truth: Mapping[str, str], answers: Mapping[str, str], *, began: int, logged: int
    ) -> Left:
        with self.capture.lock:
            carried = self.capture.carried[began:]
        mailbox = self.office.services.keys.mailbox
        said = [Said(at, device, topic.lane, opened(topic, payload, mailbox)) for at, device, topic, payload in carried]
        lines = [(at, line.encode()) for at, line in self.capture.logged[logged:]]
        timeline = sorted([*lines, *((each.at, each.line) for each in said)])
        drops = {each.device: each.data for each in said if each.lane == "drop"}
        assert len(drops) == VOTERS, "the attacker opens what was handed in"
        folder = self.folder
        sources = {
            "database": (folder / "phonghop.db").read_bytes(),
            "wal": _read(folder / "phonghop.db-wal"),
            "dump": self._dump(),
            "log": b"\n".join(line for _, line in lines),
            "broker log": _read(self.process.log),
            "broker store": b"".join(_read(path) for path in sorted(folder.glob("mosquitto*.db"))),
            "traffic": b"\n".join(each.line for each in said),
            "handed in": b"\n".join(each.line for each in said if each.lane == "drop"),
            "asked": b"\n".join(each.line for each in said if b"ballot_ask" in each.data),
            "mixed": b"\n".join(each.line for each in said if each.lane in {"mix", "mixed"}),
            "timeline": b"\n".join(data for _, data in timeline),
        }
        sizes = {seat.person: length(said, str(seat.device)) for seat in self.voters}
        return Left(Evidence(sources, self._voters(vote, drops), _ballots(self.meeting, vote)), truth, answers, sizes)

    def _voters(self, vote: Vote, drops: Mapping[str, bytes]) -> dict[str, Tokens]:
        labels = {seat.person: str(seat.device) for seat in self.voters}
        found: dict[str, Tokens] = {}
        for line in vote.given:
            held = next(seat for seat in self.voters if seat.person == line.person).book.find(vote.vote)
            assert held is not None
            ballot = held.ballots[0]
            found[line.person] = {
                "person": line.person.encode(),
                "device": labels[line.person].encode(),
                "blinded hash": line.blinded.encode(),
                "relay": line.relay.encode(),
                # Both are in the acts, which the mailbox key opens.
                "act": ballot.act.encode(),
                "blinded": ballot.blinded.encode(),
                "box": canonical.decode(drops[labels[line.person]])["boxes"][0].encode(),
            }
        return found

    def _dump(self) -> bytes:
        with self.office.services.database.read() as tx:
            raw: Any = tx.connection.driver_connection
            return "\n".join(raw.iterdump()).encode()


def _answers(chance: random.Random) -> list[str]:
    """Ten of each."""
    found = ["for", "against", "abstain"] * (VOTERS // 3)
    chance.shuffle(found)
    return found


def _ballots(meeting: str, vote: Vote) -> dict[str, Tokens]:
    return {
        receipt_of(meeting, vote.vote, each): {
            "receipt": receipt_of(meeting, vote.vote, each).encode(),
            "nonce": each.nonce.encode(),
            "prefix": each.prefix.encode(),
            "signature": each.signature.encode(),
        }
        for each in vote.secret
    }


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""
