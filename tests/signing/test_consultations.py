"""Answers to a slip that are signed with the token: verified to the letter, checked offline (W160)."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from edge.signing.statement import build, statement_to_sign
from server.consultations.answering import Answering
from server.consultations.tools import Asked
from server.db.metadata import metadata
from server.identity.model import Actor
from server.voting.evidence import check_signature
from tests.pki.authority import TestPki
from tests.signing.house import House
from tests.support.office import Reply
from tests.support.slips import Slips, nonce, said_body
from wire.recount_consultation import recount
from wire.statement import Statement

CARDS = {"daibieu": "chi", "khach": "an"}


@pytest.fixture
def slips(tmp_path: Path, pki: TestPki) -> Iterator[Slips]:
    house = House(tmp_path, pki)
    for username, label in CARDS.items():
        house.enrol(username, label)
    yield Slips(house)
    house.services.close()


def expected(slips: Slips, name: str, path: str, said: list[str | None]) -> Statement:
    answering = Answering(slips.office.services.consultations.tools)
    asked = Asked(Actor(slips.office.people[name]), "", slips.office.clock.now())
    return answering.expected(path.rpartition("/")[2], said_body(said), asked=asked)


def hand_in(
    slips: Slips, name: str, path: str, statement: Statement, said: list[str | None], *, seen: int = 0
) -> Reply:
    house = slips.office
    assert isinstance(house, House)
    certificate = house.pki.der(CARDS[name])
    signature = house.signs(CARDS[name], statement_to_sign(statement, certificate))
    signed: dict[str, Any] = build(statement, certificate, signature)
    body = {"answers": said_body(said), "seen": seen, "nonce": nonce((name, seen)), **signed}
    return slips.browser(name).post(f"{path}/answer", body)


def test_W160_a_signed_answer_says_this_slip_this_number_and_these_words(slips: Slips) -> None:
    path = slips.sent(signed=True)
    said = expected(slips, "daibieu", path, ["for", "for"])
    assert (said.seq, said.hash) == (1, slips.entries("sent", path)[0]["sha256"])
    other = hand_in(slips, "daibieu", path, said, ["against", "for"])
    assert (other.code, other.data["where"]) == ("statement-differs", "body.answers[0].chosen")
    slip = dataclasses.replace(said, hash="ab" * 32)
    assert hand_in(slips, "daibieu", path, slip, ["for", "for"]).data["where"] == "log.hash"
    hand_in(slips, "daibieu", path, said, ["for", "for"]).done()
    again = hand_in(slips, "daibieu", path, said, ["against", "for"], seen=1)
    assert again.code == "statement-differs", "an old signature is not a new answer"
    theirs = expected(slips, "khach", path, ["against", "for"])
    assert hand_in(slips, "daibieu", path, theirs, ["against", "for"], seen=1).code == "statement-differs"


def test_V5_nothing_in_the_database_lets_a_signed_answer_be_guessed(slips: Slips) -> None:
    path = slips.sent(signed=True)
    statement = expected(slips, "daibieu", path, ["against", "for"])
    hand_in(slips, "daibieu", path, statement, ["against", "for"]).done()
    with slips.office.services.database.read() as tx:
        rows = "".join(str(tx.execute(table.select()).all()) for table in metadata.sorted_tables)
    # All of it but the choice and the moment is known to who reads the table: its hash would say which choice.
    assert hashlib.sha256(statement.encode()).hexdigest() not in rows
    assert slips.read("daibieu", path)["mine"]["handed_in"][0]["signed"]


def test_W160_signatures_are_checked_in_the_bundle_without_a_server(slips: Slips) -> None:
    path = slips.sent(signed=True)
    for name in CARDS:
        hand_in(slips, name, path, expected(slips, name, path, ["for", "for"]), ["for", "for"]).done()
    slips.browser("thuky").post(f"{path}/close", {"reason": "Đủ"}).done()
    bundle = slips.browser("thuky").get(f"{path}/bundle").done()
    found = recount(json.dumps(bundle).encode(), check=check_signature)
    assert (found.signatures, found.outcomes[0][2]) == (2, "passed")
