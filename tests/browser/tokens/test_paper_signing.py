"""Papers signed at seats with tokens, through everything that is real: broker, server, seats, pcscd, the cards.

The files are judged by pyHanko (in the server's check) and by poppler's pdfsig.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from deploy.demo import people
from tests.signing.pdfsig import second_opinion
from tests.support.poll import until
from tests.support.signing_room import SigningRoom
from tests.support.token_room import TokenRoom

pytestmark = pytest.mark.timeout(420)


@pytest.fixture
def rounds(room: TokenRoom) -> SigningRoom:
    return SigningRoom(room)


def test_G40_secretary_and_chair_sign_minutes_in_order_at_two_seats(rounds: SigningRoom, tmp_path: Path) -> None:
    room = rounds.room
    room.signs_in(0, people.SECRETARY)
    room.signs_in(1, people.CHAIR)
    k = rounds.opened(tmp_path, people.SECRETARY, people.CHAIR)
    first = rounds.until(0, lambda signing: signing["waiting"] == 1, what="it waits for the secretary")
    assert [each["next"] for each in first["rounds"][0]["signers"]] == [True, False]
    rounds.until(1, lambda signing: signing["waiting"] == 0, what="the chair sees it, and that it is not their turn")
    before = rounds.reads(0, k)
    picture = room.room.touch_page(0).picture(before["paper"], before["version"], 3, width=480)
    assert picture[:4] == b"RIFF"
    rounds.reads(1, k)
    assert rounds.signs(1, k) == "seat-round-not-waiting"
    assert rounds.signs(0, k) == ""
    rounds.until_step(0, "done")

    rounds.until(1, lambda signing: signing["waiting"] == 1, what="it is the chair's turn")
    after = rounds.reads(1, k)
    assert (after["version"], after["sha256"] != before["sha256"]) == (before["version"] + 1, True)
    assert rounds.signs(1, k) == ""
    rounds.until_step(1, "done")
    told = rounds.told(k)
    assert (told["complete"], told["revision"]) == (True, 2)

    pdf = rounds.file(k)
    opinions = second_opinion(pdf, tmp_path, roots={"demo": _root(room)})
    assert [each.is_valid for each in opinions] == [True, True]
    with room.room.sign_in(people.SECRETARY) as secretary:
        (tmp_path / "signed.pdf").write_bytes(pdf)
        report = secretary.upload("/api/signatures/check", tmp_path / "signed.pdf", {}, step="")
    assert (report["worst"], [each["who"] for each in report["signatures"]]) == (
        "valid",
        [people.SECRETARY.name, people.CHAIR.name],
    )


def test_G41_a_wrong_pin_keeps_nobody_waiting_and_the_right_one_signs(rounds: SigningRoom, tmp_path: Path) -> None:
    rounds.room.signs_in(0, people.DEPUTY)
    k = rounds.opened(tmp_path, people.DEPUTY)
    rounds.reads(0, k)
    assert rounds.signs(0, k, "99999999") == "card-pin-wrong"
    told = rounds.told(k)
    assert (told["lease"], told["revision"]) == (None, 0), "the server was not asked for anything"
    assert rounds.section(0)["work"] is None
    assert rounds.signs(0, k, "99999999") == "card-pin-wrong"
    assert rounds.signs(0, k) == "card-pin-last-try"
    assert rounds.signs(0, k, last_try_ok=True) == ""
    rounds.until_step(0, "done")
    assert rounds.told(k)["complete"]


def test_G42_pulled_out_in_the_middle_nothing_is_signed_and_the_turn_is_free(
    rounds: SigningRoom, tmp_path: Path
) -> None:
    room = rounds.room
    room.signs_in(0, people.DEPUTY)
    room.signs_in(1, people.DELEGATE)
    k = rounds.opened(tmp_path, people.DEPUTY, people.DELEGATE, order="parallel")
    for seat in range(2):
        rounds.reads(seat, k)
    inserted = room.stand.bank.inserted(0)
    assert inserted is not None
    # Slow enough for a person to pull it out.
    inserted.faults.delay_s = 20.0
    assert rounds.signs(0, k) == ""
    rounds.until_step(0, "signing")
    assert rounds.told(k)["lease"]["person"] == room.room.furnished.persons[people.DEPUTY.username]
    room.pull(0)
    assert room.until_where(0, "locked")["signing"] is None
    until(lambda: rounds.told(k)["lease"] is None, what="the turn is free", timeout_s=20)
    assert rounds.told(k)["revision"] == 0
    assert rounds.signs(1, k) == ""
    rounds.until_step(1, "done")
    room.plug(0, people.DEPUTY)
    assert room.types_pin(0) == ""
    room.until_where(0, "signed_in")
    # Whoever notices first says it: the service, or the card that no longer answers.
    assert rounds.section(0)["work"]["code"] in {"card-removed", "card-mute", "card-absent"}
    rounds.reads(0, k)
    assert rounds.signs(0, k) == ""
    rounds.until_step(0, "done")
    assert rounds.told(k)["complete"]


def test_G40_two_seats_at_once_one_waits_and_both_sign(rounds: SigningRoom, tmp_path: Path) -> None:
    room = rounds.room
    room.signs_in(0, people.DEPUTY)
    room.signs_in(1, people.DELEGATE)
    k = rounds.opened(tmp_path, people.DEPUTY, people.DELEGATE, order="parallel")
    for seat in range(2):
        rounds.reads(seat, k)
    inserted = room.stand.bank.inserted(0)
    assert inserted is not None
    inserted.faults.delay_s = 4.0
    before = rounds.section(1)["open"]["sha256"]
    assert rounds.signs(0, k) == ""
    rounds.until(1, lambda signing: signing["rounds"][0]["leased_by"] is not None, what="somebody else signs")
    assert rounds.signs(1, k) == ""
    failed = rounds.until_step(1, "failed")
    assert failed["code"] == "signing-lease-held"
    assert 0 < failed["data"]["wait_s"] <= 30
    rounds.until_step(0, "done")
    inserted.faults.delay_s = 0.0
    again = rounds.until(1, lambda signing: _is_fresh(signing, before), what="the newer file is here")
    assert again["open"]["version"] == 2
    assert rounds.signs(1, k) == ""
    rounds.until_step(1, "done")
    assert [each["signed_at"] is not None for each in rounds.told(k)["signers"]] == [True, True]
    assert [each.is_valid for each in second_opinion(rounds.file(k), tmp_path, roots={"demo": _root(room)})] == [
        True,
        True,
    ]


def _is_fresh(signing: dict[str, Any], before: str) -> bool:
    opened = signing["open"]
    return opened is not None and opened["ready"] and opened["sha256"] != before


def test_G40_the_token_of_somebody_else_signs_nothing(rounds: SigningRoom, tmp_path: Path) -> None:
    room = rounds.room
    person = room.room.furnished.persons[people.DEPUTY.username]
    password = people.PASSWORD.reveal().decode()
    room.room.touch_page(0).post("/api/sign-in", {"person": person, "password": password})
    room.until_where(0, "signed_in")
    room.plug(0, people.DELEGATE)
    k = rounds.opened(tmp_path, people.DEPUTY)
    rounds.reads(0, k)
    assert rounds.signs(0, k) == ""
    assert rounds.until_step(0, "failed")["code"] == "signing-not-a-signer"
    assert rounds.told(k)["lease"] is None
    # With the person's own token it goes, though they signed in with a password.
    room.plug(0, people.DEPUTY)
    assert rounds.signs(0, k) == ""
    rounds.until_step(0, "done")


def test_D3_without_the_server_reading_goes_on_and_the_lock_opens_but_nothing_is_signed_and_nobody_new_gets_in(
    rounds: SigningRoom, tmp_path: Path
) -> None:
    room = rounds.room
    room.signs_in(0, people.DEPUTY)
    k = rounds.opened(tmp_path, people.DEPUTY)
    rounds.reads(0, k)
    room.room.kill("server")
    try:
        room.until(0, lambda shown: shown["link"]["state"] == "offline", what="offline")
        assert rounds.signs(0, k) == "offline"
        assert rounds.section(0)["open"]["ready"], "reading goes on"
        room.pull(0)
        room.plug(0, people.DELEGATE)
        assert room.types_pin(0) == "seat-token-other"
        room.pull(0)
        room.plug(0, people.DEPUTY)
        assert room.types_pin(0) == ""
        room.until_where(0, "signed_in")
        assert room.picture(0)
    finally:
        room.room.start("server")
        room.until(0, lambda shown: shown["link"]["state"] == "online", what="online again")
    rounds.reads(0, k)
    rounds.closed(k)
    rounds.until(0, lambda signing: bool(signing["rounds"][0]["closed_at"]), what="the round is closed")
    assert rounds.signs(0, k) == "seat-round-not-waiting"


def test_W60_a_large_file_reaches_the_seat_and_nothing_readable_lies_on_its_disk(
    rounds: SigningRoom, tmp_path: Path
) -> None:
    room = rounds.room
    room.signs_in(0, people.DEPUTY)
    k = rounds.opened(tmp_path, people.DEPUTY, pages=1500)
    opened = rounds.reads(0, k)
    assert opened["parts"] > 1
    assert room.room.touch_page(0).picture(opened["paper"], 1, 1500, width=240)[:4] == b"RIFF"
    folder = room.room.room.folder.path()
    assert [path for path in folder.rglob("*") if _holds_pdf(path) and "seat" in str(path)] == []
    room.room.touch_page(0).post("/api/lock", {})
    room.until_where(0, "locked")
    with pytest.raises(AssertionError, match="423"):
        room.room.touch_page(0).picture(opened["paper"], 1, 1, width=240)


def _holds_pdf(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and b"%PDF-" in path.read_bytes()


def _root(room: TokenRoom) -> bytes:
    return room.stand.authority.certificate.public_bytes(Encoding.DER)
