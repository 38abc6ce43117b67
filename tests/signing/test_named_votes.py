"""Named votes: signed by the voter's token over question, answers, answer, vote and log, and counted anew (V7, W68)."""

from __future__ import annotations

import base64
import copy
import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import phonghop
from edge.declaring import MAKERS, Asked
from edge.signing.statement import build, statement_to_sign
from server.dossier.anchors import Anchors
from server.dossier.checking import Checking
from server.dossier.findings import Findings
from server.dossier.reading import open_archive
from server.dossier.verifying import verify
from server.meetings.ports import Outcome
from server.voting.evidence import check_signature
from tests.pki.authority import TestPki
from tests.signing.house import House
from tests.support.office import PASSWORD, fresh_id
from wire import recount
from wire.errors import BadBundle, BadField, WireError
from wire.ids import MeetingId
from wire.messages import Act, Head
from wire.state import MeetingState
from wire.statement import Statement

CARDS = {"chutri": "an", "daibieu": "chi"}
SEATS = {"chutri": 0, "daibieu": 1}
NONCE = "5a" * 32


class Room:
    """An open meeting with chair and member at their seats, their cards enrolled, a named vote prepared."""

    #: who sits where
    places: Mapping[str, int] = SEATS

    def __init__(self, office: House) -> None:
        self.office = office
        self.meeting = office.meeting("open")
        self.path = f"/api/meetings/{self.meeting}"
        self.chair = office.sign_in("chutri")
        self.devices = {name: fresh_id("d") for name in self.places}
        for name in self.places:
            self.act(name, "sign_in", {"person": office.people[name], "password": PASSWORD}, person=None)

    @property
    def state(self) -> MeetingState:
        return self.office.services.meetings.state(MeetingId(self.meeting))

    def open(self, **changes: Any) -> str:
        rule = {"base": "all", "majority": {"num": 1, "den": 2, "more": True}, "quorum": None, "tie": "fails"}
        item = self.state.agenda[0].item
        body = {"item": item, "kind": "named", "question": "Thông qua?", "template": "approve", "rule": rule, **changes}
        vote: str = self.chair.post(f"{self.path}/votes", body).done()["vote"]
        self.chair.post(f"{self.path}/votes/{vote}/open").done()
        return vote

    def act(self, name: str, kind: str, data: dict[str, Any], *, person: str | None = "", act: str = "") -> Outcome:
        office, now = self.office, self.office.clock.now()
        head = Head(self.devices[name], b"\0" * 16, 1, now)
        who = office.people[name] if person == "" else person
        message = Act(head, act or fresh_id("a"), self.meeting, kind, who, now, data)
        seat = office.seats[self.places[name]]
        return office.services.acts.perform(message, device=self.devices[name], seat=seat, now=now)

    def signed(self, name: str, vote: str, answer: str, *, label: str = "", seat: str = "") -> dict[str, Any]:
        """The act's data as the terminal makes them, signed by the card."""
        office = self.office
        data = {"vote": vote, "answer": answer, "nonce": NONCE}
        place = office.services.rooms.seat(office.seats[self.places[name]])
        asked = Asked(
            fresh_id("a"), data, self.state, office.people[name], self.devices[name],
            seat or office.seats[self.places[name]], place.label, office.clock.now(),
        )  # fmt: skip
        made = MAKERS["vote_cast"](asked)
        card = label or CARDS[name]
        certificate = office.pki.der(card)
        return made.data(certificate, office.signs(card, made.message(certificate)))

    def cast(self, name: str, vote: str, answer: str, **how: Any) -> Outcome:
        return self.act(name, "vote_cast", self.signed(name, vote, answer, **how))

    def bundle(self, vote: str) -> dict[str, Any]:
        return self.chair.get(f"{self.path}/votes/{vote}/bundle").done()


@pytest.fixture
def room(tmp_path: Path, pki: TestPki) -> Iterator[Room]:
    house = House(tmp_path, pki)
    for username, label in CARDS.items():
        house.enrol(username, label)
    yield Room(house)
    house.services.close()


@pytest.fixture
def bundle(room: Room) -> dict[str, Any]:
    """Of a vote of two."""
    vote = room.open()
    for name, answer in (("chutri", "for"), ("daibieu", "against")):
        assert room.cast(name, vote, answer).outcome == "done"
    room.chair.post(f"{room.path}/votes/{vote}/close").done()
    return room.bundle(vote)


def test_V7_a_named_ballot_is_signed_over_all_that_was_asked(room: Room) -> None:
    vote = room.open()
    done = room.cast("daibieu", vote, "against")
    assert done.outcome == "done", done
    room.chair.post(f"{room.path}/votes/{vote}/close").done()
    (line,) = room.bundle(vote)["statements"]
    said = Statement.read(base64.b64decode(line["statement"]))
    assert (said.kind, said.meeting, said.person) == ("vote", room.meeting, room.office.people["daibieu"])
    assert (said.body["ballot"], said.body["question"], said.body["answer"]) == (vote, "Thông qua?", "against")
    assert [each["text"] for each in said.body["answers"]] == ["Tán thành", "Không tán thành", "Không biểu quyết"]
    opened = next(e for e in room.bundle(vote)["events"] if e["kind"] == "vote_opened")
    assert said.seq >= opened["seq"]
    (ballot,) = room.state.votes[0].ballots
    assert ballot.statement == said.sha256


def test_V5_W68_what_was_signed_is_read_by_nobody_before_the_close(room: Room) -> None:
    vote = room.open()
    data = room.signed("daibieu", vote, "for")
    assert room.act("daibieu", "vote_cast", data).outcome == "done"
    sha256 = Statement.read(base64.b64decode(data["statement"])).sha256
    assert room.chair.get(f"{room.path}/statements").done()["statements"] == []
    assert room.chair.get(f"{room.path}/statements/{sha256}").status == 404
    events = room.office.services.meetings.events(MeetingId(room.meeting))
    assert sha256 not in json.dumps([event.to_value() for event in events])
    room.chair.post(f"{room.path}/votes/{vote}/close").done()
    (listed,) = room.chair.get(f"{room.path}/statements").done()["statements"]
    assert (listed["sha256"], listed["seq"]) == (sha256, room.state.seq)


def test_V7_a_named_vote_takes_no_ballot_without_a_signature_and_an_open_one_none_with(room: Room) -> None:
    vote = room.open()
    plain = {"vote": vote, "answer": "for", "nonce": NONCE}
    assert room.act("daibieu", "vote_cast", plain).code == "vote-signature-missing"
    signed = room.signed("daibieu", vote, "for")
    room.chair.post(f"{room.path}/votes/{vote}/withdraw", {"reason": "Thử"}).done()
    assert room.act("daibieu", "vote_cast", signed).code == "vote-not-open"
    public = room.open(kind="open")
    with pytest.raises(BadField):
        room.signed("daibieu", public, "for")


def test_W68_what_is_not_the_voters_own_is_refused(room: Room) -> None:
    vote = room.open()
    assert room.cast("daibieu", vote, "for", label="an").code == "statement-not-yours"
    other = room.signed("daibieu", vote, "for", seat=room.office.seats[2])
    assert room.act("daibieu", "vote_cast", other).code == "statement-differs"
    garbage = {**room.signed("daibieu", vote, "for"), "signature": base64.b64encode(b"\x01" * 256).decode()}
    assert room.act("daibieu", "vote_cast", garbage).code == "statement-signature-wrong"
    once = room.signed("daibieu", vote, "for")
    assert room.act("daibieu", "vote_cast", once).outcome == "done"
    assert room.act("daibieu", "vote_cast", once).code == "already-voted"
    assert room.act("daibieu", "vote_cast", room.signed("daibieu", vote, "against")).code == "already-voted"


def test_W68_the_same_act_again_is_the_same_ballot(room: Room) -> None:
    vote, act = room.open(), fresh_id("a")
    data = room.signed("daibieu", vote, "for")
    assert room.act("daibieu", "vote_cast", data, act=act) == room.act("daibieu", "vote_cast", data, act=act)


def test_W68_a_statement_of_another_vote_is_refused(room: Room) -> None:
    vote = room.open()
    data = room.signed("daibieu", vote, "for")
    said = Statement.read(base64.b64decode(data["statement"]))
    other = dataclasses.replace(said, body={**said.body, "question": "Câu hỏi khác?"})
    certificate = room.office.pki.der("chi")
    signature = room.office.signs("chi", statement_to_sign(other, certificate))
    forged = {**build(other, certificate, signature), "nonce": NONCE}
    refused = room.act("daibieu", "vote_cast", forged)
    assert (refused.code, refused.data["where"]) == ("statement-differs", "body.question")


def test_V10_W69_the_bundle_is_counted_and_its_signatures_checked_without_a_server(
    bundle: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bundle.json"
    file.write_text(json.dumps(bundle, ensure_ascii=False), encoding="utf-8")
    assert phonghop.main(["recount", str(file)]) == 0
    said = capsys.readouterr().out
    assert "KHỚP" in said
    assert "chữ ký khớp · signatures that hold: 2/2" in said
    bundle["result"]["outcome"] = "passed"
    file.write_text(json.dumps(bundle, ensure_ascii=False), encoding="utf-8")
    assert phonghop.main(["recount", str(file)]) == 1
    assert "KHÔNG KHỚP" in capsys.readouterr().err
    assert phonghop.main(["recount", str(tmp_path / "none.json")]) == 2


def test_G49_a_dossier_with_a_named_vote_verifies_offline(room: Room, tmp_path: Path) -> None:
    vote = room.open()
    for name in SEATS:
        assert room.cast(name, vote, "for").outcome == "done"
    room.chair.post(f"{room.path}/votes/{vote}/close").done()
    room.chair.post(f"{room.path}/votes/{vote}/announce").done()
    files = open_archive(room.chair.get(f"{room.path}/dossier").raw.data)
    assert len([name for name in files if name.endswith(".p7s")]) == len(SEATS)
    anchors = tmp_path / "anchors"
    anchors.mkdir()
    (anchors / "root.cer").write_bytes(room.office.pki.der("root"))
    found, trusted = Findings(), Anchors.of_folder(anchors).with_dossier(files, trusted=False)
    verify(files, Checking(trusted, room.office.clock.now()), found)
    assert [code for mark, code in found.codes if mark == "wrong"] == [], found.text()


def _swapped(bundle: dict[str, Any]) -> None:
    one, other = bundle["statements"]
    one["cms"], other["cms"] = other["cms"], one["cms"]


def _another_statement(bundle: dict[str, Any]) -> None:
    bundle["statements"][0]["statement"] = bundle["statements"][1]["statement"]


def _missing(bundle: dict[str, Any]) -> None:
    del bundle["statements"][0]


def _bit(bundle: dict[str, Any]) -> None:
    cms = bytearray(base64.b64decode(bundle["statements"][0]["cms"]))
    cms[-1] ^= 1
    bundle["statements"][0]["cms"] = base64.b64encode(cms).decode()


@pytest.mark.parametrize("change", [_swapped, _another_statement, _missing, _bit])
def test_W69_a_signature_that_was_tampered_with_is_found(
    bundle: dict[str, Any], change: Callable[[dict[str, Any]], None]
) -> None:
    assert recount.recount(json.dumps(bundle).encode(), check=check_signature).signatures == 2
    changed = copy.deepcopy(bundle)
    change(changed)
    with pytest.raises((BadBundle, WireError)):
        recount.recount(json.dumps(changed).encode(), check=check_signature)
