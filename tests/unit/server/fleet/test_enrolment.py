"""A terminal asks to be let in (EST): waiting, approved, refused, revoked, malformed, too often, too many."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pytest

from server.fleet.est import CODE_HEADER
from server.fleet.model import RENEW_AFTER
from server.pki.requests import MAX_BODY_BYTES
from tests.support.devices import Terminal
from tests.support.fleet import ENROL, Enrolling
from tests.support.office import Browser, Office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


@pytest.fixture
def it(office: Office) -> Browser:
    return office.sign_in("kythuat")


@pytest.fixture
def seat(office: Office, tmp_path: Path) -> Enrolling:
    return Enrolling(office, Terminal(tmp_path))


def listed(it: Browser) -> list[tuple[str, str]]:
    return [(device["id"], device["state"]) for device in it.get("/api/devices").done()["devices"]]


def test_D1_a_new_terminal_waits_and_shows_up_with_its_code(seat: Enrolling, it: Browser) -> None:
    answer = seat.ask(serial="SN-1")
    assert answer.status_code == 202
    assert int(answer.headers["Retry-After"]) > 0
    assert not answer.data
    [device] = it.get("/api/devices").done()["devices"]
    assert (device["id"], device["code"], device["serial"]) == (seat.terminal.id, seat.terminal.code, "SN-1")
    assert (device["state"], device["seat"], device["online"]) == ("pending", None, False)


def test_the_same_request_again_is_the_same_request(seat: Enrolling, it: Browser) -> None:
    for _ in range(3):
        assert seat.ask().status_code == 202
    assert listed(it) == [(seat.terminal.id, "pending")]


def test_D1_W51_an_approved_terminal_gets_a_certificate_for_its_own_key(
    seat: Enrolling, it: Browser, office: Office
) -> None:
    seat.ask()
    assert seat.approve(it, office.seats[0]).status == 204
    made = seat.certificate()
    assert made.subject.rfc4514_string() == f"CN={seat.terminal.id}"
    made.verify_directly_issued_by(office.services.site.authority.certificate)
    [device] = it.get("/api/devices").done()["devices"]
    assert device["certificate_until"] == f"{made.not_valid_after_utc:%Y-%m-%dT%H:%M:%S}.000Z"
    assert (device["seat"], device["seat_label"], device["room"]) == (office.seats[0], "A1", office.room)


def test_a_terminal_that_asks_again_gets_the_same_certificate_and_later_a_fresh_one(
    seat: Enrolling, it: Browser, office: Office
) -> None:
    seat.ask()
    seat.approve(it, office.seats[0])
    first = seat.certificate()
    office.clock.advance(days=9)
    assert seat.certificate() == first
    office.clock.moment += RENEW_AFTER
    fresh = seat.certificate()
    assert fresh.serial_number != first.serial_number
    assert fresh.public_key() == first.public_key()


def test_a_terminal_that_was_off_for_weeks_is_let_in_again(seat: Enrolling, it: Browser, office: Office) -> None:
    seat.ask()
    seat.approve(it, office.seats[0])
    before = seat.certificate()
    office.clock.advance(days=100)
    after = seat.certificate()
    assert after.not_valid_after_utc > office.clock.now() > before.not_valid_after_utc


def test_a_refused_terminal_is_told_so_in_two_languages(seat: Enrolling, it: Browser) -> None:
    seat.ask()
    assert it.post(f"/api/devices/{seat.terminal.id}/refuse", {"reason": "không phải của ta"}).status == 204
    answer = seat.ask()
    assert (answer.status_code, answer.headers[CODE_HEADER]) == (403, "device-refused")
    assert answer.content_type == "text/plain; charset=utf-8"
    vietnamese, english = answer.text.splitlines()
    assert "từ chối" in vietnamese
    assert "refused" in english


def test_a_refusal_can_be_taken_back(seat: Enrolling, it: Browser, office: Office) -> None:
    seat.ask()
    it.post(f"/api/devices/{seat.terminal.id}/refuse", {"reason": "nhầm"})
    assert seat.approve(it, office.seats[0]).status == 204
    seat.certificate()


def test_a_revoked_terminal_never_gets_a_certificate_again(seat: Enrolling, it: Browser, office: Office) -> None:
    seat.ask()
    seat.approve(it, office.seats[0])
    seat.certificate()
    assert it.post(f"/api/devices/{seat.terminal.id}/revoke", {"reason": "mất"}).status in {202, 204}
    for days in (0, 1, 400):
        office.clock.advance(days=days)
        answer = seat.ask()
        assert (answer.status_code, answer.headers[CODE_HEADER]) == (403, "device-revoked")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "csr-malformed"),
        (b"not base 64!", "csr-malformed"),
        (b"MIIBIjANBgkq", "csr-malformed"),
        (b"A" * (MAX_BODY_BYTES + 1), "csr-too-large"),
        (b"\xff\x00" * 50, "csr-malformed"),
    ],
)
def test_a_bad_request_gets_a_reason_and_leaves_nothing(seat: Enrolling, it: Browser, body: bytes, code: str) -> None:
    answer = seat.ask(body)
    assert answer.headers[CODE_HEADER] == code
    assert answer.status_code == (413 if code == "csr-too-large" else 400)
    assert len(answer.text.splitlines()) == 2
    assert listed(it) == []


def test_a_body_without_a_length_is_cut_off(office: Office) -> None:
    endless = io.BytesIO(b"A" * 10_000_000)
    answer = office.app.test_client().post(
        ENROL, input_stream=endless, environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    )
    assert answer.headers[CODE_HEADER] == "csr-too-large"
    assert endless.tell() < 100_000


def test_one_address_that_asks_too_often_has_to_wait(office: Office, seat: Enrolling) -> None:
    statuses = [seat.ask(b"x").status_code for _ in range(300)]
    assert statuses[0] == 400
    assert statuses[-1] == 429
    last = seat.ask()
    assert (last.headers[CODE_HEADER], last.headers["Retry-After"]) == ("too-many-requests", "1")
    office.clock.advance(seconds=5)
    assert seat.ask().status_code == 202


def test_no_more_wait_than_the_server_takes_and_the_forgotten_make_room(
    office: Office, it: Browser, tmp_path: Path
) -> None:
    office.services.fleet.max_pending = 2
    first, second, third = (Enrolling(office, Terminal(tmp_path)) for _ in range(3))
    assert first.ask().status_code == second.ask().status_code == 202
    refused = third.ask()
    assert (refused.status_code, refused.headers[CODE_HEADER]) == (429, "too-many-pending")
    assert int(refused.headers["Retry-After"]) > 0
    office.clock.advance(hours=20)
    assert first.ask().status_code == 202
    office.clock.advance(hours=5)
    assert third.ask().status_code == 202
    it = office.sign_in("kythuat")
    assert {device for device, _ in listed(it)} == {first.terminal.id, third.terminal.id}


def test_one_address_cannot_fill_the_list_for_the_others(office: Office, tmp_path: Path) -> None:
    office.services.fleet.max_pending_per_address = 1
    assert Enrolling(office, Terminal(tmp_path)).ask().status_code == 202
    assert Enrolling(office, Terminal(tmp_path)).ask().headers[CODE_HEADER] == "too-many-pending"
    neighbour = Terminal(tmp_path).request()
    elsewhere = office.app.test_client().post(ENROL, data=neighbour, environ_base={"REMOTE_ADDR": "10.0.0.9"})
    assert elsewhere.status_code == 202


def test_the_ca_and_the_site_document_are_there_for_everybody(office: Office) -> None:
    client = office.app.test_client()
    answer = client.get("/.well-known/est/cacerts")
    assert answer.status_code == 200
    assert answer.content_type == "application/pkcs7-mime; smime-type=certs-only"
    site = client.get("/.well-known/phonghop/site").json
    assert site is not None
    assert set(site) == {"server_certificate", "mailbox_key", "mqtt", "name", "signature"}
    assert site["mqtt"] == {"host": "localhost", "port": 8883}


def test_enrolment_works_after_the_clock_was_set_back(seat: Enrolling, it: Browser, office: Office) -> None:
    seat.ask()
    seat.approve(it, office.seats[0])
    first = seat.certificate()
    office.clock.moment -= dt.timedelta(days=400)
    again = seat.certificate()
    assert again.not_valid_before_utc < office.clock.now() < again.not_valid_after_utc
    assert again != first
