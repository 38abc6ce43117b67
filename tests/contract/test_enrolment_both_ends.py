"""Enrolment, both ends: what the server answers, read by the seat's own code (docs/API.md, "Rooms and devices")."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.enrol import trust
from edge.enrol.key import DeviceKey
from edge.vault.disk import RealDisk
from tests.support.fleet import ENROL
from tests.support.office import Office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path / "server")


@pytest.fixture
def key(tmp_path: Path) -> DeviceKey:
    (tmp_path / "seat").mkdir()
    return DeviceKey.load_or_create(RealDisk(tmp_path / "seat"))


def test_W50_seat_and_console_show_the_same_code_and_the_certificate_is_the_seats(
    office: Office, key: DeviceKey
) -> None:
    client, it = office.app.test_client(), office.sign_in("kythuat")
    body = key.request(serial="PH-0042")
    waiting = client.post(ENROL, data=body)
    assert waiting.status_code == 202
    [device] = it.get("/api/devices").done()["devices"]
    assert (device["id"], device["code"], device["serial"]) == (key.device, key.code, "PH-0042")
    it.post(f"/api/devices/{key.device}/approve", {"seat": office.seats[0], "code": key.code}).done()
    ca = trust.find_ca(client.get("/.well-known/est/cacerts").data, sha256=office.services.site.ca_sha256())
    own = trust.find_own(client.post(ENROL, data=body).data, spki=key.spki, ca=ca, now=office.clock.now())
    assert not trust.is_due(own, office.clock.now())
    office.clock.advance(days=10, minutes=1)
    assert trust.is_due(own, office.clock.now())
    again = trust.find_own(client.post(ENROL, data=body).data, spki=key.spki, ca=ca, now=office.clock.now())
    assert again.serial_number != own.serial_number


def test_the_seat_believes_the_site_document(office: Office) -> None:
    client, services = office.app.test_client(), office.services
    ca = trust.find_ca(client.get("/.well-known/est/cacerts").data, sha256=services.site.ca_sha256())
    site = trust.read_site(client.get("/.well-known/phonghop/site").data, ca=ca, now=office.clock.now())
    assert site.site.mailbox == services.keys.mailbox.public
