"""One whole meeting in a house of its own, with everything that leaves something in a dossier.

It has a roll by token and by staff, a paper that was approved by signature and given out, an item presented, speaking,
messages, an open vote, a signed one, a secret one, an election, minutes with two signatures, and a signed closing.

Usage::

    day = Day(DayHouse(folder, pki)); day.hold(); day.dossier()
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, Final

from edge.vault.ballots import BallotBook
from edge.vault.seal import Sealer
from server.dossier.reading import open_archive
from tests.pki.authority import TestPki
from tests.signing.house import House
from tests.signing.test_named_votes import NONCE, Room
from tests.signing.test_rounds_http import opened, path_of, sign
from tests.signing.test_statements_http import CARDS, add_paper, attendance, expected, send
from tests.support.fake_disk import FakeDisk
from tests.support.office import fresh_id
from wire.ids import MeetingId
from wire.messages import Drop, Head, Message, Mix, Mixed
from wire.secret import Secret
from wire.votes import Vote, VoteState

_RULE: Final = {"base": "cast", "majority": {"num": 1, "den": 2, "more": True}, "quorum": None, "tie": "fails"}


class DayHouse(House):
    """Three people who vote, each at a seat; the chair, a member and the secretary with cards."""

    PEOPLE = (*House.PEOPLE, ("uyvien", frozenset()))

    def __init__(self, folder: Path, pki: TestPki) -> None:
        super().__init__(folder, pki)
        for username, label in CARDS.items():
            self.enrol(username, label)

    def members(self) -> list[dict[str, Any]]:
        roles = [("chutri", "chair"), ("daibieu", "member"), ("uyvien", "member"), ("thuky", "secretary")]
        placed = zip(roles, [*self.seats, None], strict=True)
        return [{"person": self.people[name], "role": role, "seat": seat} for (name, role), seat in placed]


class Day(Room):
    """See the module."""

    places: Mapping[str, int] = {"chutri": 0, "daibieu": 1, "uyvien": 2}

    def __init__(self, office: DayHouse) -> None:
        super().__init__(office)
        self.secretary = office.sign_in("thuky")
        self.books = {name: BallotBook.load(FakeDisk(), Sealer(Secret(os.urandom(32)))) for name in self.places}
        office.services.urn.line = self

    def dossier(self) -> bytes:
        """Taken by the chair."""
        data: bytes = self.chair.get(f"{self.path}/dossier").raw.data
        assert open_archive(data)
        return data

    def hold(self) -> None:
        """The meeting, from the roll call to the closing."""
        self._roll()
        self._papers()
        self._speaking()
        vote = self.open(kind="open")
        for name, answer in (("chutri", "for"), ("daibieu", "against"), ("uyvien", "for")):
            self._cast(name, vote, answer)
        self._over(vote)
        vote = self.open()
        for name, answer in (("chutri", "for"), ("daibieu", "for")):
            assert self.cast(name, vote, answer).outcome == "done"
        self._over(vote)
        self._secret()
        names = [f"Ứng cử viên {number} (demo)" for number in range(1, 5)]
        election = {"least": 1, "most": 2, "seats": 2}
        vote = self.open(kind="open", template="candidates", candidates=names, rule=_RULE, election=election)
        for name, marks in (("chutri", "a1,a2"), ("daibieu", "a1"), ("uyvien", "a2,a3")):
            self._cast(name, vote, marks)
        self._over(vote)
        path = path_of(self.meeting, opened(self.house, self.meeting))
        for username, label in (("chutri", "an"), ("daibieu", "chi")):
            sign(self.house, path, username, label).done()
        send(self.house, self.meeting, expected(self.chair, self.meeting, "close"), "chutri").done()

    @property
    def house(self) -> House:
        return self.office

    def _roll(self) -> None:
        for username in ("daibieu", "thuky"):
            send(self.house, self.meeting, attendance(self.house, self.meeting, username), username).done()
        late = {"people": [self.house.people["uyvien"]], "presence": "late"}
        self.secretary.post(f"{self.path}/attendance", late).done()

    def _papers(self) -> None:
        paper = add_paper(self.house, self.meeting)
        said = expected(self.chair, self.meeting, "approve_papers", f"?paper={paper}")
        send(self.house, self.meeting, said, "chutri").done()
        self.secretary.post(f"{self.path}/publish").done()
        self.chair.post(f"{self.path}/items/{self.state.agenda[0].item}/start").done()
        self.chair.post(f"{self.path}/display", {"mode": "message", "text": "Chào mừng (demo)"}).done()
        told = {"to": "wall", "text": "Nghỉ 10 phút (demo)", "seconds": 600, "send": True}
        self.secretary.post(f"{self.path}/notices", told).done()

    def _speaking(self) -> None:
        base, member = f"{self.path}/speaking", self.house.sign_in("daibieu")
        speeches = [
            member.post(base, {"item": self.state.agenda[0].item, "kind": kind}).done()["speech"]
            for kind in ("speech", "question")
        ]
        for word in ("call", "start", "pause", "resume", "stop"):
            self.chair.post(f"{base}/{speeches[0]}/{word}").done()
        self.chair.post(f"{base}/{speeches[1]}/refuse", {"reason": "Ngoài nội dung (demo)"}).done()
        member.post(f"{base}/{speeches[1]}/text", {"text": "Ý kiến bằng văn bản (demo)"}).done()

    def _cast(self, name: str, vote: str, answer: str) -> None:
        done = self.act(name, "vote_cast", {"vote": vote, "answer": answer, "nonce": NONCE})
        assert done.outcome == "done", done

    def _over(self, vote: str) -> None:
        for word in ("close", "announce"):
            self.chair.post(f"{self.path}/votes/{vote}/{word}").done()

    # The secret vote: the books of the seats, and the urn's line to them

    def _secret(self) -> None:
        vote, urn = self.open(kind="secret"), self.office.services.urn
        for name, answer in (("chutri", "for"), ("daibieu", "against"), ("uyvien", "for")):
            held, ballot = self.books[name].make(
                self.meeting, self._vote(vote), self.house.people[name], answer=answer, act=fresh_id("a"),
                random=os.urandom,
            )  # fmt: skip
            data = {"vote": vote, "blinded": ballot.blinded, "relay": held.relay.public.hex()}
            done = self.act(name, "ballot_ask", data, act=ballot.act)
            assert done.outcome == "done", done
            self.books[name].signed(ballot.act, str(done.data["signed"]))
        self.office.services.voting.record(MeetingId(self.meeting), vote, now=self.office.clock.now())
        self.chair.post(f"{self.path}/votes/{vote}/close").done()
        urn.drain()
        call = self._vote(vote).call
        assert call is not None
        for name, device in self.devices.items():
            boxes = self.books[name].boxes(self._vote(vote))
            urn.heard(device, Drop(self._head(device), MeetingId(self.meeting), vote, call.run, boxes))
        for _ in range(12):
            urn.drain()
            urn.beat()
        assert self._vote(vote).state is VoteState.CLOSED
        self.chair.post(f"{self.path}/votes/{vote}/announce").done()

    def say(self, device: str, build: Callable[[Head], Message]) -> None:
        """What the urn has to tell a seat."""
        message = build(self._head(device))
        name = next(name for name, each in self.devices.items() if each == device)
        if isinstance(message, Mix):
            inner = self.books[name].mix(message, self._vote(message.vote))
            assert inner is not None
            mixed = Mixed(self._head(device), message.meeting, message.vote, message.run, message.layer, inner)
            self.office.services.urn.heard(device, mixed)

    def here(self, devices: Collection[str]) -> frozenset[str]:
        """All of them."""
        return frozenset(devices)

    def _head(self, device: str) -> Head:
        return Head(device, bytes(16), 1, self.office.clock.now())

    def _vote(self, vote: str) -> Vote:
        found = self.state.vote(vote)
        assert found is not None
        return found
